import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEmulator } from 'emulate';
import { BOT_SCOPES } from '../../../src/slack/transport/oauth.js';

export const SIGNING_SECRET = '8f742231b10e8888abcd99yyyzzz85a5';
export const BOT_TOKEN = 'xoxb-second-opinion';
export const CLIENT = { id: '12345.67890', secret: 'client-secret' };

/** Slack as somebody else wrote it (npm `emulate`), over real HTTP with strict scopes. */
export async function startSecondSlack(redirectUri = 'http://127.0.0.1:1/slack/oauth_redirect') {
  const emulator = await createEmulator({
    service: 'slack',
    port: 0,
    seed: {
      slack: {
        team: { name: 'Larkspur', domain: 'larkspur' },
        signing_secret: SIGNING_SECRET,
        strict_scopes: true,
        users: [
          { name: 'ana', real_name: 'Ana Ruiz', email: 'ana@larkspur.test' },
          { name: 'ben', real_name: 'Ben Osei', email: 'ben@larkspur.test' },
          // Its auth.test knows no bots that were only seeded.
          { name: 'apportion', real_name: 'Apportion', email: 'app@larkspur.test' },
        ],
        channels: [{ name: 'finops' }, { name: 'search' }],
        oauth_apps: [
          {
            client_id: CLIENT.id,
            client_secret: CLIENT.secret,
            app_id: 'A000000001',
            name: 'Apportion',
            redirect_uris: [redirectUri],
            scopes: [...BOT_SCOPES],
            bot_name: 'apportion',
          },
        ],
        tokens: [{ token: BOT_TOKEN, user: 'apportion', scopes: [...BOT_SCOPES] }],
      },
    },
  });
  const url = emulator.url.replace('localhost', '127.0.0.1');
  const call = async (method: string, args: Record<string, unknown> = {}) => {
    const response = await fetch(`${url}/api/${method}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${BOT_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify(args),
    });
    return (await response.json()) as Record<string, never> & { ok: boolean };
  };
  return { url, apiUrl: `${url}/api/`, call, close: () => emulator.close() };
}

/** A request as Slack signs it; `aheadSeconds` moves its clock. */
export function signed(body: string, options: { aheadSeconds?: number; secret?: string } = {}) {
  const timestamp = String(Math.floor(Date.now() / 1000) + (options.aheadSeconds ?? 0));
  const hash = createHmac('sha256', options.secret ?? SIGNING_SECRET).update(`v0:${timestamp}:${body}`);
  return {
    method: 'POST',
    headers: {
      'content-type': body.startsWith('{') ? 'application/json' : 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${hash.digest('hex')}`,
    },
    body,
  };
}

/** Where answers to slash commands and clicks go: the bodies in the order in which they came. */
export async function startResponseUrl() {
  const bodies: Record<string, unknown>[] = [];
  let arrived: () => void = () => undefined;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push(JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>);
      response.end('ok');
      arrived();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/respond`,
    bodies,
    /** Resolves when so many answers have come. */
    async wait(count: number) {
      while (bodies.length < count) await new Promise<void>((resolve) => (arrived = resolve));
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
