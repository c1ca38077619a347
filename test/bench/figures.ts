export type Side = 'ours' | 'duckdb';

interface Sample {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** How long each step took each side, in the order in which steps were first met. */
export class Figures {
  readonly #samples = new Map<string, Record<Side, Sample[]>>();

  add(side: Side, step: string, sample: Sample): void {
    const sides = this.#samples.get(step) ?? { ours: [], duckdb: [] };
    this.#samples.set(step, sides);
    sides[side].push(sample);
  }

  /** Runs work and notes its time; processor time of all threads of this process. */
  async timed<T>(side: Side, step: string, work: () => Promise<T>): Promise<T> {
    const [start, before] = [performance.now(), process.cpuUsage()];
    const result = await work();
    const { user, system } = process.cpuUsage(before);
    this.add(side, step, { wallMs: performance.now() - start, cpuMs: (user + system) / 1_000 });
    return result;
  }

  /** A table of medians; ratios below 1 say that we are faster. */
  print(): void {
    say(row('', 'ours', '(CPU)', 'DuckDB', '(CPU)', 'ratio', '(CPU)'));
    for (const [step, sides] of this.#samples) {
      const [ours, duck] = [median(sides.ours), median(sides.duckdb)];
      const ratio = (of: keyof Sample) =>
        ours === null || duck === null ? '' : `${(ours[of] / Math.max(duck[of], 0.01)).toPrecision(2)}x`;
      say(row(step, ...duration(ours), ...duration(duck), ratio('wallMs'), ratio('cpuMs')));
    }
  }
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function row(step: string, ...cells: readonly string[]): string {
  return `${step.padEnd(44)}${cells.map((cell) => cell.padStart(10)).join('')}`;
}

/** Wall and processor time, each on its own. */
function median(samples: readonly Sample[]): Sample | null {
  if (samples.length === 0) return null;
  const middle = (of: keyof Sample): number =>
    samples.map((sample) => sample[of]).toSorted((a, b) => a - b)[samples.length >> 1] ?? 0;
  return { wallMs: middle('wallMs'), cpuMs: middle('cpuMs') };
}

function duration(sample: Sample | null): readonly [string, string] {
  if (sample === null) return ['', ''];
  const text = (ms: number): string =>
    ms >= 10_000 ? `${(ms / 1_000).toFixed(1)} s` : `${ms >= 100 ? Math.round(ms) : ms.toFixed(1)} ms`;
  return [text(sample.wallMs), text(sample.cpuMs)];
}
