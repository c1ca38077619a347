import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { assertNever } from '../../core/base/errors.js';
import { listRules, type RuleList } from '../../usecases/rules/list-rules.js';
import { type Message, sentenceMessage } from '../kit/blocks.js';
import type { SlackContext } from '../kit/context.js';
import { type Asker, type Click, onClick, onCommand, type Triggered } from '../kit/listener.js';
import { updateModal } from '../kit/modal.js';
import { unpackPayload } from '../kit/payload.js';
import { contextOf, type Surface } from '../kit/request.js';
import { unescapeMrkdwn } from '../kit/text.js';
import {
  editorForNew,
  editorForRule,
  moveFor,
  openRuleForm,
  requireDimension,
  retireFor,
  stepOf,
} from './forms.js';
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

/** The rules; of one dimension, once it is known. @throws AppError `not-found` naming those that there are. */
async function listOf(context: SlackContext, dimension: string | null): Promise<RuleList> {
  const list = await listRules(context);
  if (dimension !== null) requireDimension(list, dimension);
  return list;
}

async function runCommand(surface: Surface, command: RulesCommand, asked: Triggered): Promise<void> {
  const { client, user, context, tell } = asked;
  const open = async (make: () => Promise<ModalView>) => {
    const refusal = await openRuleForm(surface, asked, make);
    if (refusal !== null) await tell(sentenceMessage(refusal));
  };
  switch (command.kind) {
    case 'list': {
      await surface.access.requireRuleEditor(client, user.id);
      const list = await listOf(context, command.dimension);
      return tell(ruleListMessage(list, { page: 0, dimension: command.dimension }));
    }
    case 'add':
      return open(() => editorForNew(context, command.dimension));
    case 'edit':
      return open(() => editorForRule(context, { dimension: null, ruleId: command.ruleId }));
    case 'retire':
      return open(() => retireFor(context, { dimension: null, ruleId: command.ruleId }));
    case 'history':
      await surface.access.requireRuleEditor(client, user.id);
      return tell(await historyMessage(surface, user, 0));
    case 'help':
      return tell(rulesHelpMessage());
    default:
      return assertNever(command);
  }
}

/** What is said of the rules where no form can open: the list, the history, else how forms are opened. */
export async function rulesAnswer(surface: Surface, { client, user }: Asker, text: string): Promise<Message> {
  const command = readRulesCommand(text);
  if (command.kind !== 'list' && command.kind !== 'history') return rulesHelpMessage();
  await surface.access.requireRuleEditor(client, user.id);
  if (command.kind === 'history') return historyMessage(surface, user, 0);
  const list = await listOf(contextOf(surface, user), command.dimension);
  return ruleListMessage(list, { page: 0, dimension: command.dimension });
}

async function turnPage(surface: Surface, click: Click<ListPayload>): Promise<void> {
  const { client, user, context, body, payload, tell } = click;
  await surface.access.requireRuleEditor(client, user.id);
  const list = await listRules(context);
  if (body.view === undefined) return tell(ruleListMessage(list, payload), true);
  const modal = { client, viewId: body.view.id, hash: body.view.hash };
  await updateModal(surface, modal, ruleListView(list, payload));
}

/** What a choice in a rule's menu opens: a form; or at once the preview of a step up or down. */
async function formOfChoice(
  surface: Surface,
  context: SlackContext,
  name: { readonly dimension: string; readonly ruleId: string },
  choice: string,
): Promise<ModalView> {
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
  onCommand(app, surface, { id: '/rules', doing: 'answering /rules' }, (asked) =>
    runCommand(surface, readRulesCommand(unescapeMrkdwn(asked.command.text)), asked),
  );
  const doing = 'opening a rule form';
  onClick(app, surface, { id: RULE_MENU_ID, doing }, async (click) => {
    const name = ruleOfBlock(click.action.block_id);
    if (name === null) return;
    await openRuleForm(surface, click, () => formOfChoice(surface, click.context, name, click.value ?? ''));
  });
  onClick(app, surface, { id: ADD_ID, doing }, async (click) => {
    await openRuleForm(surface, click, async () =>
      editorForNew(click.context, unpackPayload(ListPayload, click.value).dimension),
    );
  });
  for (const id of [PAGE_IDS.previous, PAGE_IDS.next]) {
    const on = { id, doing: 'turning a page of the rules', payload: ListPayload };
    onClick(app, surface, on, (click) => turnPage(surface, click));
  }
  onClick(app, surface, { id: MANAGE_RULES_ID, doing }, async (click) => {
    await openRuleForm(surface, click, async () =>
      ruleListView(await listRules(click.context), { page: 0, dimension: null }),
    );
  });
}
