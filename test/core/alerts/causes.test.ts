import { describe, expect, it } from 'vitest';
import type { AlertCause } from '../../../src/core/alerts/alert.js';
import { findCauses } from '../../../src/core/alerts/causes.js';
import { figuresOfCause, joinedDriver, teamOfAlert } from '../../../src/core/alerts/figures.js';
import type { UsagePart } from '../../../src/core/alerts/usage-parts.js';
import { followCause } from '../../../src/core/alerts/watch.js';
import { addDays, type Day } from '../../../src/core/base/time.js';
import { part, TODAY, watchOf } from '../../support/build/usage-parts.js';

/** From this many days ago on. */
const since = (ago: number, then: number, before: number) => (_day: Day, now: number) =>
  now <= ago ? then : before;
const steady = (cents: number) => () => cents;

const SEARCH = part({ key: 'search-prod', cents: steady(20_000) });
const SUPPORT = part({ key: 'support-bot', model: 'haiku', team: 'Support', cents: steady(20_000) });

function causesOf(parts: readonly UsagePart[], known: readonly AlertCause[] = []): readonly string[] {
  return findCauses(watchOf(parts), known).map(({ cause }) => `${cause.kind} ${cause.label}`.trim());
}

describe('what runs away', () => {
  it('is nothing where nothing does', () => {
    expect(causesOf([SEARCH, SUPPORT])).toEqual([]);
  });

  it('is one key, though its team, its model, its service and the company show it too', () => {
    const wild = part({ key: 'ci', model: 'opus', cents: since(2, 90_000, 1_500) });
    expect(causesOf([SEARCH, SUPPORT, wild])).toEqual(['key ci']);
  });

  it('is one key that is new, which has no weeks of its own to be judged by', () => {
    const fresh = part({ key: 'new', cents: since(1, 90_000, 0) });
    expect(causesOf([SEARCH, SUPPORT, fresh])).toEqual(['key new']);
  });

  it('is one key that several teams share, with the teams named', () => {
    const shared = (team: string) => part({ key: 'gateway', team, cents: since(2, 60_000, 5_000) });
    const parts = [SEARCH, SUPPORT, shared('Search'), shared('Support')];
    expect(causesOf(parts)).toEqual(['key gateway']);
    const watch = watchOf(parts);
    const cause = { kind: 'key', label: 'gateway' } as const;
    const seen = { firstDay: addDays(TODAY, -2), lastDay: addDays(TODAY, -1) };
    const { run, ...followed } = followCause(watch, cause, seen);
    if (run === null) throw new Error('no run');
    const figures = figuresOfCause(watch, { cause, run, ...followed }, 'USD');
    expect(figures.teams?.map(({ team }) => team)).toEqual(['Search', 'Support']);
    expect(teamOfAlert(figures)).toBeNull(); // nobody bears most of it: FinOps is told
  });

  it('is a model whose price has risen, however many teams and keys are hit', () => {
    const priced = ['Search', 'Support', 'Growth', 'Mobile'].flatMap((team) =>
      [1, 2].map((n) => part({ key: `${team}-${n}`, model: 'opus', team, cents: since(2, 40_000, 10_000) })),
    );
    expect(causesOf([SEARCH, SUPPORT, ...priced])).toEqual(['model opus']);
  });

  it('is two keys where two run away, and each is told apart', () => {
    const one = part({ key: 'one', cents: since(2, 80_000, 5_000) });
    const two = part({ key: 'two', model: 'haiku', team: 'Support', cents: since(1, 70_000, 5_000) });
    expect(causesOf([SEARCH, SUPPORT, one, two]).toSorted()).toEqual(['key one', 'key two']);
  });

  it('is a second key too that hides in the team of a larger one', () => {
    const large = part({ key: 'large', cents: since(2, 900_000, 5_000) });
    const small = part({ key: 'small', cents: since(2, 40_000, 5_000) });
    expect(causesOf([SEARCH, large, small]).toSorted()).toEqual(['key large', 'key small']);
    expect(causesOf([SEARCH, large, small], [{ kind: 'key', label: 'large' }])).toEqual(['key small']);
  });

  it('is a team where many of its keys rise together', () => {
    const fleet = Array.from({ length: 12 }, (_, n) =>
      part({ key: `agent-${n}`, team: 'Platform', cents: since(2, 9_000, 1_000) }),
    );
    expect(causesOf([SEARCH, SUPPORT, ...fleet])).toEqual(['team Platform']);
  });

  it('is nothing while its cause is known: muted, booked, or a case already', () => {
    const wild = part({ key: 'ci', cents: since(2, 90_000, 1_500) });
    expect(causesOf([SEARCH, SUPPORT, wild], [{ kind: 'key', label: 'ci' }])).toEqual([]);
    expect(causesOf([SEARCH, SUPPORT, wild], [{ kind: 'company', label: '' }])).toEqual([]);
    // The same on a neighbour is news.
    expect(causesOf([SEARCH, SUPPORT, wild], [{ kind: 'key', label: 'search-prod' }])).toEqual(['key ci']);
  });

  it('is the company where ten thousand keys cross at once, in every team and model', () => {
    const many = Array.from({ length: 10_000 }, (_, n) =>
      part({
        key: `key-${n}`,
        model: `model-${n % 12}`,
        team: `Team ${n % 20}`,
        cents: since(1, 5_000, 500),
      }),
    );
    expect(causesOf(many)).toEqual(['service Claude API']);
    const services = many.slice(0, 2_000).map((one, n) => ({ ...one, service: `Service ${n % 9}` }));
    expect(causesOf(services)).toEqual(['company']);
  });

  it('names what has joined a cause of many things', () => {
    const fleet = (extra: readonly UsagePart[]) => {
      const parts = [
        ...Array.from({ length: 12 }, (_, n) =>
          part({ key: `agent-${n}`, team: 'Platform', cents: since(2, 9_000, 1_000) }),
        ),
        ...extra,
      ];
      const watch = watchOf(parts);
      const cause = { kind: 'team', label: 'Platform' } as const;
      const { run, ...followed } = followCause(watch, cause, {
        firstDay: addDays(TODAY, -2),
        lastDay: addDays(TODAY, -1),
      });
      if (run === null) throw new Error('no run');
      return figuresOfCause(watch, { cause, run, ...followed }, 'USD');
    };
    const before = fleet([]);
    const after = fleet([part({ key: 'late', team: 'Platform', cents: since(1, 150_000, 500) })]);
    expect(joinedDriver(before, after)).toBe('key late');
    expect(joinedDriver(after, after)).toBeNull();
  });
});
