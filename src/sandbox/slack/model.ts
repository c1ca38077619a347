import type { Answer } from './answers.js';
import type { Block, HomeView, ModalView } from './block-kit/blocks.js';

/** A member of the made-up workspace. `color` is a CSS colour for the avatar. */
export interface SandboxPerson {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly title?: string;
  readonly isAdmin?: boolean;
  readonly color?: string;
  /** The account is deactivated: it stays in the lists, and nobody can write to it. */
  readonly isDeactivated?: boolean;
  /** A guest of one channel (`single`) or several, or a member of another workspace (Slack Connect). */
  readonly from?: 'single-channel-guest' | 'multi-channel-guest' | 'other-workspace';
}

/** A channel; the app is a member unless `withoutApp`. */
interface SandboxChannel {
  readonly id: string;
  readonly name: string;
  readonly purpose?: string;
  readonly members: readonly string[];
  readonly isPrivate?: boolean;
  readonly isArchived?: boolean;
  readonly withoutApp?: boolean;
  /** Slack Connect: another workspace is in the channel, or an invitation to one is open. */
  readonly shared?: 'connected' | 'pending';
}

/** A user group, mentioned as `@handle`. */
export interface SandboxUserGroup {
  readonly id: string;
  readonly handle: string;
  readonly users: readonly string[];
}

/** A slash command as the manifest declares it; shown by the composer's autocompletion. */
export interface SandboxCommand {
  readonly command: string;
  readonly description: string;
  readonly usageHint?: string;
}

/** A shortcut as the manifest declares it: on messages under More actions, else in the composer. */
export interface SandboxShortcut {
  readonly callbackId: string;
  readonly name: string;
}

/** Everything a made-up workspace is built from. `clock` is milliseconds since 1970. */
export interface SandboxSlackOptions {
  readonly teamName: string;
  readonly appName: string;
  readonly people: readonly SandboxPerson[];
  readonly channels: readonly SandboxChannel[];
  readonly userGroups: readonly SandboxUserGroup[];
  readonly clock: () => number;
  readonly commands?: readonly SandboxCommand[];
  /** Ids of the people a visitor is offered first, the one to begin with at the head. Default: admins. */
  readonly personas?: readonly string[];
  readonly messageShortcuts?: readonly SandboxShortcut[];
  /** Shortcuts without a message, shown under the lightning bolt of the composer. */
  readonly globalShortcuts?: readonly SandboxShortcut[];
  /** Whether the workspace does not take `data_visualization` blocks yet. Default false. */
  readonly refusesCharts?: boolean;
  /** Answer 429 to a second chat.postMessage in one channel within a second. Default false. */
  readonly limitPostsPerChannel?: boolean;
  /** How long after completion an uploaded file stays unready, in milliseconds. Default 1,000. */
  readonly fileDelayMs?: number;
}

/** Who wrote a message. */
export type Author =
  | { readonly kind: 'app' }
  | { readonly kind: 'slackbot' }
  | { readonly kind: 'person'; readonly id: string };

/** Application data hidden in a message. */
export interface MessageMetadata {
  readonly event_type: string;
  readonly event_payload: Readonly<Record<string, unknown>>;
}

/** A message or a thread reply. `onlyFor` names the one person who sees an ephemeral message. */
export interface Message {
  readonly channel: string;
  readonly ts: string;
  readonly author: Author;
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly threadTs: string | null;
  readonly isBroadcast: boolean;
  readonly onlyFor: string | null;
  readonly metadata: MessageMetadata | null;
  readonly isEdited: boolean;
  readonly fileIds: readonly string[];
  readonly reactions: readonly { readonly name: string; readonly users: readonly string[] }[];
}

/** A conversation: a channel, or the direct messages between one person and the app. */
export interface Conversation {
  readonly id: string;
  readonly kind: 'channel' | 'im';
  readonly name: string;
  readonly purpose: string;
  readonly isPrivate: boolean;
  readonly isArchived: boolean;
  /** People only; whether the app is in is `hasApp`. */
  readonly members: readonly string[];
  readonly hasApp: boolean;
  readonly shared: 'connected' | 'pending' | null;
}

/** A modal or home tab as one person has it open; `answers` is keyed by `answerKey`. */
export interface OpenView {
  readonly id: string;
  readonly userId: string;
  readonly rootId: string;
  readonly previousId: string | null;
  readonly hash: string;
  readonly view: ModalView | HomeView;
  readonly answers: ReadonlyMap<string, Answer>;
}

/** A question that an agent offers to ask in its messages. */
export interface SuggestedPrompt {
  readonly title: string;
  readonly message: string;
}

/** An uploaded file. `readyAt` is null until the upload is completed. */
export interface StoredFile {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly altText: string;
  readonly bytes: Buffer;
  readonly readyAt: number | null;
}

/** Ids of the made-up team, app and bot. */
export const IDS = {
  team: 'T0SANDBOX1',
  app: 'A0SANDBOX1',
  bot: 'B0SANDBOX1',
  botUser: 'U0SANDBOXBOT',
  slackbot: 'USLACKBOT',
} as const;

/** The one bot token that the fake Web API accepts. */
export const SANDBOX_TOKEN = 'xoxb-sandbox';
