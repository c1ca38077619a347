import { App, LogLevel } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSocketReceiver } from '../../../src/slack/transport/socket-receiver.js';
import { createTestContext } from '../../support/context.js';
import { startSocketSlack } from '../../support/slack/socket.js';

type Slack = Awaited<ReturnType<typeof startSocketSlack>>;

let slack: Slack;
let app: App;
let heard: string[];
let log: Awaited<ReturnType<typeof createTestContext>>['log'];
const unhandled: unknown[] = [];
const note = (error: unknown) => void unhandled.push(error);

beforeEach(async () => {
  unhandled.length = 0;
  process.on('unhandledRejection', note);
  slack = await startSocketSlack();
  heard = [];
  ({ log } = await createTestContext());
  const clientOptions = () => ({ slackApiUrl: slack.apiUrl, timeout: 2_000, retryConfig: { retries: 0 } });
  app = new App({
    token: 'xoxb-1',
    receiver: createSocketReceiver({
      appToken: 'xapp-1',
      clientOptions,
      log,
      oauth: null,
      waitsMs: [0, 10, 20],
    }),
    clientOptions: clientOptions(),
    deferInitialization: true,
    logLevel: LogLevel.ERROR,
  });
  app.command('/spend', async ({ ack, command }) => {
    await ack();
    heard.push(command.text);
  });
  await app.init();
});
afterEach(async () => {
  await app.stop();
  await slack.close();
  process.off('unhandledRejection', note);
});

const ask = (text: string) =>
  slack.send({
    envelope_id: `e-${text}`,
    type: 'slash_commands',
    payload: { command: '/spend', text, user_id: 'U1', team_id: 'T1', channel_id: 'C1', api_app_id: 'A1' },
  });
const connected = (count: number) =>
  vi.waitFor(() => expect(slack.sockets.size).toBe(count), { timeout: 60_000 });

describe('listening over sockets', () => {
  it('holds two, and acks what comes over either', async () => {
    await app.start();
    await connected(2);
    ask('search');
    await vi.waitFor(
      () => expect(slack.acks.map(({ envelope_id }) => envelope_id)).toEqual(['e-search']),
      60_000,
    );
    await vi.waitFor(() => expect(heard).toEqual(['search']), 60_000);
  });

  it('is connected again at once when Slack recycles its sockets, and when the wire is cut', async () => {
    await app.start();
    await connected(2);
    const started = Date.now();
    slack.recycle();
    await vi.waitFor(() => expect(slack.state.opened).toBe(4), { timeout: 4_000 });
    // Not a measurement: socket-mode by itself waits five seconds here.
    expect(Date.now() - started).toBeLessThan(4_500);
    await connected(2);
    slack.cut();
    await vi.waitFor(() => expect(slack.state.opened).toBe(6), { timeout: 4_000 });
    await connected(2);
    ask('again');
    await vi.waitFor(() => expect(heard).toEqual(['again']), 60_000);
  });

  it('outlives a time in which Slack opens no connection, without a crash', async () => {
    await app.start();
    await connected(2);
    slack.state.refusing = true;
    const before = slack.calls.length;
    slack.cut();
    await vi.waitFor(() => expect(slack.calls.length).toBeGreaterThan(before + 20), { timeout: 60_000 });
    expect(log.lines.filter(({ level }) => level === 'warn').length).toBeGreaterThan(0);
    slack.state.refusing = false;
    await connected(2);
    ask('back');
    await vi.waitFor(() => expect(heard).toEqual(['back']), 60_000);
    expect(unhandled).toEqual([]);
  });

  it.each([
    [
      'a form without a user',
      'interactive',
      { type: 'view_submission', view: { id: 'V1', callback_id: 'x' } },
    ],
    ['a click without a user', 'interactive', { type: 'block_actions', actions: [{ action_id: 'x' }] }],
    ['a click without an action', 'interactive', { type: 'block_actions', user: { id: 'U1' } }],
    ['a command without a user', 'slash_commands', { command: '/spend', text: 'nobody' }],
    ['a mention without a user', 'events_api', { event: { type: 'app_mention', channel: 'C1', ts: '1.1' } }],
    ['an event of nothing', 'events_api', { event: null }],
    [
      'an event in a channel of nothing',
      'events_api',
      { event: { type: 'message', user: 'U1', channel: null } },
    ],
    ['no payload', 'events_api', null],
    ['a payload that is a list', 'interactive', []],
    ['a payload of nothing', 'interactive', null],
  ])('survives %s, says so in the log and answers what comes next', async (_name, type, payload) => {
    await app.start();
    await connected(2);
    slack.send({ envelope_id: 'odd', type, payload });
    ask('next');
    await vi.waitFor(() => expect(heard).toEqual(['next']), 60_000);
    await vi.waitFor(() => expect(log.lines.some(({ level }) => level !== 'info')).toBe(true), 60_000);
    expect(unhandled).toEqual([]);
  });

  it('says so when the first connection is refused', async () => {
    slack.state.refusing = true;
    await expect(app.start()).rejects.toThrow('503');
  });

  it('is gone from Slack when it has stopped', async () => {
    await app.start();
    await connected(2);
    await app.stop();
    await connected(0);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(slack.state.opened).toBe(2);
  });
});
