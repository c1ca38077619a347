import type { App } from '@slack/bolt';
import { assertNever } from '../../core/base/errors.js';
import { type ApportionWord, readApportion } from '../../core/spend/commands.js';
import { listOpenClaims } from '../../usecases/claims/list-claims.js';
import { findPeople, readDirectoryState } from '../../usecases/people/show-people.js';
import { alertsAnswer } from '../alerts/listen.js';
import { budgetsAnswer } from '../budgets/listen.js';
import { openClaimsMessage } from '../claims/list-message.js';
import { closeMessage } from '../close/listen.js';
import { openDigest } from '../digests/listen.js';
import { figuresFor } from '../home/listen.js';
import { homeBlocks } from '../home/message.js';
import { invoicesAnswer } from '../invoices/listen.js';
import { type Message, sentenceMessage } from '../kit/blocks.js';
import { withinLimits } from '../kit/limits.js';
import { type Asker, onClick, onCommand } from '../kit/listener.js';
import { contextOf, type Surface } from '../kit/request.js';
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

async function peopleAnswer(surface: Surface, ask: Asker, text: string): Promise<Message> {
  const context = contextOf(surface, ask.user);
  const viewer = await surface.access.viewerOf(ask.client, ask.user.id);
  if (text !== '') return foundPeopleMessage(text, await findPeople(context, { text, viewer }));
  const { timeZone } = context.company;
  if (!viewer.roles.includes('finops')) return directoryMessage(null, timeZone);
  const users = await listSlackUsers(ask.client).catch(() => null);
  return directoryMessage(await readDirectoryState(context, users), timeZone);
}

async function homeAnswer(surface: Surface, ask: Asker): Promise<Message> {
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
  ask: Asker,
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

/** `/apportion` and the buttons of its help. */
export function listenApportion(app: App, surface: Surface): void {
  onCommand(app, surface, { id: '/apportion', doing: 'answering /apportion' }, async (asked) => {
    const { client, command, tell } = asked;
    const read = readApportion(await typedText(surface, client, command.text));
    if (read.kind === 'unknown') return tell(unknownWordMessage(read.typed, read.near));
    if (read.word !== 'settings' && read.word !== 'digest')
      return tell(await apportionAnswer(surface, asked, read));
    const refusal = await (read.word === 'digest'
      ? openDigest(surface, asked, { words: read.rest, channel: command.channel_id })
      : openSettings(surface, asked));
    if (refusal !== null) await tell(sentenceMessage(refusal));
  });
  for (const word of ['home', 'sources', 'people', 'claims', 'alerts', 'budgets', 'invoices'] as const)
    onClick(app, surface, { id: HELP_IDS[word], doing: 'answering a button of the help' }, async (click) => {
      await click.tell(await apportionAnswer(surface, click, { word, rest: '' }));
    });
}
