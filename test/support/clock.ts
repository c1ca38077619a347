/** A clock that only moves when a test says so. */
export interface TestClock {
  readonly now: () => number;
  /** Sets it to an ISO instant, or a day's 09:00 UTC. */
  set(instant: string): void;
  advance(ms: number): void;
}

export function createClock(instant: string): TestClock {
  let nowMs = parse(instant);
  return {
    now: () => nowMs,
    set(next) {
      nowMs = parse(next);
    },
    advance(ms) {
      nowMs += ms;
    },
  };
}

function parse(instant: string): number {
  return Date.parse(instant.length === 10 ? `${instant}T09:00:00Z` : instant);
}
