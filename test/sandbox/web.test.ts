import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SandboxWeb, startSandboxWeb } from '../../src/sandbox/web.js';
import { ANA, boltOn, demoSlack, FINOPS } from './slack/demo.js';

let web: SandboxWeb;
const { slack } = demoSlack();

beforeEach(async () => {
  web = await startSandboxWeb({ slack: () => slack, port: 0, host: '127.0.0.1' });
});
afterEach(async () => {
  await web.close();
});

const act = async (body: unknown, headers: Record<string, string> = {}) => {
  const response = await fetch(`${web.address}api/act`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as { ok?: boolean; error?: string } };
};

describe('the sandbox web server', () => {
  it('serves the page and its libraries under a policy without inline scripts', async () => {
    const page = await fetch(web.address);
    expect(page.headers.get('content-security-policy')).toMatch(
      /default-src 'none'; script-src 'self' 'sha256-/,
    );
    expect(page.headers.get('content-security-policy')).not.toContain('unsafe');
    expect(await page.text()).toContain('"htm/preact":"/vendor/htm/preact.js"');
    for (const path of [
      'page.css',
      'vendor/preact.js',
      'vendor/preact/hooks.js',
      'vendor/htm/preact.js',
      'vendor/htm.js',
      'fonts/inter-400.ttf',
    ]) {
      expect((await fetch(web.address + path)).status, path).toBe(200);
    }
  });

  it('serves nothing else of the disk', async () => {
    for (const path of [
      'page/..%2fapp.js',
      'vendor/..%2f..%2fpackage.js',
      'package.json',
      'files/FNOTHERE1',
    ]) {
      expect((await fetch(web.address + path)).status, path).toBe(404);
    }
  });

  it('answers only to its own name, so that no other site can reach it through the browser', async () => {
    const status = await new Promise((resolve) => {
      request(web.address, { headers: { host: 'evil.test' } }, (response) =>
        resolve(response.statusCode),
      ).end();
    });
    expect(status).toBe(403);
    const message = { do: 'message', as: ANA, channel: FINOPS, text: 'hi' };
    expect(await act(message, { origin: 'http://evil.test' })).toMatchObject({ status: 400 });
    expect(await act(message, { 'content-type': 'text/plain' })).toMatchObject({ status: 400 });
  });

  it('refuses what is no act, too long, or not this person’s to do, with a sentence', async () => {
    expect(await act('{')).toMatchObject({ status: 400, body: { error: 'This act is no JSON.' } });
    expect((await act({ do: 'dance', as: ANA })).body.error).toContain('not understood');
    expect(
      (await act({ do: 'message', as: ANA, channel: FINOPS, text: 'x'.repeat(300_000) })).body.error,
    ).toBe('This act is too long.');
    expect((await act({ do: 'message', as: 'U0NOBODY', channel: FINOPS, text: 'x' })).body.error).toContain(
      'U0NOBODY',
    );
    expect((await act({ do: 'close', as: ANA, viewId: 'V0', all: false })).body.error).toBe(
      'This view is closed.',
    );
  });

  it('acts for a person, tells the page by an event, and shows it the new state', async () => {
    await boltOn(slack);
    const events = await fetch(`${web.address}api/events`);
    const reader = events.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toBe('retry: 1000\n\n');
    expect(await act({ do: 'message', as: ANA, channel: FINOPS, text: 'good morning' })).toMatchObject({
      status: 200,
    });
    expect((await reader.read()).value).toBe('data: changed\n\n');
    await reader.cancel();
    const state = await (await fetch(`${web.address}api/state?as=${ANA}`)).text();
    expect(state).toContain('good morning');
  });

  it('says so when its port is taken', async () => {
    const port = Number(new URL(web.address).port);
    await expect(startSandboxWeb({ slack: () => slack, port, host: '127.0.0.1' })).rejects.toThrow(
      `Port ${port} is taken`,
    );
  });
});
