import type { App, BlockAction, ButtonAction } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { assertNever } from '../../core/base/errors.js';
import { type ApportionWord, readApportion } from '../../core/spend/commands.js';
import { listOpenClaims } from '../../usecases/claims/list-claims.js';
import { findPeople, readDirectoryState } from '../../usecases/people/show-people.js';
import { alertsAnswer } from '../alerts/listen-list.js';
import { budgetsAnswer } from '../budgets/listen.js';
import { openClaimsMessage } from '../claims/list-message.js';
import { closeMessage } from '../close/listen.js';
import { openDigest } from '../digests/listen.js';
import { figuresFor } from '../home/listen.js';
import { homeBlocks } from '../home/message.js';
import { invoicesAnswer } from '../invoices/listen.js';
import type { Message } from '../kit/blocks.js';
import { withinLimits } from '../kit/limits.js';
import { sentenceMessage } from '../kit/plain.js';
import { answer, attempt, contextOf, type Surface, userOf } from '../kit/request.js';
import { formatMoney, formatMonth, literalMrkdwn } from '../kit/text.js';
import { listSlackUsers } from '../people/link.js';
import { directoryMessage, foundPeopleMessage } from '../people/message.js';
import { openSettings } from '../settings/listen.js';
import { sourcesAnswer } from '../sources/listen.js';
import {
  digestFormMessage,
  HELP_IDS,
  helpMessage,
  settingsMessage,
  unknownWordMessage,
} from '../spend/help.js';
import { typedText } from '../spend/listen.js';

/** Something asked of `/apportion`, in the command, by a button or in a message. */
export interface Ask {
  readonly client: WebClient;
  readonly user: { readonly id: string; readonly name: string };
}

async function peopleAnswer(surface: Surface, ask: Ask, text: string): Promise<Message> {
  const context = contextOf(surface, ask.user);
  const viewer = await surface.access.viewerOf(ask.client, ask.user.id);
  if (text !== '') return foundPeopleMessage(text, await findPeople(context, { text, viewer }));
  const { timeZone } = context.company;
  if (!viewer.roles.includes('finops')) return directoryMessage(null, timeZone);
  const users = await listSlackUsers(ask.client).catch(() => null);
  return directoryMessage(await readDirectoryState(context, users), timeZone);
}

async function homeAnswer(surface: Surface, ask: Ask): Promise<Message> {
  const { figures } = await figuresFor(surface, ask.client, ask.user);
  const { timeZone } = surface.context.company;
  const month = formatMonth(figures.month);
  const total =
    figures.company === null
      ? month
      : `${month}: ${formatMoney(figures.company.total, figures.currency)} so far.`;
  return withinLimits({
    text: literalMrkdwn(total),
    blocks: homeBlocks(figures, { manages: false, timeZone }),
  });
}

/** What a word of `/apportion` shows; settings cannot be shown without a click, so there is a button for them. */
export async function apportionAnswer(
  surface: Surface,
  ask: Ask,
  { word, rest }: { readonly word: ApportionWord; readonly rest: string },
): Promise<Message> {
  const object = rest === '' ? null : rest.toLowerCase();
  switch (word) {
    case 'home':
      return homeAnswer(surface, ask);
    case 'sources':
      return sourcesAnswer(surface, ask);
    case 'people':
      return peopleAnswer(surface, ask, rest);
    case 'claims': {
      const viewer = await surface.access.viewerOf(ask.client, ask.user.id);
      const { timeZone } = surface.context.company;
      return openClaimsMessage(await listOpenClaims(surface.context, viewer), timeZone);
    }
    case 'alerts':
      return alertsAnswer(surface, ask);
    case 'budgets':
      return budgetsAnswer(surface, ask, object);
    case 'invoices':
      return invoicesAnswer(surface, ask, object);
    case 'close':
      return closeMessage(surface, { ...ask, month: object });
    case 'digest':
      return digestFormMessage();
    case 'settings':
      return settingsMessage();
    case 'help':
      return helpMessage();
    default:
      return assertNever(word);
  }
}

/** The action ids that this file answers. */
export const HELP_ACTION_IDS: readonly string[] = Object.values(HELP_IDS);

/** `/apportion` and the buttons of its help. */
export function listenApportion(app: App, surface: Surface): void {
  const { log } = surface.context;
  app.command('/apportion', async ({ ack, command, client, respond }) => {
    await ack();
    await attempt(
      log,
      'answering /apportion',
      async () => {
        const user = { id: command.user_id, name: command.user_name };
        const read = readApportion(await typedText(surface, client, command.text));
        if (read.kind === 'unknown') return answer(respond, unknownWordMessage(read.typed, read.near));
        if (read.word !== 'settings' && read.word !== 'digest')
          return answer(respond, await apportionAnswer(surface, { client, user }, read));
        const request = { client, triggerId: command.trigger_id, userId: user.id, isInModal: false };
        const refusal = await (read.word === 'digest'
          ? openDigest(surface, request, { words: read.rest, channel: command.channel_id })
          : openSettings(surface, request));
        if (refusal !== null) await answer(respond, sentenceMessage(refusal));
      },
      (message) => answer(respond, message),
    );
  });

  for (const word of ['home', 'sources', 'people', 'claims', 'alerts', 'budgets', 'invoices'] as const) {
    app.action<BlockAction<ButtonAction>>(HELP_IDS[word], async ({ ack, body, client, respond }) => {
      await ack();
      await attempt(
        log,
        'answering a button of the help',
        async () => {
          const ask = { client, user: userOf(body.user) };
          await answer(respond, await apportionAnswer(surface, ask, { word, rest: '' }));
        },
        (message) => answer(respond, message),
      );
    });
  }
  app.action<BlockAction<ButtonAction>>(HELP_IDS.settings, async ({ ack, body, client, respond }) => {
    await ack();
    await attempt(
      log,
      'opening the settings',
      async () => {
        const isInModal = body.view?.type === 'modal';
        await openSettings(surface, { client, triggerId: body.trigger_id, userId: body.user.id, isInModal });
      },
      async (message) => (respond === undefined ? undefined : answer(respond, message)),
    );
  });
}
