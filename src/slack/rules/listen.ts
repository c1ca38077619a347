import type { App, BlockAction, ButtonAction, OverflowAction, RespondFn } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { assertNever } from '../../core/base/errors.js';
import { listRules, type RuleList } from '../../usecases/rules/list-rules.js';
import type { Message } from '../kit/blocks.js';
import type { SlackContext } from '../kit/context.js';
import { type ClickArgs, openFromClick, openRuleModal, updateModal } from '../kit/modal.js';
import { unpackPayload } from '../kit/payload.js';
import { sentenceMessage } from '../kit/plain.js';
import { answer, attempt, contextOf, type Surface, userOf } from '../kit/request.js';
import { unescapeMrkdwn } from '../kit/text.js';
import { editorForNew, editorForRule, moveFor, requireDimension, retireFor, stepOf } from './forms.js';
import { MANAGE_RULES_ID } from './ids.js';
import {
  ADD_ID,
  ListPayload,
  PAGE_IDS,
  RULE_MENU_ID,
  ruleListMessage,
  ruleListView,
  ruleOfBlock,
  rulesHelpMessage,
} from './list-message.js';
import { historyMessage } from './listen-history.js';
import { previewView } from './preview-view.js';

/** What a person asked of `/rules`. */
type RulesCommand =
  | { readonly kind: 'list' | 'add'; readonly dimension: string | null }
  | { readonly kind: 'history' }
  | { readonly kind: 'edit' | 'retire'; readonly ruleId: string }
  | { readonly kind: 'help' };

/** Reads the text after `/rules`; anything else than a known verb with its object is a call for help. */
function readRulesCommand(text: string): RulesCommand {
  const [verb = 'list', object] = text
    .trim()
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (verb === 'history') return { kind: 'history' };
  if (verb === 'list' || verb === 'add') return { kind: verb, dimension: object ?? null };
  if ((verb === 'edit' || verb === 'retire') && object !== undefined) return { kind: verb, ruleId: object };
  return { kind: 'help' };
}

/** The action ids that this file answers. */
export const RULE_ACTION_IDS: readonly string[] = [
  RULE_MENU_ID,
  ADD_ID,
  PAGE_IDS.previous,
  PAGE_IDS.next,
  MANAGE_RULES_ID,
];

/** The rules; of one dimension, once it is known. @throws AppError `not-found` naming those that there are. */
async function listOf(context: SlackContext, dimension: string | null): Promise<RuleList> {
  const list = await listRules(context);
  if (dimension !== null) requireDimension(list, dimension);
  return list;
}

interface CommandArgs {
  readonly client: WebClient;
  readonly user: { readonly id: string; readonly name: string };
  readonly triggerId: string;
  readonly respond: RespondFn;
}

async function runCommand(surface: Surface, command: RulesCommand, args: CommandArgs): Promise<void> {
  const { client, user, respond, triggerId } = args;
  const context = contextOf(surface, user);
  const open = async (make: () => Promise<ModalView>) => {
    const refusal = await openRuleModal(
      surface,
      { client, triggerId, userId: user.id, isInModal: false },
      make,
    );
    if (refusal !== null) await answer(respond, sentenceMessage(refusal));
  };
  switch (command.kind) {
    case 'list': {
      await surface.access.requireRuleEditor(client, user.id);
      const list = await listOf(context, command.dimension);
      return answer(respond, ruleListMessage(list, { page: 0, dimension: command.dimension }));
    }
    case 'add':
      return open(() => editorForNew(context, command.dimension));
    case 'edit':
      return open(() => editorForRule(context, { dimension: null, ruleId: command.ruleId }));
    case 'retire':
      return open(() => retireFor(context, { dimension: null, ruleId: command.ruleId }));
    case 'history':
      await surface.access.requireRuleEditor(client, user.id);
      return answer(respond, await historyMessage(surface, user, 0));
    case 'help':
      return answer(respond, rulesHelpMessage());
    default:
      return assertNever(command);
  }
}

/** What is said of the rules where no form can open: the list, the history, else how forms are opened. */
export async function rulesAnswer(
  surface: Surface,
  { client, user }: Pick<CommandArgs, 'client' | 'user'>,
  text: string,
): Promise<Message> {
  const command = readRulesCommand(text);
  if (command.kind !== 'list' && command.kind !== 'history') return rulesHelpMessage();
  await surface.access.requireRuleEditor(client, user.id);
  if (command.kind === 'history') return historyMessage(surface, user, 0);
  const list = await listOf(contextOf(surface, user), command.dimension);
  return ruleListMessage(list, { page: 0, dimension: command.dimension });
}

async function turnPage(surface: Surface, args: ClickArgs, value: string | undefined): Promise<void> {
  const { client, body, respond } = args;
  const user = userOf(body.user);
  await attempt(
    surface.context.log,
    'turning a page of the rules',
    async () => {
      await surface.access.requireRuleEditor(client, user.id);
      const wanted = unpackPayload(ListPayload, value);
      const list = await listRules(contextOf(surface, user));
      if (body.view !== undefined) {
        const modal = { client, viewId: body.view.id, hash: body.view.hash };
        await updateModal(surface, modal, ruleListView(list, wanted));
      } else if (respond !== undefined) {
        await answer(respond, ruleListMessage(list, wanted), true);
      }
    },
    async (message) => (respond === undefined ? undefined : answer(respond, message)),
  );
}

/** What a choice in a rule's menu opens: a form; or at once the preview of a step up or down. */
async function formOfChoice(
  surface: Surface,
  body: BlockAction,
  name: { readonly dimension: string; readonly ruleId: string },
  choice: string,
): Promise<ModalView> {
  const context = contextOf(surface, userOf(body.user));
  switch (choice) {
    case 'retire':
      return retireFor(context, name);
    case 'move':
      return moveFor(context, name);
    case 'up':
    case 'down': {
      const edit = await stepOf(context, name, choice);
      return previewView(await surface.run(context.actor, 'preview-rules', { edit, note: null }), null);
    }
    default:
      return editorForRule(context, name);
  }
}

/** `/rules` and the list of rules, as a message or as a modal from App Home. */
export function listenRules(app: App, surface: Surface): void {
  app.command('/rules', async ({ ack, command, client, respond }) => {
    await ack();
    const user = { id: command.user_id, name: command.user_name };
    await attempt(
      surface.context.log,
      'answering /rules',
      () =>
        runCommand(surface, readRulesCommand(unescapeMrkdwn(command.text)), {
          client,
          user,
          triggerId: command.trigger_id,
          respond,
        }),
      (message) => answer(respond, message),
    );
  });

  app.action<BlockAction<OverflowAction>>(RULE_MENU_ID, async ({ ack, action, ...args }) => {
    await ack();
    const name = ruleOfBlock(action.block_id);
    if (name === null) return;
    await openFromClick(surface, args, () =>
      formOfChoice(surface, args.body, name, action.selected_option.value),
    );
  });

  app.action<BlockAction<ButtonAction>>(ADD_ID, async ({ ack, action, ...args }) => {
    await ack();
    const context = contextOf(surface, userOf(args.body.user));
    await openFromClick(surface, args, async () =>
      editorForNew(context, unpackPayload(ListPayload, action.value).dimension),
    );
  });

  for (const id of [PAGE_IDS.previous, PAGE_IDS.next]) {
    app.action<BlockAction<ButtonAction>>(id, async ({ ack, action, ...args }) => {
      await ack();
      await turnPage(surface, args, action.value);
    });
  }

  app.action<BlockAction<ButtonAction>>(MANAGE_RULES_ID, async ({ ack, ...args }) => {
    await ack();
    const context = contextOf(surface, userOf(args.body.user));
    await openFromClick(surface, args, async () =>
      ruleListView(await listRules(context), { page: 0, dimension: null }),
    );
  });
}
