import type { App, BlockAction, ButtonAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { invalid } from '../../core/base/errors.js';
import { answerClaim, type ClaimAnswer } from '../../usecases/claims/answer-claim.js';
import { acceptAlias } from '../../usecases/people/accept-alias.js';
import { type Message, plain, rich } from '../kit/blocks.js';
import { packPayload, unpackPayload } from '../kit/payload.js';
import { sentenceMessage } from '../kit/plain.js';
import { answer, attempt, contextOf, type Surface, userOf } from '../kit/request.js';
import { ACCEPT_ALIAS_ID, AliasPayload } from './alias-message.js';
import { CLAIM_ACTION, ClaimPayload } from './message.js';

export const CLAIM_ACTION_IDS: readonly string[] = [...Object.values(CLAIM_ACTION), ACCEPT_ALIAS_ID];
export const CLAIM_VIEW_ID = 'claim.owner-form';
const OWNER = { block: 'owner', action: 'owner' } as const;

/** Who owns it, out of everybody in Slack. */
function ownerView(payload: { claimId: number; ask: number | null }): ModalView {
  return {
    type: 'modal',
    callback_id: CLAIM_VIEW_ID,
    private_metadata: packPayload(payload),
    title: plain('Whose is it?', 24),
    submit: plain('Send', 24),
    close: plain('Cancel', 24),
    blocks: [
      rich([
        payload.ask === null
          ? 'Its cost goes to the team of this person from the first day without an owner on.'
          : 'This person is asked next.',
      ]),
      {
        type: 'input',
        block_id: OWNER.block,
        label: plain('Person', 200),
        element: {
          type: 'users_select',
          action_id: OWNER.action,
          placeholder: plain('Choose somebody', 150),
        },
      },
    ],
  };
}

type Tell = (message: Message) => Promise<void>;

/** What a click or a form comes with. */
interface Said {
  readonly client: WebClient;
  readonly user: { readonly id: string; readonly name: string };
  readonly payload: { readonly claimId: number; readonly ask: number | null };
  readonly answer: ClaimAnswer;
}

/** Answers for the person and tells them; what follows (an edited question, the next one, new allocations) comes after. */
async function sayToClaim(surface: Surface, said: Said, tell: Tell): Promise<void> {
  const { client, user, payload } = said;
  const by = {
    email: await surface.people.emailOf(client, user.id),
    slackUserId: user.id,
    isFinOps: await surface.access.mayEditRules(client, user.id),
  };
  const { claim, sentence } = await answerClaim(contextOf(surface, user), {
    ...payload,
    by,
    answer: said.answer,
  });
  await tell(sentenceMessage(sentence));
  await surface.runJob('deliver');
  if (claim.state === 'claimed') await surface.runJob('reallocate');
}

async function tellDirectly(client: WebClient, userId: string, message: Message): Promise<void> {
  await client.chat.postMessage({ channel: userId, text: message.text, blocks: [...message.blocks] });
}

/** The way back to whoever clicked: beside the message, or in a direct message where there is none. */
function tellerOf(args: Pick<ButtonClick, 'respond' | 'client' | 'body'>) {
  const { respond, client, body } = args;
  return (message: Message): Promise<void> =>
    body.view === undefined ? answer(respond, message) : tellDirectly(client, body.user.id, message);
}

type ButtonClick = Parameters<Parameters<typeof onButton>[2]>[0];

function onButton(
  app: App,
  id: string,
  handle: (args: {
    action: ButtonAction;
    body: BlockAction;
    client: WebClient;
    respond: Parameters<typeof answer>[0];
  }) => Promise<void>,
): void {
  app.action<BlockAction<ButtonAction>>(id, async ({ ack, action, body, client, respond }) => {
    await ack();
    await handle({ action, body, client, respond });
  });
}

/** App Home shows what it showed when it was published: after a click there it is published anew. */
async function refreshHome(surface: Surface, { body, client }: Pick<ButtonClick, 'body' | 'client'>) {
  if (body.view?.type !== 'home') return;
  await surface.publishHome({ client, user: userOf(body.user), page: 0, standing: body.view });
}

function listenAnswers(app: App, surface: Surface): void {
  const answers: readonly (readonly [string, ClaimAnswer])[] = [
    [CLAIM_ACTION.mine, { kind: 'mine' }],
    [CLAIM_ACTION.notMine, { kind: 'not-mine' }],
    [CLAIM_ACTION.leave, { kind: 'leave' }],
  ];
  for (const [id, said] of answers) {
    onButton(app, id, async (click) => {
      const tell = tellerOf(click);
      await attempt(
        surface.context.log,
        'answering a claim',
        async () => {
          const payload = unpackPayload(ClaimPayload, click.action.value);
          const user = userOf(click.body.user);
          await sayToClaim(surface, { client: click.client, user, payload, answer: said }, tell);
          await refreshHome(surface, click);
        },
        tell,
      );
    });
  }
}

function listenOwnerForm(app: App, surface: Surface): void {
  const { log } = surface.context;
  onButton(app, CLAIM_ACTION.knows, async (click) => {
    await attempt(
      log,
      'opening the form for an owner',
      async () => {
        const payload = unpackPayload(ClaimPayload, click.action.value);
        await click.client.views.open({ trigger_id: click.body.trigger_id, view: ownerView(payload) });
      },
      tellerOf(click),
    );
  });

  app.view({ callback_id: CLAIM_VIEW_ID, type: 'view_submission' }, async ({ ack, body, view, client }) => {
    await ack();
    const tell = (message: Message): Promise<void> => tellDirectly(client, body.user.id, message);
    await attempt(
      log,
      'naming an owner',
      async () => {
        const payload = unpackPayload(ClaimPayload, view.private_metadata);
        const chosen = view.state.values[OWNER.block]?.[OWNER.action]?.selected_user ?? '';
        const email = await surface.people.emailOf(client, chosen);
        if (email === null) invalid('Slack shows no e-mail address of that person; choose somebody else.');
        const user = userOf(body.user);
        const said: ClaimAnswer = { kind: 'owner', email };
        await sayToClaim(surface, { client, user, payload, answer: said }, tell);
      },
      tell,
    );
  });
}

/** FinOps takes an unknown address as another of a person's own. */
function listenAliases(app: App, surface: Surface): void {
  onButton(app, ACCEPT_ALIAS_ID, async (click) => {
    const tell = tellerOf(click);
    await attempt(
      surface.context.log,
      'accepting an alias',
      async () => {
        const { email, person } = unpackPayload(AliasPayload, click.action.value);
        await surface.access.requireRuleEditor(click.client, click.body.user.id);
        const context = contextOf(surface, userOf(click.body.user));
        const { name } = await acceptAlias(context, { email, person });
        await tell(sentenceMessage(`${email} is ${name} from now on, in every open month.`));
        await surface.runJob('reallocate');
        await refreshHome(surface, click);
      },
      tell,
    );
  });
}

/** The buttons of claims and alias suggestions, in messages and on App Home. */
export function listenClaims(app: App, surface: Surface): void {
  listenAnswers(app, surface);
  listenOwnerForm(app, surface);
  listenAliases(app, surface);
}
