import { SLASH_COMMANDS } from '../../core/spend/commands.js';
import type { RawAnswers } from './answers.js';
import { mimeTypeOf, uploadByPerson } from './api/files.js';
import { Gateway } from './gateway.js';
import type { Message, SandboxPerson, SandboxSlackOptions } from './model.js';
import { openHome, runCommand, runShortcut, sendMessage } from './say.js';
import { byPersona, type Snapshot, snapshotFor } from './snapshot.js';
import type { ElementName, ElementPlace, Outcome, Stage } from './stage.js';
import { closeView, type Submission, submitView } from './submit.js';
import { Tickets } from './tickets.js';
import { clickAction, type Suggestions, suggest, type Use } from './use.js';
import { ViewShelf } from './view-shelf.js';
import type { Fault, RecordedCall } from './web-api.js';
import { type SlackFetch, WebApi } from './web-api.js';
import { Workspace } from './workspace.js';

// What the manifest declares, for a workspace that is not told otherwise.
const MESSAGE_SHORTCUTS = [
  { callbackId: 'explain_number', name: 'Explain this number' },
  { callbackId: 'new_rule_from_message', name: 'New allocation rule' },
];

const GLOBAL_SHORTCUTS = [
  { callbackId: 'ask_spend', name: 'Ask about spend' },
  { callbackId: 'new_rule', name: 'New allocation rule' },
];

/**
 * A Slack workspace in memory, as strict as Slack: give `receiver` and `fetch` (as `clientOptions.fetch`) to a Bolt
 * app, and act as its people. Methods that act throw an AppError when the person could not do it in Slack at all.
 */
export class SandboxSlack {
  readonly receiver = new Gateway();
  readonly fetch: SlackFetch;
  /** Trouble to come, taken once each by the next matching call. */
  readonly faults: Fault[];
  /** Every Web API call and response URL use so far. */
  readonly calls: readonly RecordedCall[];
  readonly #stage: Stage;

  constructor(options: SandboxSlackOptions) {
    const workspace = new Workspace({
      commands: SLASH_COMMANDS,
      messageShortcuts: MESSAGE_SHORTCUTS,
      globalShortcuts: GLOBAL_SHORTCUTS,
      ...options,
    });
    const views = new ViewShelf(workspace);
    this.#stage = { workspace, views, tickets: new Tickets(workspace), gateway: this.receiver };
    const api = new WebApi(this.#stage);
    this.fetch = api.fetch;
    this.faults = api.faults;
    this.calls = api.calls;
  }

  /** Everybody in the workspace, the app excepted; whom a visitor should try first stands first. */
  get people(): readonly SandboxPerson[] {
    return byPersona(this.#stage.workspace.options);
  }

  /** Runs `/command words` in a conversation. */
  async runCommand(userId: string, channel: string, text: string): Promise<Outcome> {
    return runCommand(this.#stage, userId, { channel, text });
  }

  /** Presses a button or chooses in a menu of a message or view. */
  async clickAction(userId: string, place: ElementPlace, use: Use): Promise<Outcome> {
    return clickAction(this.#stage, userId, { place, use });
  }

  /** Submits a modal with `{block_id: {action_id: value}}` on top of its initial values. */
  async submitView(userId: string, viewId: string, answers: RawAnswers = {}): Promise<Submission> {
    return submitView(this.#stage, userId, { viewId, answers });
  }

  /** Closes a modal; `all` closes the whole stack, as the X does. */
  async closeView(userId: string, viewId: string, all = false): Promise<void> {
    return closeView(this.#stage, userId, { viewId, all });
  }

  /** What an external select offers for a query. */
  async suggest(
    userId: string,
    place: ElementPlace,
    ask: ElementName & { query: string; answers?: RawAnswers | undefined },
  ): Promise<Suggestions> {
    const { query, answers, ...name } = ask;
    return suggest(this.#stage, userId, { place, name, query, answers });
  }

  /** Opens the app's Home or Messages tab. */
  async openHome(userId: string, tab: 'home' | 'messages' = 'home'): Promise<void> {
    return openHome(this.#stage, userId, tab);
  }

  /** Writes a message or thread reply. */
  async sendMessage(userId: string, channel: string, text: string, threadTs?: string): Promise<Message> {
    return sendMessage(this.#stage, userId, { channel, text, threadTs });
  }

  /** Runs a global shortcut, or on a message a message shortcut. */
  async runShortcut(
    userId: string,
    callbackId: string,
    on?: { channel: string; ts: string },
  ): Promise<Outcome> {
    return runShortcut(this.#stage, userId, { callbackId, on });
  }

  /** Marks a conversation as read. */
  markRead(userId: string, channel: string): void {
    this.#stage.workspace.markRead(userId, channel);
  }

  /** An administrator archives a channel. */
  archive(channel: string): void {
    this.#stage.workspace.alter(channel, { isArchived: true });
  }

  /** Another workspace joins a channel (Slack Connect). */
  share(channel: string): void {
    this.#stage.workspace.alter(channel, { shared: 'connected' });
  }

  /** Somebody removes the app from a channel; of a private one it then knows nothing any more. */
  removeApp(channel: string): void {
    this.#stage.workspace.alter(channel, { hasApp: false });
  }

  /** An administrator deactivates an account. */
  deactivate(userId: string): void {
    this.#stage.workspace.deactivate(userId);
  }

  /** A person uploads a file for a file input; answers the id by which the input names it. */
  upload(file: { readonly name: string; readonly bytes: Buffer }): string {
    return uploadByPerson(this.#stage.workspace, file);
  }

  /** Everything a person sees: conversations with messages, open modals, the home tab. */
  see(userId: string): Snapshot {
    return snapshotFor(this.#stage, userId);
  }

  /** An uploaded file that Slack has processed, or null. */
  file(id: string): { readonly bytes: Buffer; readonly mimeType: string; readonly name: string } | null {
    const file = this.#stage.workspace.files.get(id);
    if (!file || file.readyAt === null || file.readyAt > this.#stage.workspace.now()) return null;
    return { bytes: file.bytes, mimeType: mimeTypeOf(file.name), name: file.name };
  }

  /** Calls the listener after every change; returns how to stop. */
  subscribe(listener: () => void): () => void {
    return this.#stage.workspace.subscribe(listener);
  }

  /** What listeners threw and acks that came too late. */
  get troubles(): readonly unknown[] {
    return this.receiver.troubles;
  }

  /** Resolves when every listener has ended, also after its ack. */
  async idle(): Promise<void> {
    return this.receiver.idle();
  }
}

/** A fresh made-up workspace. */
export function createSandboxSlack(options: SandboxSlackOptions): SandboxSlack {
  return new SandboxSlack(options);
}
