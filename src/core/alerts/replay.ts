import { addDays, type Day, daysIn } from '../base/time.js';
import {
  ANOMALY_DEFAULTS,
  type AnomalyOptions,
  type DailyCost,
  type DayVerdict,
  type JudgeMemory,
  judgeNext,
  NO_MEMORY,
} from './anomaly.js';
import { type Observation, observeSeries } from './observed.js';

/** A day that a morning's run would have reported. */
export interface Decision {
  readonly verdict: DayVerdict;
  /** The morning of the run. */
  readonly decidedOn: Day;
}

/** Older days are history by the time they are restated, and no news. */
const NEWS_DAYS = 10;

/**
 * Runs the detector of `raiseAlerts` as it would have run on each morning of the range, on what was known by then:
 * each day is reported at most once, by the first run that flags it. Days whose figures did not change are not judged
 * again, which changes nothing but the time it takes.
 */
export function replayMornings(
  observations: readonly Observation[],
  range: { readonly from: Day; readonly to: Day },
  options: AnomalyOptions = ANOMALY_DEFAULTS,
): readonly Decision[] {
  const series = observeSeries(observations);
  const memories: JudgeMemory[] = [NO_MEMORY];
  const reported = new Set<Day>();
  const decisions: Decision[] = [];
  for (const decidedOn of daysIn(range)) {
    const { days, changedFrom } = series.asOf(decidedOn);
    const news = addDays(decidedOn, -NEWS_DAYS);
    memories.length = Math.min(memories.length, changedFrom + 1);
    for (const today of days.slice(memories.length - 1)) {
      const { verdict, memory } = judgeNext(memories.at(-1) ?? NO_MEMORY, toCost(today), options);
      memories.push(memory);
      if (!(verdict.flagged || verdict.dropped) || reported.has(verdict.day) || verdict.day < news) continue;
      reported.add(verdict.day);
      decisions.push({ verdict, decidedOn });
    }
  }
  return decisions;
}

function toCost({
  day,
  value,
  complete,
}: {
  readonly day: Day;
  readonly value: number;
  readonly complete: boolean;
}): DailyCost {
  return { day, cost: BigInt(Math.round(value * 1e6)) * 1000n, complete };
}
