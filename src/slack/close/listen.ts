import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { visibleTeams } from '../../core/access/visibility.js';
import { AppError, assertNever } from '../../core/base/errors.js';
import { type Month, parseMonth } from '../../core/base/time.js';
import { checkMonth, monthToClose } from '../../usecases/close/check-month.js';
import {
  lockMonth,
  type Signer,
  signMonth,
  softCloseMonth,
  unlockMonth,
} from '../../usecases/close/close-month.js';
import { readSettings } from '../../usecases/settings/read-settings.js';
import { type Message, plain, section } from '../kit/blocks.js';
import { formView } from '../kit/inputs.js';
import { type Asker, onClick, onForm } from '../kit/listener.js';
import { packPayload } from '../kit/payload.js';
import { contextOf, type Surface } from '../kit/request.js';
import { formatMonth } from '../kit/text.js';
import { CLOSE_IDS, MonthPayload, monthCloseMessage } from './message.js';

const FORM_IDS = { override: 'close.override-form', unlock: 'close.unlock-form' } as const;
const REASON = { block: 'reason', action: 'close.reason' } as const;

/** What can be done with a month from Slack. */
type Act =
  | { readonly kind: 'soft-close' | 'sign' | 'confirm-unlock' }
  | { readonly kind: 'lock' | 'ask-unlock'; readonly reason: string | null };

interface Doing extends Asker {
  readonly month: Month;
}

/** `/apportion close [month]`: the month's checklist with its buttons; without a month the one that is due. */
export async function closeMessage(
  surface: Surface,
  ask: Asker & { readonly month: string | null },
): Promise<Message> {
  const context = contextOf(surface, ask.user);
  const month = ask.month === null ? await monthToClose(context) : parseMonth(ask.month);
  const viewer = await surface.access.viewerOf(ask.client, ask.user.id);
  const { visibility } = (await readSettings(context)).settings;
  const seesMoney = visibleTeams(viewer, visibility) === 'all';
  return monthCloseMessage(await checkMonth(context, { month }), seesMoney);
}

/** Does it, and brings FinOps's message up to date. */
async function act(surface: Surface, doing: Doing, what: Act): Promise<void> {
  const { client, user, month } = doing;
  const context = contextOf(surface, user);
  if (what.kind !== 'sign') await requireFinops(surface, client, user.id);
  switch (what.kind) {
    case 'soft-close':
      await softCloseMonth(context, { month });
      break;
    case 'sign':
      await signMonth(context, { month, teams: null, signers: await signersOf(surface, doing) });
      break;
    case 'lock':
      // Locked is what people have looked at: nothing may be waiting to be allocated.
      await surface.runJob('reallocate');
      await lockMonth(context, { month, override: what.reason });
      break;
    case 'ask-unlock':
    case 'confirm-unlock':
      await unlockMonth(context, { month, reason: what.kind === 'ask-unlock' ? what.reason : null });
      await surface.runJob('reallocate');
      break;
    default:
      assertNever(what);
  }
  await surface.runJob('deliver');
}

async function requireFinops(surface: Surface, client: WebClient, userId: string): Promise<void> {
  try {
    await surface.access.requireRuleEditor(client, userId);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'forbidden') throw error;
    throw new AppError('forbidden', 'Only FinOps may close, lock and unlock months; owners sign.', {
      cause: error,
    });
  }
}

async function signersOf(surface: Surface, { client, user }: Doing): Promise<readonly Signer[]> {
  const email = await surface.people.emailOf(client, user.id);
  const isFinops = await surface.access.mayEditRules(client, user.id);
  return [
    ...(email === null ? [] : [{ kind: 'owner', email } as const]),
    ...(isFinops ? [{ kind: 'finops' } as const] : []),
  ];
}

/** The form that asks why: before an override, and before an unlock. */
function reasonView(month: Month, form: keyof typeof FORM_IDS): ModalView {
  const name = formatMonth(month);
  const words =
    form === 'override'
      ? {
          title: 'Lock anyway',
          submit: 'Lock',
          text: `Items of ${name} are open. It is locked anyway, for good; your reason goes into the audit log.`,
        }
      : {
          title: 'Unlock a month',
          submit: 'Ask',
          text: `A second person, who did not lock ${name}, must confirm. Your reason goes into the audit log.`,
        };
  return formView({
    id: FORM_IDS[form],
    metadata: packPayload({ month }),
    title: words.title,
    submit: words.submit,
    blocks: [
      section(words.text),
      {
        type: 'input',
        block_id: REASON.block,
        label: plain('Why', 200),
        element: {
          type: 'plain_text_input',
          action_id: REASON.action,
          multiline: true,
          min_length: 3,
          max_length: 500,
        },
      },
    ],
  });
}

/** What the buttons that act at once do. */
const ACTS: Readonly<Record<string, Act>> = {
  [CLOSE_IDS.softClose]: { kind: 'soft-close' },
  [CLOSE_IDS.sign]: { kind: 'sign' },
  [CLOSE_IDS.lock]: { kind: 'lock', reason: null },
  [CLOSE_IDS.confirmUnlock]: { kind: 'confirm-unlock' },
};

/** The buttons of a month's message and the forms behind them. */
export function listenClose(app: App, surface: Surface): void {
  for (const [id, what] of Object.entries(ACTS)) {
    const on = { id, doing: `closing a month (${what.kind})`, payload: MonthPayload };
    onClick(app, surface, on, async ({ client, user, body, payload: { month }, tell }) => {
      await act(surface, { client, user, month }, what);
      // In an ephemeral answer the checklist is redrawn; FinOps's own message is edited.
      if (body.container['is_ephemeral'] === true)
        await tell(await closeMessage(surface, { client, user, month }), true);
    });
  }
  listenReason(app, surface, 'override');
  listenReason(app, surface, 'unlock');
}

/** A button that asks why, and the form that it opens. */
function listenReason(app: App, surface: Surface, form: keyof typeof FORM_IDS): void {
  const opening = { id: CLOSE_IDS[form], doing: 'opening the form that asks why', payload: MonthPayload };
  onClick(app, surface, opening, async ({ client, body, payload: { month } }) => {
    await client.views.open({ trigger_id: body.trigger_id, view: reasonView(month, form) });
  });
  const sending = { id: FORM_IDS[form], doing: `closing a month (${form})`, payload: MonthPayload };
  onForm(app, surface, sending, async ({ client, user, view, payload: { month } }) => {
    const reason = view.state.values[REASON.block]?.[REASON.action]?.value ?? null;
    await act(
      surface,
      { client, user, month },
      { kind: form === 'override' ? 'lock' : 'ask-unlock', reason },
    );
  });
}
