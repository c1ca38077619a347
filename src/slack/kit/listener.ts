import type {
  App,
  BlockAction,
  BlockElementAction,
  GlobalShortcut,
  MessageShortcut,
  RespondFn,
  SlashCommand,
  ViewOutput,
} from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import type { z } from 'zod';
import { publicMessage } from '../../core/base/errors.js';
import type { Message } from './blocks.js';
import type { SlackContext } from './context.js';
import { openModal, updateModal } from './modal.js';
import { unpackPayload } from './payload.js';
import { answer, attempt, contextOf, logFailure, respondStatus, type Surface, userOf } from './request.js';
import { statusView } from './status-view.js';

/** Who asks, and the way to Slack. */
export interface Asker {
  readonly client: WebClient;
  readonly user: { readonly id: string; readonly name: string };
}

/** What every listener is handed. */
export interface Request extends Asker {
  /** Its actor is the one who asks. */
  readonly context: SlackContext;
  /** Says it to the one who asks alone; `replace` puts it in place of the ephemeral message that was clicked. */
  readonly tell: (message: Message, replace?: boolean) => Promise<void>;
}

/** A request that may open a form. */
export interface Triggered extends Request {
  /** Opens a form, on top of the one in which it was asked for; see `openModal`. */
  readonly open: (title: string, make: () => Promise<ModalView>) => Promise<string | null>;
}

/** A click on a button, or a choice in a menu or a select. */
export interface Click<T> extends Triggered {
  readonly payload: T;
  /** What the button or the chosen option carries, as it came. */
  readonly value: string | undefined;
  readonly body: BlockAction;
  readonly action: BlockElementAction;
  /** Absent on App Home and in modals. */
  readonly respond: RespondFn | undefined;
}

/** A form that was sent. */
export interface Sent<T, F> extends Request {
  readonly payload: T;
  /** What `read` made of it. */
  readonly form: F;
  readonly view: ViewOutput;
}

/** What a listener answers to, and how a failure of it is called in the log. */
export interface On<T> {
  readonly id: string;
  readonly doing: string;
  /** What the button, or the private metadata of the form, must carry. */
  readonly payload?: z.ZodType<T>;
}

/** A form as it was read before the ack: fields with errors keep it open. */
export type Read<F> =
  | {
      readonly ok: true;
      readonly form: F;
      /** Shown in place of the form. */
      readonly instead?: ModalView;
    }
  | { readonly ok: false; readonly errors: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly instead: ModalView };

/** A form, with what happens at once when it is sent. */
export interface OnForm<T, F> extends On<T> {
  /** Checks the form before Slack's three seconds are over; without it the form is taken as it is. */
  readonly read?: (view: ViewOutput, asker: Asker) => Read<F> | Promise<Read<F>>;
  /** Shown in the form while the work is under way; what the work returns, or why it failed, takes its place. */
  readonly working?: { readonly title: string; readonly sentence: string };
}

/** A click. The ack comes first, a failure is told to the one who clicked. */
export function onClick<T = undefined>(
  app: App,
  surface: Surface,
  on: On<T>,
  work: (click: Click<T>) => Promise<void>,
): void {
  surface.claimed.add(on.id);
  app.action<BlockAction>(on.id, async ({ ack, action, body, client, respond }) => {
    await ack();
    const user = userOf(body.user);
    // Bolt hands a function over only where Slack gave an address to answer at.
    const respondOrNot: RespondFn | undefined = respond;
    const tell = tellVia(client, user.id, respondOrNot);
    const isInModal = body.view?.type === 'modal';
    const opening = { client, triggerId: body.trigger_id, isInModal };
    await attempt(
      surface.context.log,
      on.doing,
      async () => {
        const value = valueOf(action);
        await work({
          ...requestOf(surface, { client, user }, tell),
          payload: payloadOf(on, value),
          value,
          body,
          action,
          respond: respondOrNot,
          open: (title, make) => openModal(surface, opening, { title, doing: on.doing }, make),
        });
      },
      (message) => tell(message),
    );
  });
}

/** A choice or a button in a form that draws the form again; null leaves it. A failure is shown in the form. */
export function onChange(
  app: App,
  surface: Surface,
  on: On<undefined> & { readonly title: string },
  draw: (click: Click<undefined> & { readonly view: ViewOutput }) => Promise<ModalView | null>,
): void {
  onClick(app, surface, on, async (click) => {
    const { view } = click.body;
    if (view === undefined) return;
    let next: ModalView | null;
    try {
      next = await draw({ ...click, view });
    } catch (error) {
      logFailure(surface.context.log, error, on.doing);
      next = statusView({ title: on.title, sentence: publicMessage(error) });
    }
    if (next !== null) await updateModal(surface, { client: click.client, viewId: view.id }, next);
  });
}

/**
 * A form that was sent: checked, acked, then worked on. With `working` the sentence or the form that the work
 * returns is shown in its place, and so is its failure; without, a failure is told in a direct message.
 */
export function onForm<T = undefined, F = undefined>(
  app: App,
  surface: Surface,
  on: OnForm<T, F>,
  work: (sent: Sent<T, F>) => Promise<string | ModalView | void>,
): void {
  surface.claimed.add(on.id);
  app.view({ callback_id: on.id, type: 'view_submission' }, async ({ ack, body, view, client, respond }) => {
    const user = userOf(body.user);
    const read = await readForm(on, view, { client, user });
    if (!read.ok && 'errors' in read) {
      await ack({ response_action: 'errors', errors: { ...read.errors } });
      return;
    }
    const { working } = on;
    const shown = read.instead ?? (working === undefined ? undefined : statusView(working));
    await (shown === undefined ? ack() : ack({ response_action: 'update', view: shown }));
    if (!read.ok) return;
    // A form may let people choose the conversation in which it is answered.
    const isPlaced = 'response_urls' in body && (body.response_urls ?? []).length > 0;
    const tell = tellVia(client, user.id, isPlaced ? respond : undefined);
    const doIt = () =>
      work({
        ...requestOf(surface, { client, user }, tell),
        payload: payloadOf(on, view.private_metadata),
        form: read.form,
        view,
      });
    await attempt(
      surface.context.log,
      on.doing,
      async () => {
        if (working === undefined) {
          await doIt();
          return;
        }
        const outcome = await doIt().catch((error: unknown) => {
          logFailure(surface.context.log, error, on.doing);
          return publicMessage(error);
        });
        if (outcome === undefined) return;
        const next =
          typeof outcome === 'string' ? statusView({ title: working.title, sentence: outcome }) : outcome;
        await updateModal(surface, { client, viewId: view.id }, next);
      },
      (message) => tell(message),
    );
  });
}

/** What came with a slash command. */
export interface Command extends Triggered {
  readonly command: SlashCommand;
  readonly respond: RespondFn;
}

/** A slash command; `id` is its name with the slash. */
export function onCommand(
  app: App,
  surface: Surface,
  on: On<undefined>,
  work: (command: Command) => Promise<void>,
): void {
  surface.claimed.add(on.id);
  app.command(on.id, async ({ ack, command, client, respond }) => {
    await ack();
    const user = { id: command.user_id, name: command.user_name };
    const tell = tellVia(client, user.id, respond);
    const opening = { client, triggerId: command.trigger_id, isInModal: false };
    await attempt(
      surface.context.log,
      on.doing,
      () =>
        work({
          ...requestOf(surface, { client, user }, tell),
          command,
          respond,
          open: (title, make) => openModal(surface, opening, { title, doing: on.doing }, make),
        }),
      (message) => tell(message),
    );
  });
}

/** A shortcut of the workspace, or of a message, which then is handed over; a failure comes in a direct message. */
export function onShortcut(
  app: App,
  surface: Surface,
  on: On<undefined>,
  work: (shortcut: Triggered & { readonly message: unknown }) => Promise<void>,
): void {
  app.shortcut<GlobalShortcut | MessageShortcut>(on.id, async ({ ack, shortcut, client }) => {
    await ack();
    const user = userOf(shortcut.user);
    const tell = tellVia(client, user.id, undefined);
    const opening = { client, triggerId: shortcut.trigger_id, isInModal: false };
    await attempt(
      surface.context.log,
      on.doing,
      () =>
        work({
          ...requestOf(surface, { client, user }, tell),
          message: 'message' in shortcut ? shortcut.message : null,
          open: (title, make) => openModal(surface, opening, { title, doing: on.doing }, make),
        }),
      (message) => tell(message),
    );
  });
}

function requestOf(surface: Surface, asker: Asker, tell: Request['tell']): Request {
  return { ...asker, context: contextOf(surface, asker.user), tell };
}

/**
 * Beside the message that was clicked or the command that was typed; elsewhere, or where Slack does not take it there
 * any more, in a direct message. Blocks that Slack refuses (400) are the caller's to do without.
 */
function tellVia(client: WebClient, userId: string, respond: RespondFn | undefined): Request['tell'] {
  return async (message, replace = false) => {
    try {
      if (respond !== undefined) return await answer(respond, message, replace);
    } catch (error) {
      if (respondStatus(error) === 400) throw error;
    }
    await client.chat.postMessage({ channel: userId, text: message.text, blocks: [...message.blocks] });
  };
}

function valueOf(action: BlockElementAction): string | undefined {
  if ('value' in action && typeof action.value === 'string') return action.value;
  return 'selected_option' in action ? action.selected_option?.value : undefined;
}

function payloadOf<T>(on: On<T>, packed: string | undefined): T;
function payloadOf(on: On<unknown>, packed: string | undefined): unknown {
  return on.payload === undefined ? undefined : unpackPayload(on.payload, packed);
}

function readForm<T, F>(on: OnForm<T, F>, view: ViewOutput, asker: Asker): Promise<Read<F>>;
async function readForm(
  on: OnForm<unknown, unknown>,
  view: ViewOutput,
  asker: Asker,
): Promise<Read<unknown>> {
  return on.read === undefined ? { ok: true, form: undefined } : on.read(view, asker);
}
