import type { Answer } from './answers.js';
import type { Option } from './block-kit/text.js';
import type {
  Conversation,
  Message,
  OpenView,
  SandboxPerson,
  SandboxSlackOptions,
  StoredFile,
  SuggestedPrompt,
} from './model.js';

/** The made-up workspace: who is there and what has been said. Knows nothing of protocols. */
export class Workspace {
  readonly options: SandboxSlackOptions;
  readonly conversations = new Map<string, Conversation>();
  readonly files = new Map<string, StoredFile>();
  /** Modals of each person, the topmost last. */
  readonly stacks = new Map<string, readonly OpenView[]>();
  readonly homes = new Map<string, OpenView>();
  /** What people chose in elements of messages, by `person, channel, ts`. */
  readonly messageAnswers = new Map<string, ReadonlyMap<string, Answer>>();
  /** Options that the app offered to a person, by element. */
  readonly suggestions = new Map<string, readonly Option[]>();
  /** Questions that the app offers, by conversation. */
  readonly prompts = new Map<string, readonly SuggestedPrompt[]>();
  readonly #deactivated = new Set<string>();
  readonly #messages: Message[] = [];
  readonly #read = new Map<string, string>();
  readonly #listeners = new Set<() => void>();
  #lastMicros = 0;
  #serial = 0;

  constructor(options: SandboxSlackOptions) {
    this.options = options;
    for (const channel of options.channels) {
      this.conversations.set(channel.id, {
        id: channel.id,
        kind: 'channel',
        name: channel.name,
        purpose: channel.purpose ?? '',
        isPrivate: channel.isPrivate ?? false,
        isArchived: channel.isArchived ?? false,
        members: channel.members,
        hasApp: !channel.withoutApp,
        shared: channel.shared ?? null,
      });
    }
    for (const person of options.people) {
      this.#addDirect(person);
      if (person.isDeactivated) this.#deactivated.add(person.id);
    }
  }

  now(): number {
    return this.options.clock();
  }

  /** A Slack timestamp `seconds.micros`: unique and rising even when the clock stands still. */
  newTs(): string {
    this.#lastMicros = Math.max(this.#lastMicros + 1, Math.floor(this.now() * 1000));
    const micros = String(this.#lastMicros);
    return `${micros.slice(0, -6)}.${micros.slice(-6)}`;
  }

  /** An id in Slack's alphabet, e.g. `V0000000A1`. */
  newId(prefix: string): string {
    this.#serial += 1;
    return prefix + this.#serial.toString(36).toUpperCase().padStart(9, '0');
  }

  person(id: string): SandboxPerson | undefined {
    return this.options.people.find((person) => person.id === id);
  }

  isDeactivated(userId: string): boolean {
    return this.#deactivated.has(userId);
  }

  /** An administrator deactivates an account. */
  deactivate(userId: string): void {
    this.#deactivated.add(userId);
    this.changed();
  }

  /** Changes a conversation, e.g. archives it or takes the app out. */
  alter(
    id: string,
    change: Partial<Pick<Conversation, 'isArchived' | 'hasApp' | 'isPrivate' | 'shared'>>,
  ): void {
    const conversation = this.conversations.get(id);
    if (conversation) this.conversations.set(id, { ...conversation, ...change });
    this.changed();
  }

  directWith(userId: string): Conversation | undefined {
    return [...this.conversations.values()].find((one) => one.kind === 'im' && one.members[0] === userId);
  }

  /** Messages of a conversation in the order of their timestamps, ephemeral ones included. */
  messagesIn(channel: string): readonly Message[] {
    return this.#messages.filter((message) => message.channel === channel);
  }

  message(channel: string, ts: string): Message | undefined {
    return this.#messages.find((message) => message.channel === channel && message.ts === ts);
  }

  replies(channel: string, threadTs: string): readonly Message[] {
    return this.#messages.filter((message) => message.channel === channel && message.threadTs === threadTs);
  }

  /** Adds a message with a timestamp of its own, and tells the subscribers. */
  post(draft: Omit<Message, 'ts' | 'isEdited' | 'reactions'>): Message {
    const message: Message = { ...draft, ts: this.newTs(), isEdited: false, reactions: [] };
    this.#messages.push(message);
    this.changed();
    return message;
  }

  replace(message: Message): void {
    const index = this.#messages.findIndex((one) => one.ts === message.ts && one.channel === message.channel);
    if (index >= 0) this.#messages[index] = message;
    this.changed();
  }

  remove(message: Message): void {
    const index = this.#messages.findIndex((one) => one.ts === message.ts && one.channel === message.channel);
    if (index >= 0) this.#messages.splice(index, 1);
    this.changed();
  }

  /** Marks a conversation as read by a person up to its newest message. */
  markRead(userId: string, channel: string): void {
    this.#read.set(`${userId} ${channel}`, this.newTs());
    this.changed();
  }

  isUnread(userId: string, message: Message): boolean {
    return message.ts > (this.#read.get(`${userId} ${message.channel}`) ?? '');
  }

  /** Every open view of everybody: modals and home tabs. */
  openViews(): readonly OpenView[] {
    return [...this.stacks.values()].flat().concat([...this.homes.values()]);
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  #addDirect(person: SandboxPerson): void {
    const id = `D${person.id.slice(1)}`;
    this.conversations.set(id, {
      id,
      kind: 'im',
      name: person.name,
      purpose: '',
      isPrivate: true,
      isArchived: false,
      members: [person.id],
      hasApp: true,
      shared: null,
    });
  }
}
