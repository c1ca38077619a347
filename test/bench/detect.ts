import { judgeDays } from '../../src/core/alerts/anomaly.js';
import type { Observation } from '../../src/core/alerts/observed.js';
import { type Decision, replayMornings } from '../../src/core/alerts/replay.js';
import { addDays, type Day, daysBetween, monthOf, parseDay, weekday } from '../../src/core/base/time.js';
import { randomStream } from '../support/company/spend-series.js';

// npx tsx test/bench/detect.ts [seed] [series]: how fast days are judged and how many planted causes are found, beside a naive
// peer in the same run. Figures depend on the machine and the generator; their ratios hardly do.

const START = parseDay('2025-06-01');
const DAYS = 450;
const SCORED_FROM = 120;

interface Planted {
  readonly from: number;
  readonly to: number;
  readonly lasting: boolean;
  readonly must: boolean;
  readonly up: boolean;
}

interface Series {
  readonly observations: readonly Observation[];
  readonly planted: readonly Planted[];
}

/** Usage by weekday with drift, noise, a batch at the month's turn; spikes, leaks, loops, launches, model switches, drops. */
function generate(seed: number): Series {
  const random = randomStream(seed);
  const gauss = (): number => Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random());
  const level = 15 * Math.exp(4 * random());
  const weekend = 0.1 + 0.6 * random();
  const noise = 0.08 + 0.25 * random();
  const batch = random() < 0.3 ? 0.5 + 2 * random() : 0;
  const growth = 0.0015 * (random() - 0.2);
  const factors = Array.from({ length: DAYS }, () => 1);
  const planted: Planted[] = [];
  let at = SCORED_FROM + Math.floor(random() * 60);
  while (at < DAYS - 20) {
    const kind = random();
    const size = kind < 0.75 ? 1.4 + 4 * random() ** 2 : 0.2 + 0.4 * random();
    const lasting = kind > 0.35 && kind < 0.6;
    const length = lasting ? DAYS - at : 1 + Math.floor(random() * 7);
    for (let day = at; day < at + length && day < DAYS; day += 1) factors[day] = (factors[day] ?? 1) * size;
    const expected = level * Math.exp(growth * at);
    const excess = Math.abs(size - 1) * expected;
    const sigma = Math.abs(Math.log(size)) * Math.sqrt(Math.min(7, length));
    const must =
      (excess >= 25 || excess * Math.min(7, length) >= 100) &&
      Math.abs(size - 1) >= 0.25 &&
      sigma >= 3.5 * noise;
    planted.push({ from: at, to: lasting ? at + 14 : at + length, lasting, must, up: size > 1 });
    at += length >= 100 ? 60 + Math.floor(random() * 60) : length + 25 + Math.floor(random() * 60);
  }
  let drift = 0;
  const observations = factors.flatMap((factor, index): Observation[] => {
    const day = addDays(START, index);
    drift = 0.95 * drift + 0.03 * gauss();
    const turn = monthOf(addDays(day, 1)) !== monthOf(day) ? 1 + batch : 1;
    const usage =
      level * Math.exp(growth * index + drift + noise * gauss()) * (weekday(day) >= 6 ? weekend : 1);
    const value = Math.round(usage * factor * turn * 100) / 100;
    const whole = { day, value, availableAt: addDays(day, 1), complete: true };
    if (random() > 0.08) return [whole];
    return [
      { ...whole, value: Math.round(value * (0.5 + 0.4 * random()) * 100) / 100, complete: false },
      { ...whole, availableAt: addDays(day, 2) },
    ];
  });
  return { observations, planted };
}

interface Score {
  hits: number;
  must: number;
  true: number;
  false: number;
  delays: number[];
}

type Flag = { readonly day: Day; readonly decidedOn: Day; readonly up: boolean };

/** Episodes are flags at most three days apart; those that touch something planted and small count for nothing. */
function score(found: Score, { planted }: Series, flags: readonly Flag[], up: boolean): void {
  const events = planted.filter((event) => event.up === up);
  const days = flags
    .filter((flag) => flag.up === up)
    .map((flag) => ({ ...flag, index: daysBetween(START, flag.day) }));
  const windowOf = ({ from, to }: Planted) => [from, to + 1] as const;
  for (const event of events.filter(({ must }) => must)) {
    const [from, to] = windowOf(event);
    const hit = days.filter(({ index }) => index >= from && index <= to);
    found.must += 1;
    if (hit.length === 0) continue;
    found.hits += 1;
    found.delays.push(Math.min(...hit.map(({ decidedOn }) => daysBetween(START, decidedOn) - from)));
  }
  let last = Number.NEGATIVE_INFINITY;
  let touched: 'must' | 'may' | null = null;
  const close = (): void => {
    if (last === Number.NEGATIVE_INFINITY) return;
    if (touched === 'must') found.true += 1;
    else if (touched === null) found.false += 1;
  };
  for (const { index } of days.toSorted((a, b) => a.index - b.index)) {
    if (index < SCORED_FROM) continue;
    if (index - last > 3) {
      close();
      touched = null;
    }
    last = index;
    // The end of a lasting shift, or the way back from a drop, is not news of the other direction.
    const near = planted.find(
      (event) => index >= event.from && index <= (event.lasting ? event.from + 21 : event.to + 4),
    );
    if (near !== undefined) touched = near.must && near.up === up ? 'must' : (touched ?? 'may');
  }
  close();
}

/** What most scripts do: the mean of four weeks and three deviations. */
function naive(observations: readonly Observation[]): readonly Flag[] {
  const values = new Map(observations.map(({ day, value }) => [day, value]));
  const days = [...values.keys()].toSorted();
  const costs = days.map((day) => values.get(day) ?? 0);
  return days.flatMap((day, index) => {
    if (index < SCORED_FROM) return [];
    const past = costs.slice(index - 28, index);
    const mean = past.reduce((sum, value) => sum + value, 0) / past.length;
    const deviation = Math.sqrt(past.reduce((sum, value) => sum + (value - mean) ** 2, 0) / past.length);
    const excess = (costs[index] ?? 0) - mean;
    const isFlagged = excess > 3 * deviation && excess >= 25 && excess >= 0.25 * mean;
    return isFlagged ? [{ day, decidedOn: addDays(day, 1), up: true }] : [];
  });
}

function told(name: string, found: Score, series: number): string {
  const precision = found.true / Math.max(1, found.true + found.false);
  const recall = found.hits / Math.max(1, found.must);
  const f1 = (2 * precision * recall) / Math.max(1e-9, precision + recall);
  const years = (series * (DAYS - SCORED_FROM)) / 365;
  const delays = found.delays.toSorted((a, b) => a - b);
  const at = (share: number) => delays[Math.floor(share * (delays.length - 1))] ?? 0;
  const figures = [precision, recall, f1].map((value) => value.toFixed(2)).join(' / ');
  return `${name}: precision / recall / F1 ${figures}, ${(found.false / years).toFixed(2)} false a series-year, delay ${at(0.5)} / ${at(0.9)}\n`;
}

function fresh(): Score {
  return { hits: 0, must: 0, true: 0, false: 0, delays: [] };
}

function flagsOf(decisions: readonly Decision[]): readonly Flag[] {
  return decisions.map(({ verdict, decidedOn }) => ({
    day: verdict.day,
    decidedOn,
    up: verdict.actual >= verdict.expected,
  }));
}

const seed = Number(process.argv[2] ?? 1);
const owners = Number(process.argv[3] ?? 100);
const all = Array.from({ length: owners }, (_, i) => generate(seed * 1000 + i));
const [ours, drops, peer] = [fresh(), fresh(), fresh()];
const range = { from: addDays(START, SCORED_FROM), to: addDays(START, DAYS) };
const started = performance.now();
for (const series of all) {
  const flags = flagsOf(replayMornings(series.observations, range));
  score(ours, series, flags, true);
  score(drops, series, flags, false);
}
const replayed = performance.now() - started;
for (const series of all) score(peer, series, naive(series.observations), true);
process.stdout.write(told('rises', ours, all.length));
process.stdout.write(told('drops', drops, all.length));
process.stdout.write(told('naive (28-day mean + 3 deviations), rises', peer, all.length));
process.stdout.write(
  `replay: ${(replayed / all.length).toFixed(1)} ms a series of ${DAYS - SCORED_FROM} mornings\n`,
);

if (process.argv[4] === 'quick') process.exit(0);
// One morning of a company: 2,000 series, each judged from its last 120 days.
const company = Array.from({ length: 2_000 }, (_, i) =>
  (all[i % all.length]?.observations ?? [])
    .filter(({ complete }) => complete)
    .slice(-120 - (i % 7))
    .map(({ day, value, complete }) => ({
      day,
      cost: BigInt(Math.round(value * 100)) * 10_000_000n,
      complete,
    })),
);
const times = { ours: Number.POSITIVE_INFINITY, naive: Number.POSITIVE_INFINITY };
for (let round = 0; round < 2; round += 1) {
  const first = performance.now();
  for (const series of company) judgeDays(series);
  const second = performance.now();
  for (let i = 0; i < company.length; i += 1) naive(all[i % all.length]?.observations ?? []);
  times.ours = Math.min(times.ours, second - first);
  times.naive = Math.min(times.naive, performance.now() - second);
}
process.stdout.write(
  `2,000 series of 120 days: ${(times.ours / 1000).toFixed(2)} s, ${(times.ours / times.naive).toFixed(1)} times the naive peer\n`,
);
