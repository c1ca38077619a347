/** Keeps posts to one channel apart. */
export interface Pacer {
  /** Resolves when the channel may have its next message. */
  turn(channel: string): Promise<void>;
}

/** Slack takes about one message a second in a channel, and short bursts (docs/slack-platform.md#rates-and-retries). */
const BURST = 3;
export const POST_GAP_MS = 1_100;

/**
 * A bucket a channel: `BURST` messages at once, then one each `gapMs`. Only one run delivers at a time, so waiting here
 * holds up nobody but the run's own later messages.
 */
export function createPacer(parts: {
  readonly clock: () => number;
  readonly pause: (ms: number) => Promise<void>;
  readonly gapMs: number;
}): Pacer {
  const { clock, pause, gapMs } = parts;
  /** When each channel's bucket is full again. */
  const fullAt = new Map<string, number>();
  return {
    async turn(channel) {
      const wait = (fullAt.get(channel) ?? 0) - (BURST - 1) * gapMs - clock();
      if (wait > 0) await pause(wait);
      const now = clock();
      fullAt.set(channel, Math.max(fullAt.get(channel) ?? 0, now) + gapMs);
      for (const [other, at] of fullAt) if (at <= now) fullAt.delete(other);
    },
  };
}
