import { describe, expect, it } from 'vitest';
import { createStory } from '../../src/sandbox/story.js';
import type { World } from '../../src/sandbox/world.js';
import { createTestContext } from '../support/context.js';

const DAY_MS = 86_400_000;
const THURSDAY = Date.parse('2026-11-26T18:00:00Z');

/** A life that only notes what happened to it. */
function worldOf(events: string[], clock: () => number, trouble: () => Error | null) {
  // The story drives these alone; the rest of a world is the page's business.
  return {
    filled: Promise.resolve(),
    async catchUp() {
      events.push(`lived ${new Date(clock()).toISOString().slice(0, 16)}`);
      const error = trouble();
      if (error !== null) throw error;
    },
    async stop() {
      events.push('stopped');
    },
  } as unknown as World;
}

async function open(trouble: () => Error | null = () => null, now = THURSDAY) {
  const events: string[] = [];
  const { log } = await createTestContext();
  const story = await createStory({
    clock: () => now,
    log,
    open: async (clock) => {
      events.push('opened');
      return worldOf(events, clock, trouble);
    },
  });
  const settled = async () => {
    while (story.status().busy !== null) await new Promise((resolve) => setTimeout(resolve, 1));
  };
  return { story, events, settled, log };
}

describe('a journey in time', () => {
  it.each([
    ['tomorrow', '2026-11-26', ['2026-11-27']],
    ['next-monday', '2026-11-26', ['2026-11-30']],
    ['next-monday', '2026-11-30', ['2026-12-07']],
    ['month-end', '2026-11-10', ['2026-11-16', '2026-11-23', '2026-11-30', '2026-12-01']],
  ] as const)('to %s from %s stops at each Monday on the way, and at its goal', async (to, today, stops) => {
    const { story, events, settled } = await open(() => null, Date.parse(`${today}T18:00:00Z`));
    story.travel(to);
    await settled();
    expect(events).toEqual(['opened', ...stops.map((day) => `lived ${day}T11:05`)]);
  });

  it('lives each stop in its morning, and stays in the time it came to', async () => {
    const { story, events, settled } = await open();
    story.travel('month-end');
    expect(() => story.travel('tomorrow')).toThrow('Wait a moment: travelling to the end of the month.');
    await settled();
    expect(events).toEqual(['opened', 'lived 2026-11-30T11:05', 'lived 2026-12-01T11:05']);
    expect(story.status().nowMs).toBeGreaterThan(THURSDAY + 4 * DAY_MS);
    story.travel('tomorrow');
    await settled();
    expect(events.at(-1)).toBe('lived 2026-12-02T11:05');
  });

  it('starts over today', async () => {
    const { story, events, settled } = await open();
    story.travel('tomorrow');
    await settled();
    story.restart();
    await settled();
    expect(events.slice(-2)).toEqual(['stopped', 'opened']);
    expect(story.status()).toEqual({ nowMs: THURSDAY, busy: null });
  });

  it('says in the log why it could not go on, and lets the visitor try again', async () => {
    const { story, settled, log } = await open(() => new Error('no bills'));
    story.travel('tomorrow');
    await settled();
    expect(log.lines.some(({ level }) => level === 'error')).toBe(true);
    expect(() => story.travel('tomorrow')).not.toThrow();
    await settled();
  });
});
