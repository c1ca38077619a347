// How many files of src/ a trip passes: those in which at least one function runs. `npx tsx test/bench/trips.ts [--list]`
import { Session } from 'node:inspector/promises';
import { addDays, type Day } from '../../src/core/base/time.js';
import { createProvider } from '../../src/providers/catalog.js';
import { raiseAlerts } from '../../src/usecases/alerts/raise-alerts.js';
import { reallocate } from '../../src/usecases/allocation/reallocate.js';
import { NO_READERS, writeDigests } from '../../src/usecases/digests/write-digests.js';
import { ingestSource } from '../../src/usecases/sources/ingest.js';
import { chargesOf, createTestProvider, keyRule } from '../support/company/company.js';
import { ANA, createWorld, FINOPS, KEYS, SEARCH, type World } from '../support/slack/world.js';

const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });

/** Files of src/ whose functions ran in `work`; what runs once, when a file is loaded, is not counted. */
async function passed(work: () => Promise<unknown>): Promise<readonly string[]> {
  await session.post('Profiler.takePreciseCoverage');
  await work();
  const { result } = await session.post('Profiler.takePreciseCoverage');
  const ran = result.filter(
    ({ url, functions }) =>
      /\/src\/(?!sandbox\/)/.test(url) &&
      functions.some(({ functionName, ranges }) => functionName !== '' && (ranges[0]?.count ?? 0) > 0),
  );
  return ran.map(({ url }) => url.replace(/^.*\/src\//, 'src/').replace(/\?.*$/, '')).toSorted();
}

const last = <T>(list: readonly T[]): T =>
  list.at(-1) ??
  (() => {
    throw new Error('nothing there');
  })();
const modal = (world: World) => last(world.slack.see(ANA).modals);

async function billToDigest() {
  const world = await createWorld();
  const provider = createProvider(
    {
      name: 'bills',
      kind: 'focus-file',
      credential: null,
      baseUrl: null,
      path: 'docs/example/bill.csv',
      options: {},
    },
    { clock: world.context.clock },
  );
  world.context.testClock.set('2026-11-23');
  return passed(async () => {
    await ingestSource(world.context, provider, null);
    await reallocate(world.context);
    await writeDigests(world.context, { readers: NO_READERS });
    await world.deliver();
  });
}

async function ruleToFigures() {
  const world = await createWorld();
  const { slack } = world;
  const use = (blockId: string, actionId: string, more: object) =>
    slack.clickAction(ANA, { kind: 'view', viewId: modal(world).id }, { blockId, actionId, ...more });
  return passed(async () => {
    await slack.runCommand(ANA, FINOPS, '/rules add team');
    await slack.idle();
    const suggest = (blockId: string, actionId: string, query: string) =>
      slack.suggest(ANA, { kind: 'view', viewId: modal(world).id }, { blockId, actionId, query });
    await suggest('attribute.0', 'rules.form-attribute', 'api key name');
    await use('attribute.0', 'rules.form-attribute', {
      value: 'apiKeyName',
      answers: { name: { 'rules.form-name': 'Stray' } },
    });
    await slack.idle();
    await suggest('value.0.1', 'rules.form-choice', 'str');
    await suggest('target.0', 'rules.form-target-owner', '');
    await slack.submitView(ANA, modal(world).id, {
      'value.0.1': { 'rules.form-choice': 'stray' },
      'target.0': { 'rules.form-target-owner': 'Search' },
    });
    await slack.idle();
    await slack.submitView(ANA, modal(world).id, {});
    await slack.idle();
    await reallocate(world.context);
    await slack.runCommand(ANA, FINOPS, '/spend search');
    await slack.idle();
  });
}

async function anomalyToAcknowledge() {
  const today = '2026-11-19' as Day;
  const keys = [
    ...KEYS,
    {
      key: 'hot',
      model: 'claude-opus-4-5',
      tags: { env: 'prod' },
      cents: (day: Day) => (day === '2026-11-18' ? 90_000 : 1_000),
    },
  ];
  const owned = [
    ['search-prod', 'Search'],
    ['support-bot', 'Support'],
    ['hot', 'Search'],
  ] as const;
  const rules = {
    version: 1 as const,
    dimensions: [{ id: 'team', rules: owned.map(([key, team]) => ({ ...keyRule(key, team), id: key })) }],
  };
  const world = await createWorld({ keys, rules, from: '2026-09-01' });
  world.context.testClock.set(today);
  const provider = createTestProvider((window) => ({
    charges: chargesOf(keys, window),
    completeThrough: addDays(today, -1),
  }));
  await ingestSource(world.context, provider, { from: '2026-09-01' as Day, to: today });
  await reallocate(world.context);
  return passed(async () => {
    await raiseAlerts(world.context, { today });
    await world.deliver();
    const channel = SEARCH;
    const parent = world
      .messages(ANA, channel)
      .find(({ blocks }) => JSON.stringify(blocks).includes('alert.acknowledge'));
    await world.slack.clickAction(
      ANA,
      { kind: 'message', channel, ts: parent?.ts ?? '' },
      { actionId: 'alert.acknowledge' },
    );
    await world.slack.idle();
    await world.slack.submitView(ANA, modal(world).id, {});
    await world.slack.idle();
    await world.deliver();
  });
}

const trips = {
  'bill -> digest': billToDigest,
  'rule edit -> figures': ruleToFigures,
  'anomaly -> acknowledge': anomalyToAcknowledge,
};
for (const [name, trip] of Object.entries(trips)) {
  const files = await trip();
  process.stdout.write(`${name}: ${files.length} files\n`);
  if (process.argv.includes('--list')) process.stdout.write(`  ${files.join('\n  ')}\n`);
}
process.exit();
