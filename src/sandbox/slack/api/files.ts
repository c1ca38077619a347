import { z } from 'zod';
import type { StoredFile } from '../model.js';
import type { Json } from '../payloads.js';
import type { Workspace } from '../workspace.js';
import { type Args, type Method, Refusal } from './call.js';
import { writable } from './chat.js';
import { readBlocks } from './content.js';

const UPLOAD_PREFIX = 'https://files.slack.com/upload/v1/';
const PRIVATE_PREFIX = 'https://files.slack.com/files-pri/';
const DEFAULT_DELAY_MS = 1000;
const MAX_ALT_TEXT = 1000;

/** Image types by file ending; other files are stored but cannot be embedded. */
const MIME_TYPES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  csv: 'text/csv',
  txt: 'text/plain',
  json: 'application/json',
};

/** The media type of a file by its name. */
export function mimeTypeOf(name: string): string {
  return MIME_TYPES[name.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'application/octet-stream';
}

const getUploadUrl: Method = {
  required: ['filename', 'length'],
  run(args, { workspace }) {
    if (!(Number(args.text('length')) > 0)) throw new Refusal('missing_argument');
    if (args.text('alt_txt').length > MAX_ALT_TEXT || args.text('alt_text').length > MAX_ALT_TEXT) {
      throw new Refusal('alt_txt_too_large');
    }
    const id = workspace.newId('F');
    const name = args.text('filename');
    const altText = args.text('alt_text') || args.text('alt_txt');
    workspace.files.set(id, { id, name, title: name, altText, bytes: Buffer.alloc(0), readyAt: null });
    return { upload_url: UPLOAD_PREFIX + id, file_id: id };
  },
};

const Completed = z
  .array(z.object({ id: z.string(), title: z.string().optional() }))
  .min(1)
  .max(10);

const complete: Method = {
  required: ['files'],
  run(args, { workspace }) {
    const asked = Completed.safeParse(args.json('files'));
    if (!asked.success) throw new Refusal('invalid_arguments');
    const channel = args.has('channel_id') ? writable(workspace, args.text('channel_id')) : null;
    if (channel && !channel.hasApp) throw new Refusal('not_in_channel');
    const delayMs = workspace.options.fileDelayMs ?? DEFAULT_DELAY_MS;
    const readyAt = workspace.now() + delayMs;
    setTimeout(() => workspace.changed(), delayMs).unref();
    const files = asked.data.map(({ id, title }): StoredFile => {
      const file = workspace.files.get(id);
      if (!file || file.bytes.length === 0 || file.readyAt !== null) throw new Refusal('file_not_found');
      return { ...file, title: title ?? file.title, readyAt };
    });
    for (const file of files) workspace.files.set(file.id, file);
    if (channel) share(workspace, channel.id, files, args);
    return { files: files.map((file) => describeFile(workspace, file)) };
  },
};

const info: Method = {
  required: ['file'],
  run(args, { workspace }) {
    const file = workspace.files.get(args.text('file'));
    if (!file) throw new Refusal('file_not_found');
    return { file: describeFile(workspace, file) };
  },
};

function share(workspace: Workspace, channel: string, files: readonly StoredFile[], args: Args): void {
  const threadTs = args.has('thread_ts') ? args.text('thread_ts') : null;
  if (threadTs && !workspace.message(channel, threadTs)) throw new Refusal('thread_not_found');
  const comment = args.text('initial_comment');
  workspace.post({
    channel,
    author: { kind: 'app' },
    text: comment,
    blocks: comment ? [] : readBlocks(workspace, 'message', args.json('blocks')),
    threadTs,
    isBroadcast: false,
    onlyFor: null,
    metadata: null,
    fileIds: files.map((file) => file.id),
  });
}

/** A file as Slack describes it; `mimetype` stays empty until Slack has processed it. */
export function describeFile(workspace: Workspace, file: StoredFile): Json {
  const isReady = file.readyAt !== null && file.readyAt <= workspace.now();
  return {
    id: file.id,
    name: file.name,
    title: file.title,
    size: file.bytes.length,
    mimetype: isReady ? mimeTypeOf(file.name) : '',
    filetype: isReady ? (file.name.split('.').at(-1) ?? '') : '',
    url_private: `${PRIVATE_PREFIX}${file.id}/${encodeURIComponent(file.name)}`,
    url_private_download: `${PRIVATE_PREFIX}${file.id}/${encodeURIComponent(file.name)}`,
    permalink: `https://sandbox.slack.com/files/${file.id}/${encodeURIComponent(file.name)}`,
    alt_txt: file.altText,
    shares: {},
  };
}

/** Keeps what a person has chosen in a file input, at once ready; answers its id. */
export function uploadByPerson(
  workspace: Workspace,
  file: { readonly name: string; readonly bytes: Buffer },
): string {
  const id = workspace.newId('F');
  const { name, bytes } = file;
  workspace.files.set(id, { id, name, title: name, altText: '', bytes, readyAt: workspace.now() });
  return id;
}

/** A file at its private address, for anyone who has the token; Slack shows others its sign-in page. */
export function sendPrivateFile(workspace: Workspace, url: string, isKnown: boolean): Response {
  const id = url.slice(PRIVATE_PREFIX.length).split('/')[0] ?? '';
  const file = workspace.files.get(id);
  if (!isKnown) return new Response('<html>', { headers: { 'content-type': 'text/html' } });
  if (!file || file.readyAt === null) return new Response('', { status: 404 });
  return new Response(new Uint8Array(file.bytes), { headers: { 'content-type': mimeTypeOf(file.name) } });
}

/** Whether a URL is a file's private address. */
export function isPrivateFile(url: string): boolean {
  return url.startsWith(PRIVATE_PREFIX);
}

/** Stores bytes sent to an upload URL; null when the URL is not one, or its file is complete already. */
export async function receiveUpload(
  workspace: Workspace,
  url: string,
  body: unknown,
): Promise<string | null> {
  const file = url.startsWith(UPLOAD_PREFIX)
    ? workspace.files.get(url.slice(UPLOAD_PREFIX.length))
    : undefined;
  if (!file || file.readyAt !== null) return null;
  const part = body instanceof FormData ? body.get('body') : body;
  const bytes = part instanceof Blob ? Buffer.from(await part.arrayBuffer()) : asBuffer(part);
  workspace.files.set(file.id, { ...file, bytes });
  return `OK - ${bytes.length}`;
}

function asBuffer(part: unknown): Buffer {
  if (typeof part === 'string') return Buffer.from(part);
  return part instanceof Uint8Array ? Buffer.from(part) : Buffer.alloc(0);
}

/** `files.*` of the external upload flow. */
export const fileMethods: Readonly<Record<string, Method>> = {
  'files.getUploadURLExternal': getUploadUrl,
  'files.completeUploadExternal': complete,
  'files.info': info,
};
