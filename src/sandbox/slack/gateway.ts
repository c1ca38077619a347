import { type App, type Receiver, ReceiverMultipleAckError } from '@slack/bolt';

const ACK_DEADLINE_MS = 3000;

/** How the app answered one delivery: with what, or not within three seconds. */
export interface Delivery {
  readonly isAcked: boolean;
  readonly payload: unknown;
}

/**
 * The Bolt receiver of the sandbox: hands payloads to the app in process and holds it to Slack's contract, one ack
 * within three seconds.
 */
export class Gateway implements Receiver {
  /** What listeners threw, and acks that came too late: for tests and the log. */
  readonly troubles: unknown[] = [];
  readonly #inFlight = new Set<Promise<void>>();
  #app: App | undefined;

  init(app: App): void {
    this.#app = app;
  }

  async start(): Promise<void> {
    // Nothing to connect: the app is called in process.
  }

  async stop(): Promise<void> {
    await this.idle();
  }

  /** Resolves when every listener that was started has ended, whatever it did after its ack. */
  async idle(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight);
  }

  /** Delivers a payload; resolves at the first ack or after three seconds. */
  async deliver(body: Readonly<Record<string, unknown>>): Promise<Delivery> {
    return new Promise((resolve) => {
      let answer: 'open' | 'acked' | 'late' = 'open';
      const timer = setTimeout(() => {
        answer = 'late';
        resolve({ isAcked: false, payload: undefined });
      }, ACK_DEADLINE_MS);
      const ack = async (payload?: unknown): Promise<void> => {
        if (answer === 'acked') throw new ReceiverMultipleAckError();
        if (answer === 'late') this.troubles.push(new Error(`Acknowledged too late: ${describe(body)}`));
        answer = 'acked';
        clearTimeout(timer);
        resolve({ isAcked: true, payload });
      };
      this.#track(this.#process(body, ack));
    });
  }

  async #process(body: Readonly<Record<string, unknown>>, ack: () => Promise<void>): Promise<void> {
    try {
      // A copy, as over a wire: listeners must not share objects with the fake.
      await this.#app?.processEvent({ body: structuredClone(body), ack });
    } catch (error) {
      this.troubles.push(error);
    }
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#inFlight.delete(tracked));
    this.#inFlight.add(tracked);
  }
}

function describe(body: Readonly<Record<string, unknown>>): string {
  return String(body['command'] ?? body['type']);
}
