import type { Command } from 'commander';
import { AppError, invalid } from '../core/base/errors.js';
import { formatNanos } from '../core/base/money.js';
import { addDays, parseDay } from '../core/base/time.js';
import { backfillProgress, type SourceStatus } from '../core/sources/feed.js';
import { describeDetails, describeState, PLAIN_WRITING } from '../core/sources/words.js';
import { cancelBackfill, retryBackfill, runBackfill, startBackfill } from '../usecases/sources/backfill.js';
import { listSources } from '../usecases/sources/list-sources.js';
import { addSource, pauseSource, removeSource } from '../usecases/sources/manage-sources.js';
import type { Session } from './session.js';

/** sources list | add | remove | pause | resume | backfill. */
export function addSourceCommands(program: Command, session: Session): void {
  const sources = program
    .command('sources')
    .description('where the bills come from, and how far they have come');
  sources
    .command('list')
    .description('every source and how it is')
    .action(() => list(session));
  sources
    .command('add <name>')
    .description('add a source; takes effect without a restart')
    .requiredOption('--kind <kind>', 'anthropic, openai, focus-file ...')
    .option('--credential <name>', 'one of the credentials of apportion.yml, by its name there')
    .option('--path <file>', 'the file of a focus-file source, relative to the folder of apportion.yml')
    .option('--option <name=value...>', 'a setting of the kind')
    .action((name: string, options: AddOptions) => add(session, name, options));
  sources
    .command('remove <name>')
    .description('take a source away with all its charges')
    .action(async (name: string) => {
      const { staleMonths } = await removeSource(await session.context(), name);
      session.answer({ source: name, removed: true, staleMonths }, `${name} is removed, with its charges.`);
    });
  for (const [word, paused] of [
    ['pause', true],
    ['resume', false],
  ] as const)
    sources
      .command(`${word} <name>`)
      .description(paused ? 'let the timetable leave it alone' : 'let the timetable pull it again')
      .action(async (name: string) => {
        await pauseSource(await session.context(), name, paused);
        session.answer({ source: name, paused }, `${name} is ${paused ? 'paused' : 'pulled again'}.`);
      });
  sources
    .command('backfill <name>')
    .description('fill in a long window, a month at a time; interrupted, the same command goes on')
    .option('--from <day>', 'first day (default: a year back, or as far as the vendor answers)')
    .option('--to <day>', 'last day, inclusive (default: yesterday)')
    .option('--cancel', 'cancel the one that runs')
    .action((name: string, options: BackfillOptions) => backfill(session, name, options));
}

interface AddOptions {
  readonly kind: string;
  readonly credential?: string;
  readonly path?: string;
  readonly option?: readonly string[];
}

interface BackfillOptions {
  readonly from?: string;
  readonly to?: string;
  readonly cancel?: true;
}

async function list(session: Session): Promise<void> {
  const statuses = await listSources(await session.context());
  const lines = statuses.flatMap((status) => [
    `${status.source} (${status.kind}): ${describeState(status, PLAIN_WRITING)}`,
    ...describeDetails(status, PLAIN_WRITING).map((line) => `  ${line}`),
  ]);
  session.answer(
    { sources: statuses.map(statusJson) },
    lines.length === 0 ? 'No source is configured yet.' : lines.join('\n'),
  );
}

function asideJson(aside: SourceStatus['setAside']) {
  return aside.map((each) => ({
    ...each,
    costs: each.costs.map(({ currency, cost }) => ({ currency, cost: formatNanos(cost) })),
  }));
}

function statusJson(status: SourceStatus) {
  const { last } = status;
  return {
    ...status,
    last:
      last === null
        ? null
        : { ...last, costs: last.costs.map(({ currency, cost }) => ({ currency, cost: formatNanos(cost) })) },
    setAside: asideJson(status.setAside),
    countedFor: asideJson(status.countedFor),
  };
}

async function add(session: Session, name: string, given: AddOptions): Promise<void> {
  const options = Object.fromEntries(
    (given.option ?? []).map((text) => {
      const at = text.indexOf('=');
      return at < 1 ? invalid('Write --option name=value.') : [text.slice(0, at), text.slice(at + 1)];
    }),
  );
  const { kind, credential = null, path = null } = given;
  const { remarks } = await addSource(await session.context(), {
    name,
    kind,
    credential,
    path,
    baseUrl: null,
    options,
  });
  for (const remark of remarks) session.note(remark);
  session.answer(
    { source: name, kind, remarks },
    `${name} is added; apportion ingest --source ${name} pulls it.`,
  );
}

async function backfill(session: Session, name: string, options: BackfillOptions): Promise<void> {
  const context = await session.context();
  if (options.cancel === true) {
    await cancelBackfill(context, name);
    session.answer(
      { source: name, state: 'cancelled' },
      `The backfill of ${name} is cancelled; what it brought stays.`,
    );
    return;
  }
  const latest = (await context.store.listBackfills()).find(({ source }) => source === name);
  if (latest?.state === 'failed' && options.from === undefined) await retryBackfill(context, name);
  else if (latest?.state !== 'running')
    await startBackfill(context, {
      source: name,
      from: options.from === undefined ? null : parseDay(options.from),
      to: options.to === undefined ? null : addDays(parseDay(options.to), 1),
    });
  const done = await runBackfill(context, name, {
    onProgress(step) {
      const progress = backfillProgress(step);
      session.note(`${name}: ${progress.done} of ${progress.of} days, ${step.charges} charges.`);
    },
  });
  if (done === null)
    invalid(`${name} is being filled in by another process, or was cancelled: see apportion sources list.`);
  else if (done.state === 'failed')
    throw new AppError('upstream', done.sentence ?? `${name} could not be filled in.`);
  else
    session.answer(
      done,
      `${name} is filled in from ${done.from} to ${addDays(done.to, -1)}: ${done.charges} charges.`,
    );
}
