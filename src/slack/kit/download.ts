import { decodeText } from '../../core/base/encoding.js';
import { AppError } from '../../core/base/errors.js';

const TIMEOUT_MS = 10_000;

/** Fetches what a person uploaded to Slack, as text. */
export type Download = (
  file: { readonly url: string; readonly token: string },
  mostBytes: number,
) => Promise<string>;

/**
 * Downloads from Slack alone: the bot's token goes with the request, so it goes nowhere else.
 * @throws AppError `invalid` when it is too large, `upstream` when Slack does not give it.
 */
export const downloadFromSlack: Download = (file, mostBytes) => download(fetch, file, mostBytes);

/** The same over another way to Slack: the sandbox's. */
export function downloadBy(fetchFile: typeof fetch): Download {
  return (file, mostBytes) => download(fetchFile, file, mostBytes);
}

async function download(
  fetchFile: typeof fetch,
  { url, token }: Parameters<Download>[0],
  mostBytes: number,
): Promise<string> {
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'https:' || !/(^|\.)slack(-files)?\.com$/.test(hostname))
    throw new AppError('upstream', 'The uploaded file does not lie at Slack; paste it instead.');
  let response: Response;
  try {
    response = await fetchFile(url, {
      headers: { authorization: `Bearer ${token}` },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (cause) {
    throw new AppError('upstream', 'Slack did not give the uploaded file; try again, or paste it.', {
      cause,
    });
  }
  // Without the files:read scope Slack answers with its sign-in page.
  const isPage = (response.headers.get('content-type') ?? '').startsWith('text/html');
  if (!response.ok || isPage)
    throw new AppError(
      'upstream',
      'Slack did not give the uploaded file: the app needs the files:read scope. Paste the file meanwhile.',
    );
  if (Number(response.headers.get('content-length') ?? 0) > mostBytes) throw tooLarge();
  const bytes = await readBounded(response, mostBytes);
  return decodeText(bytes, 'The file');
}

async function readBounded(response: Response, mostBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.byteLength;
    if (size > mostBytes) throw tooLarge();
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function tooLarge(): AppError {
  return new AppError('invalid', 'The file is larger than 1 MB; import a bill of that size as FOCUS.');
}
