import type { KnownBlock } from '@slack/types';
import { dayIn } from '../../core/base/time.js';
import type { DirectoryState, FoundPerson } from '../../usecases/people/show-people.js';
import { bold, bullets, context, header, type Message, type RichLine, rich, section } from '../kit/blocks.js';
import { withinLimits } from '../kit/limits.js';
import { authorName, count, displayName, formatDay, literalMrkdwn } from '../kit/text.js';

const MAX_LISTED = 10;
const MAX_IDENTIFIERS = 10;

function personBlocks({
  person,
  team,
  manager,
  costCentre,
  identifiers,
}: FoundPerson): readonly KnownBlock[] {
  const where = [
    team === null ? 'in no team today' : `team ${displayName(team, 60)}`,
    ...(manager === null ? [] : [`manager ${displayName(manager, 80)}`]),
    ...(costCentre === null ? [] : [`cost centre ${displayName(costCentre, 40)}`]),
    ...(person.kind === 'employee' ? [] : [person.kind === 'service' ? 'service account' : person.kind]),
    person.slackUserId === null ? 'no Slack user' : 'linked to Slack',
  ];
  const also =
    person.aliases.length === 0
      ? []
      : [`Also ${person.aliases.map((each) => displayName(each, 80)).join(', ')}.`];
  return [
    rich(
      [bold(displayName(person.name)), ` ${displayName(person.email, 100)}`],
      [`${where.join(', ')}. ${also.join('')}`.trim()],
      ...identifierLines(identifiers),
    ),
  ];
}

function identifierLines(identifiers: FoundPerson['identifiers']): readonly RichLine[] {
  if (identifiers === null) return [];
  if (identifiers.length === 0) return [['Nothing is linked to them but their addresses.']];
  const shown = identifiers.slice(0, MAX_IDENTIFIERS).map((each) => displayName(each, 80));
  const more = identifiers.length - shown.length;
  return [[`Linked: ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`]];
}

/** People found by a part of their name, address or team. */
export function foundPeopleMessage(
  asked: string,
  answer: { readonly found: readonly FoundPerson[]; readonly more: number },
): Message {
  const typed = displayName(asked, 60);
  const sentence =
    answer.found.length === 0
      ? `Nobody in the directory is called “${typed}”, nor is a team.`
      : `${count(answer.found.length + answer.more, 'match').replace(/matchs$/, 'matches')} for “${typed}”.`;
  return withinLimits({
    text: literalMrkdwn(sentence),
    blocks: [
      section(sentence),
      ...answer.found.flatMap(personBlocks),
      ...(answer.more > 0 ? [context(`and ${answer.more} more; type more of the name`)] : []),
    ],
  });
}

function listed(title: string, lines: readonly string[]): readonly KnownBlock[] {
  if (lines.length === 0) return [];
  const shown = lines.slice(0, MAX_LISTED);
  const more = lines.length - shown.length;
  return [
    header(`${title}: ${lines.length}`),
    bullets(shown.map((line): RichLine => [line])),
    ...(more > 0 ? [context(`and ${more} more`)] : []),
  ];
}

function nameOf({ name, email }: { readonly name: string; readonly email: string }): string {
  return name === email ? displayName(email, 100) : `${displayName(name, 60)} (${displayName(email, 100)})`;
}

/** How whole the directory is; to everyone but FinOps only how people are looked up. */
export function directoryMessage(state: DirectoryState | null, timeZone: string): Message {
  const howTo = 'Look somebody up by a part of their name, address or team: /apportion people ana.';
  if (state === null) return withinLimits({ text: howTo, blocks: [header('People'), section(howTo)] });
  const { people, teams, lastImport, withoutSlack, unknownToHr, lostManagers } = state;
  const imported =
    lastImport === null
      ? 'No import of an HR file is among the latest changes.'
      : `The HR file came in on ${formatDay(dayIn(timeZone, lastImport.atMs))}, by ${authorName(lastImport.by)}.`;
  const sentence = `${count(people, 'person').replace(/persons$/, 'people')} in ${count(teams, 'team')} today. ${imported}`;
  return withinLimits({
    text: literalMrkdwn(sentence),
    blocks: [
      header('People'),
      section(sentence),
      ...listed('In the directory, but not in Slack', withoutSlack.map(nameOf)),
      ...(unknownToHr === null
        ? [section('Slack did not list its users, so those whom HR does not know are not shown.')]
        : listed(
            'In Slack, but not in the directory',
            unknownToHr.map(({ id, email }) => displayName(email ?? id, 100)),
          )),
      ...listed(
        'Managers whom the directory does not know',
        lostManagers.map((each) => displayName(each, 100)),
      ),
      context(howTo),
    ],
  });
}
