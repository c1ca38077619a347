import { existsSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import type { Background, startBackground as startBackgroundOfSource } from '../../src/app/background.js';
import { monthRange, monthsIn } from '../../src/core/base/time.js';
import type { PreviewInput } from '../../src/usecases/rules/preview-rules.js';
import { batchOf, daysScope } from '../support/build/charges.js';
import { createTestContext } from '../support/context.js';
import { BENCH_RANGE, type BenchCompany } from './company.js';
import { type Cells, type Contender, countRules } from './contender.js';
import { type Figures, say } from './figures.js';

/** The built module has what its source has. */
type StartBackground = typeof startBackgroundOfSource;

const ACTOR = { kind: 'system', name: 'bench' } as const;

/** The product: rule changes in its worker, as `npm run build` made it; questions on the main thread, as in Slack. */
export async function createOurs(path: string, figures: Figures): Promise<Contender> {
  const context = await createTestContext({ path });
  const worker = await startWorker(path, context.company);
  const delays = { p99: 0, max: 0 };
  /** Preview, commit, re-allocation: what a person in Slack waits for. */
  const change = async (input: PreviewInput, what: string): Promise<void> => {
    const timed = <T>(step: string, work: () => Promise<T>) =>
      figures.timed('ours', `${what}: ${step}`, work);
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const preview = await timed('preview', () => worker.run(ACTOR, 'preview-rules', input));
    delay.disable();
    delays.p99 = Math.max(delays.p99, delay.percentile(99));
    delays.max = Math.max(delays.max, delay.max);
    await timed('commit', () => worker.run(ACTOR, 'submit-rules', preview));
    await timed('re-allocate and prove', () => worker.run(ACTOR, 'reallocate'));
  };
  const readCells = async (): Promise<Cells> => {
    const query = { by: ['month', 'team'], range: BENCH_RANGE, where: [], currency: 'USD' };
    const { rows } = await context.store.querySpend(query);
    return new Map(rows.map(({ values, cost }) => [values.join(' '), cost]));
  };
  return {
    importBills: (company) =>
      importMonths(company, (batch) => {
        return figures.timed('ours', 'import a month', () => context.store.replaceCharges(batch));
      }),
    async allocate(ruleset) {
      const what = `${countRules(ruleset)} rules`;
      await figures.timed('ours', `${what}: allocate all`, () =>
        change({ edit: { kind: 'ruleset', ruleset }, note: null }, what),
      );
    },
    edit(ruleset, rule) {
      const what = `one of ${countRules(ruleset)} edited`;
      const edit = { kind: 'replace', dimension: 'team', ruleId: rule.id, rule } as const;
      return figures.timed('ours', `${what}: edit to new report`, async () => {
        await change({ edit, note: null }, what);
        return readCells();
      });
    },
    monthlyByTeam: () => figures.timed('ours', 'monthly spend by team', readCells),
    peakMb: async () => process.resourceUsage().maxRSS / 1_024,
    async stop() {
      const ms = (nanoseconds: number) => (nanoseconds / 1e6).toFixed(1);
      say(
        `Delay of the main thread during previews: p99 ${ms(delays.p99)} ms, max ${ms(delays.max)} ms (timer 5 ms; the worst preview).`,
      );
      await worker.close();
      await context.store.close();
    },
  };
}

async function importMonths(
  company: BenchCompany,
  put: (batch: ReturnType<typeof batchOf>) => Promise<unknown>,
): Promise<void> {
  for (const month of monthsIn(BENCH_RANGE)) {
    const { from, to } = monthRange(month);
    const charges = company.charges(month);
    await put(batchOf(charges, { source: 'bench', kind: 'bench', scope: daysScope(from, to) }));
  }
}

async function startWorker(
  dbPath: string,
  company: Awaited<ReturnType<typeof createTestContext>>['company'],
): Promise<Background> {
  const built = new URL('../../dist/app/background.js', import.meta.url);
  if (!existsSync(fileURLToPath(built)))
    throw new Error('The worker is taken from dist/: run npm run build first.');
  const { startBackground } = (await import(built.href)) as { startBackground: StartBackground };
  return startBackground({ dbPath, company, sources: [] });
}
