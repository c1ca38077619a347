import { AppError } from '../core/base/errors.js';
import {
  addDays,
  addMonths,
  type Day,
  daysIn,
  firstDay,
  monthOf,
  utcDay,
  weekday,
} from '../core/base/time.js';
import type { Log } from '../usecases/context.js';
import type { Snapshot } from './slack/snapshot.js';
import type { World } from './world.js';

/** Where a visitor may travel to; always forward. */
export const DESTINATIONS = ['tomorrow', 'next-monday', 'month-end'] as const;
type Destination = (typeof DESTINATIONS)[number];

/** What the page shows of time. */
export interface StoryStatus {
  /** Milliseconds since 1970, as the company lives it. */
  readonly nowMs: number;
  /** What is going on, in words; null: nothing is. */
  readonly busy: string | null;
}

/** All that the page shows: what a person sees in Slack, and the time there; null: it cannot be moved. */
export interface PageState extends Snapshot {
  readonly story: StoryStatus | null;
}

/** The company's time, and how it starts over. */
export interface Story {
  /** The present life: another one after `restart`. */
  readonly world: World;
  status(): StoryStatus;
  /** Begins a journey; it goes on when this resolves. @throws AppError `invalid` while another is under way. */
  travel(to: Destination): void;
  /** Starts the story over, today. @throws AppError `invalid` while something is under way. */
  restart(): void;
  /** Calls back when status or world change; answers how to stop. */
  subscribe(listener: () => void): () => void;
  stop(): Promise<void>;
}

/** By then every job of a morning is due in Dublin, where Larkspur is. */
const MORNING_MS = 11 * 3_600_000 + 5 * 60_000;

/**
 * The days at which a journey stops to let the company live: each Monday on the way, for its digests, and the goal.
 * Month end is the first of the next month, when the old one can be closed.
 */
function stopsTo(to: Destination, today: Day): readonly Day[] {
  const goal = goalOf(to, today);
  return daysIn({ from: addDays(today, 1), to: addDays(goal, 1) }).filter(
    (day) => day === goal || weekday(day) === 1,
  );
}

function goalOf(to: Destination, today: Day): Day {
  if (to === 'tomorrow') return addDays(today, 1);
  return to === 'next-monday' ? addDays(today, 8 - weekday(today)) : firstDay(addMonths(monthOf(today), 1));
}

const WORDS: Readonly<Record<Destination, string>> = {
  tomorrow: 'to tomorrow morning',
  'next-monday': 'to next Monday',
  'month-end': 'to the end of the month',
};

/** What a story is told with. */
interface StoryParts {
  /** The machine's clock; lives are handed one that can be ahead of it. */
  readonly clock: () => number;
  readonly log: Log;
  readonly open: (clock: () => number) => Promise<World>;
}

/** Opens the first life. */
export async function createStory(parts: StoryParts): Promise<Story> {
  const time = new Time(parts);
  await time.openWorld();
  return time;
}

/** One thing at a time: nobody travels while the company is still catching up. */
class Time implements Story {
  readonly #parts: StoryParts;
  readonly #listeners = new Set<() => void>();
  #aheadMs = 0;
  #busy: string | null = null;
  #isStopping = false;
  #work: Promise<void> = Promise.resolve();
  #world: World | null = null;

  constructor(parts: StoryParts) {
    this.#parts = parts;
  }

  get world(): World {
    if (this.#world === null) throw new AppError('bug', 'The story has not begun.');
    return this.#world;
  }

  async openWorld(): Promise<void> {
    this.#world = await this.#parts.open(() => this.#now());
  }

  status(): StoryStatus {
    return { nowMs: this.#now(), busy: this.#busy };
  }

  travel(to: Destination): void {
    this.#begin(`travelling ${WORDS[to]}`, async () => {
      for (const day of stopsTo(to, utcDay(this.#now()))) {
        if (this.#isStopping) return;
        this.#aheadMs = Date.parse(`${day}T00:00:00Z`) + MORNING_MS - this.#parts.clock();
        this.#say(`living through the days up to ${day}`);
        await this.world.catchUp();
      }
    });
  }

  restart(): void {
    this.#begin('starting over', async () => {
      await this.world.stop();
      this.#aheadMs = 0;
      await this.openWorld();
      this.#tell();
      await this.world.filled;
    });
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#work;
    await this.world.stop();
  }

  #now(): number {
    return this.#parts.clock() + this.#aheadMs;
  }

  #begin(words: string, deed: () => Promise<void>): void {
    if (this.#busy !== null) throw new AppError('invalid', `Wait a moment: ${this.#busy}.`);
    this.#say(words);
    this.#work = this.#carryOut(deed);
  }

  async #carryOut(deed: () => Promise<void>): Promise<void> {
    try {
      await this.world.filled;
      await deed();
    } catch (error) {
      this.#parts.log.error('The sandbox could not move on.', { error });
    }
    this.#say(null);
  }

  #say(words: string | null): void {
    this.#busy = words;
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
