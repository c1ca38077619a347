import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { invalid } from '../../core/base/errors.js';
import { answerClaim, type ClaimAnswer } from '../../usecases/claims/answer-claim.js';
import { acceptAlias } from '../../usecases/people/accept-alias.js';
import { plain, rich, sentenceMessage } from '../kit/blocks.js';
import { formView } from '../kit/inputs.js';
import { type Click, onClick, onForm, type Request } from '../kit/listener.js';
import { packPayload } from '../kit/payload.js';
import type { Surface } from '../kit/request.js';
import { ACCEPT_ALIAS_ID, AliasPayload } from './alias-message.js';
import { CLAIM_ACTION, ClaimPayload } from './message.js';

const OWNER_VIEW_ID = 'claim.owner-form';
const OWNER = { block: 'owner', action: 'owner' } as const;

/** Who owns it, out of everybody in Slack. */
function ownerView(payload: { claimId: number; ask: number | null }): ModalView {
  return formView({
    id: OWNER_VIEW_ID,
    metadata: packPayload(payload),
    title: 'Whose is it?',
    submit: 'Send',
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
  });
}

/** What a click or a form comes with. */
interface Said extends Request {
  readonly payload: { readonly claimId: number; readonly ask: number | null };
  readonly answer: ClaimAnswer;
}

/** Answers for the person and tells them; what follows (an edited question, the next one, new allocations) comes after. */
async function sayToClaim(surface: Surface, said: Said): Promise<void> {
  const { client, user, context, payload, tell } = said;
  const by = {
    email: await surface.people.emailOf(client, user.id),
    slackUserId: user.id,
    isFinOps: await surface.access.mayEditRules(client, user.id),
  };
  const { claim, sentence } = await answerClaim(context, {
    ...payload,
    by,
    answer: said.answer,
  });
  await tell(sentenceMessage(sentence));
  await surface.runJob('deliver');
  if (claim.state === 'claimed') await surface.runJob('reallocate');
}

/** App Home shows what it showed when it was published: after a click there it is published again. */
async function refreshHome(surface: Surface, { body, client, user }: Click<unknown>): Promise<void> {
  if (body.view?.type !== 'home') return;
  await surface.publishHome({ client, user, page: 0, standing: body.view });
}

/** The buttons of claims and alias suggestions, in messages and on App Home. */
export function listenClaims(app: App, surface: Surface): void {
  const answers: readonly (readonly [string, ClaimAnswer])[] = [
    [CLAIM_ACTION.mine, { kind: 'mine' }],
    [CLAIM_ACTION.notMine, { kind: 'not-mine' }],
    [CLAIM_ACTION.leave, { kind: 'leave' }],
  ];
  for (const [id, answer] of answers)
    onClick(app, surface, { id, doing: 'answering a claim', payload: ClaimPayload }, async (click) => {
      await sayToClaim(surface, { ...click, answer });
      await refreshHome(surface, click);
    });
  listenOwnerForm(app, surface);
  listenAliases(app, surface);
}

function listenOwnerForm(app: App, surface: Surface): void {
  const opening = { id: CLAIM_ACTION.knows, doing: 'opening the form for an owner', payload: ClaimPayload };
  onClick(app, surface, opening, async ({ client, body, payload }) => {
    await client.views.open({ trigger_id: body.trigger_id, view: ownerView(payload) });
  });
  const sending = { id: OWNER_VIEW_ID, doing: 'naming an owner', payload: ClaimPayload };
  onForm(app, surface, sending, async (sent) => {
    const chosen = sent.view.state.values[OWNER.block]?.[OWNER.action]?.selected_user ?? '';
    const email = await surface.people.emailOf(sent.client, chosen);
    if (email === null) invalid('Slack shows no e-mail address of that person; choose somebody else.');
    await sayToClaim(surface, { ...sent, answer: { kind: 'owner', email } });
  });
}

/** FinOps takes an unknown address as another of a person's own. */
function listenAliases(app: App, surface: Surface): void {
  const on = { id: ACCEPT_ALIAS_ID, doing: 'accepting an alias', payload: AliasPayload };
  onClick(app, surface, on, async (click) => {
    const { client, user, context, payload, tell } = click;
    await surface.access.requireRuleEditor(client, user.id);
    const { name } = await acceptAlias(context, payload);
    await tell(sentenceMessage(`${payload.email} is ${name} from now on, in every open month.`));
    await surface.runJob('reallocate');
    await refreshHome(surface, click);
  });
}
