import { AppError } from '../../core/base/errors.js';
import { answerKey, isStateful, type RawAnswer, rawAnswer } from './answers.js';
import { mimeTypeOf } from './api/files.js';
import type { Block, HomeView, ModalView } from './block-kit/blocks.js';
import { elementsOf } from './block-kit/walk.js';
import {
  type Author,
  type Conversation,
  IDS,
  type Message,
  type OpenView,
  type SandboxCommand,
  type SandboxPerson,
  type SandboxShortcut,
  type SandboxSlackOptions,
  type SandboxUserGroup,
  type SuggestedPrompt,
} from './model.js';
import type { Stage } from './stage.js';
import type { Workspace } from './workspace.js';

/** What one person sees of the workspace, as JSON for the page. */
export interface Snapshot {
  readonly team: string;
  readonly app: { readonly name: string; readonly userId: string };
  readonly me: SandboxPerson;
  readonly people: readonly SandboxPerson[];
  /** Ids of the people a visitor is offered first. */
  readonly personas: readonly string[];
  readonly userGroups: readonly SandboxUserGroup[];
  /** Every channel by id, for mentions of channels the person is not in. */
  readonly channelNames: Readonly<Record<string, string>>;
  readonly commands: readonly SandboxCommand[];
  readonly messageShortcuts: readonly SandboxShortcut[];
  readonly globalShortcuts: readonly SandboxShortcut[];
  readonly conversations: readonly SeenConversation[];
  readonly modals: readonly SeenView<ModalView>[];
  readonly home: SeenView<HomeView> | null;
}

/** A conversation the person is in, with its messages and thread replies, oldest first. */
export interface SeenConversation extends Omit<Conversation, 'hasApp'> {
  readonly messages: readonly SeenMessage[];
  /** Questions that the app offers here. */
  readonly prompts: readonly SuggestedPrompt[];
}

/** A message as one person sees it. */
export interface SeenMessage {
  readonly ts: string;
  readonly author: Author;
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly threadTs: string | null;
  readonly isBroadcast: boolean;
  readonly isEphemeral: boolean;
  readonly isEdited: boolean;
  readonly isUnread: boolean;
  readonly files: readonly SeenFile[];
  readonly reactions: Message['reactions'];
  /** What the person has chosen in the message's own menus. */
  readonly answers: Readonly<Record<string, Readonly<Record<string, RawAnswer>>>>;
}

/** A file in a message; `isReady` turns true when Slack has processed it. */
export interface SeenFile {
  readonly id: string;
  readonly title: string;
  readonly altText: string;
  readonly isImage: boolean;
  readonly isReady: boolean;
}

/** A view with the answers the person has given so far. */
export interface SeenView<T> {
  readonly id: string;
  readonly hash: string;
  readonly view: T;
  readonly answers: Readonly<Record<string, Readonly<Record<string, RawAnswer>>>>;
}

/** Everything one person sees. @throws AppError `not-found` for an unknown person. */
export function snapshotFor({ workspace, views }: Stage, userId: string): Snapshot {
  const me = workspace.person(userId);
  if (!me) throw new AppError('not-found', `Nobody here has the id ${userId}.`);
  const { options } = workspace;
  const home = views.home(userId);
  return {
    team: options.teamName,
    app: { name: options.appName, userId: IDS.botUser },
    me,
    people: byPersona(options),
    personas: personasOf(options),
    userGroups: options.userGroups,
    channelNames: Object.fromEntries(options.channels.map((channel) => [channel.id, channel.name])),
    commands: options.commands ?? [],
    messageShortcuts: options.messageShortcuts ?? [],
    globalShortcuts: options.globalShortcuts ?? [],
    conversations: [...workspace.conversations.values()]
      .filter((conversation) => conversation.members.includes(userId))
      .map(({ hasApp: _hasApp, ...rest }) => ({
        ...rest,
        messages: messagesFor(workspace, userId, rest.id),
        prompts: workspace.prompts.get(rest.id) ?? [],
      })),
    modals: views.stack(userId).flatMap((open) => seenModal(open)),
    home: home ? seenHome(home) : null,
  };
}

/** People in the order in which a visitor is offered them. */
export function byPersona(options: SandboxSlackOptions): readonly SandboxPerson[] {
  const first = personasOf(options).flatMap((id) => options.people.filter((person) => person.id === id));
  return [...first, ...options.people.filter((person) => !first.includes(person))];
}

function personasOf({ people, personas }: SandboxSlackOptions): readonly string[] {
  return personas ?? people.filter((person) => person.isAdmin).map((person) => person.id);
}

function messagesFor(workspace: Workspace, userId: string, channel: string): readonly SeenMessage[] {
  return workspace
    .messagesIn(channel)
    .filter((message) => message.onlyFor === null || message.onlyFor === userId)
    .map((message) => ({
      ts: message.ts,
      author: message.author,
      text: message.text,
      blocks: message.blocks,
      threadTs: message.threadTs,
      isBroadcast: message.isBroadcast,
      isEphemeral: message.onlyFor !== null,
      isEdited: message.isEdited,
      isUnread: workspace.isUnread(userId, message) && !isBy(message.author, userId),
      files: message.fileIds.flatMap((id) => seenFile(workspace, id)),
      reactions: message.reactions,
      answers: rawAnswers(
        message.blocks,
        workspace.messageAnswers.get(`${userId} ${message.channel} ${message.ts}`) ?? new Map(),
      ),
    }));
}

function seenFile(workspace: Workspace, id: string): readonly SeenFile[] {
  const file = workspace.files.get(id);
  if (!file) return [];
  return [
    {
      id,
      title: file.title,
      altText: file.altText,
      isImage: mimeTypeOf(file.name).startsWith('image/'),
      isReady: file.readyAt !== null && file.readyAt <= workspace.now(),
    },
  ];
}

function isBy(author: Author, userId: string): boolean {
  return author.kind === 'person' && author.id === userId;
}

function seenModal(open: OpenView): readonly SeenView<ModalView>[] {
  const { id, hash, view } = open;
  return view.type === 'modal' ? [{ id, hash, view, answers: rawAnswers(view.blocks, open.answers) }] : [];
}

function seenHome(open: OpenView): SeenView<HomeView> | null {
  const { id, hash, view } = open;
  return view.type === 'home' ? { id, hash, view, answers: rawAnswers(view.blocks, open.answers) } : null;
}

function rawAnswers(blocks: readonly Block[], answers: OpenView['answers']): SeenMessage['answers'] {
  const result: Record<string, Record<string, RawAnswer>> = {};
  for (const block of blocks) {
    for (const element of elementsOf(block).filter(isStateful)) {
      const blockId = block.block_id ?? '';
      const actionId = element.action_id ?? '';
      const answer = answers.get(answerKey(blockId, actionId));
      if (answer) result[blockId] = { ...result[blockId], [actionId]: rawAnswer(element, answer) };
    }
  }
  return result;
}
