import type { Command } from 'commander';
import { invalid } from '../core/base/errors.js';
import { formatNanos } from '../core/base/money.js';
import { dayIn } from '../core/base/time.js';
import type { DigestFigures, DigestReader } from '../core/digests/digest.js';
import { lastPeriod, parsePeriod } from '../core/digests/period.js';
import { ALL_SCOPE, parseScope } from '../core/digests/scope.js';
import { digestSections } from '../slack/digests/detail-message.js';
import { digestLines, digestNotes, plainLine } from '../slack/digests/lines.js';
import { digestTitle } from '../slack/digests/message.js';
import { composeDigest } from '../usecases/digests/compose-digest.js';
import type { Session } from './session.js';

const READERS: readonly DigestReader[] = ['team', 'channel', 'finops', 'finance', 'leader'];

/** digest: what would be sent. */
export function addDigestCommand(program: Command, session: Session): void {
  program
    .command('digest')
    .description('what a digest would say: the lines that matter, and what goes into its thread')
    .option('--scope <scope>', 'all, or NAME=VALUE such as team=Search', ALL_SCOPE)
    .option(
      '--period <period>',
      'a week such as 2026-W47, or a month such as 2026-10 (default: the last week)',
    )
    .option('--for <reader>', `whom for: ${READERS.join(', ')} (default: team, or finops for all spend)`)
    .action((options: Asked) => digest(session, options));
}

interface Asked {
  readonly scope: string;
  readonly period?: string;
  readonly for?: string;
}

async function digest(session: Session, options: Asked): Promise<void> {
  const scope = parseScope(options.scope);
  const asked = options.period === undefined ? null : parsePeriod(options.period);
  const reader = readerOf(options.for ?? (scope === null ? 'finops' : 'team'));
  const context = await session.freshContext();
  const period = asked ?? lastPeriod('week', dayIn(context.company.timeZone, context.clock()));
  const figures = await composeDigest(context, { scope, period, reader });
  const lines = digestLines(figures).map(plainLine);
  const sections = digestSections(figures).map(({ title, lines: listed }) => {
    return { title: plainLine(title), lines: listed.map(plainLine) };
  });
  session.answer(
    {
      title: digestTitle(figures),
      lines,
      sections,
      notes: digestNotes(figures),
      figures: withoutBigints(figures),
    },
    [
      digestTitle(figures),
      ...lines,
      ...sections.flatMap(({ title, lines: listed }) => ['', title, ...listed.map((line) => `  ${line}`)]),
      '',
      ...digestNotes(figures),
    ].join('\n'),
  );
}

function readerOf(text: string): DigestReader {
  const reader = READERS.find((each) => each === text);
  return reader ?? invalid(`--for ${text.slice(0, 40)}: write one of ${READERS.join(', ')}.`);
}

/** Money as decimal strings, at any depth. */
function withoutBigints(figures: DigestFigures): unknown {
  return JSON.parse(
    JSON.stringify(figures, (_key, item: unknown) => (typeof item === 'bigint' ? formatNanos(item) : item)),
  );
}
