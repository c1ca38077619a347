import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/web-api';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ANA, BEN, boltOn, demoSlack, FINOPS } from './demo.js';

const modal = (extra: Partial<ModalView> = {}): ModalView => ({
  type: 'modal',
  callback_id: 'rule',
  title: { type: 'plain_text', text: 'New rule' },
  submit: { type: 'plain_text', text: 'Save' },
  blocks: [
    {
      type: 'input',
      block_id: 'name',
      label: { type: 'plain_text', text: 'Name' },
      element: { type: 'plain_text_input', action_id: 'text', initial_value: 'Untitled' },
    },
    {
      type: 'input',
      block_id: 'percent',
      optional: true,
      label: { type: 'plain_text', text: 'Percent' },
      element: { type: 'number_input', action_id: 'number', is_decimal_allowed: false, max_value: '100' },
    },
  ],
  ...extra,
});

async function withModal(view: ModalView = modal()) {
  const { slack, time } = demoSlack();
  const app = await boltOn(slack);
  let trigger = '';
  app.command('/rules', async ({ ack, body, client }) => {
    await ack();
    trigger = body.trigger_id;
    await client.views.open({ trigger_id: trigger, view });
  });
  await slack.runCommand(ANA, FINOPS, '/rules');
  await slack.idle();
  const [open] = slack.see(ANA).modals;
  if (!open) throw new Error(String(slack.troubles[0]));
  return { slack, app, time, viewId: open.id, trigger };
}

const messages = (slack: ReturnType<typeof demoSlack>['slack'], who = ANA) =>
  slack.see(who).conversations.find((one) => one.id === FINOPS)?.messages ?? [];

const error = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (reason: { data?: { error?: string } }) => reason.data?.error ?? 'another error',
  );

afterEach(() => {
  vi.useRealTimers();
});

describe('commands', () => {
  it('reach the listener in Slack shape and are answered for the asking person only', async () => {
    const { slack } = demoSlack();
    const app = await boltOn(slack);
    let body: Record<string, unknown> = {};
    app.command('/spend', async (args) => {
      body = args.body;
      await args.ack();
      await args.respond(`You asked for ${args.command.text}`);
    });
    expect(await slack.runCommand(ANA, FINOPS, '/spend by team @ben.osei <b>')).toEqual({ ok: true });
    await slack.idle();
    expect(body).toMatchObject({
      command: '/spend',
      text: `by team <@${BEN}|ben.osei> &lt;b&gt;`,
      user_id: ANA,
      channel_name: 'finops',
      is_enterprise_install: 'false',
    });
    expect(messages(slack)[0]).toMatchObject({ isEphemeral: true, author: { kind: 'app' } });
    expect(messages(slack, BEN)).toEqual([]);
  });

  it('answered in the ack are shown, in the channel when asked for', async () => {
    const { slack } = demoSlack();
    const app = await boltOn(slack);
    app.command('/spend', async ({ ack }) => ack({ text: 'For all', response_type: 'in_channel' }));
    await slack.runCommand(ANA, FINOPS, '/spend');
    expect(messages(slack, BEN).map((one) => one.text)).toEqual(['For all']);
  });

  it('that nobody acknowledges in three seconds fail with operation_timeout, and a late ack is noted', async () => {
    const { slack } = demoSlack();
    const app = await boltOn(slack);
    vi.useFakeTimers();
    let letGo: (value?: unknown) => void = () => undefined;
    app.command('/spend', async ({ ack }) => {
      await new Promise((resolve) => (letGo = resolve));
      await ack();
    });
    const outcome = slack.runCommand(ANA, FINOPS, '/spend');
    await vi.advanceTimersByTimeAsync(3000);
    expect(await outcome).toEqual({ ok: false, error: 'operation_timeout' });
    expect(messages(slack)[0]?.text).toContain('operation_timeout');
    letGo();
    vi.useRealTimers();
    await slack.idle();
    expect(String(slack.troubles[0])).toContain('Acknowledged too late: /spend');
  });

  it('acknowledged twice are an error, as over HTTP', async () => {
    const { slack } = demoSlack();
    const app = await boltOn(slack);
    app.command('/spend', async ({ ack }) => {
      await ack();
      await ack();
    });
    await slack.runCommand(ANA, FINOPS, '/spend');
    await slack.idle();
    expect(slack.troubles[0]).toMatchObject({ code: 'slack_bolt_receiver_ack_multiple_error' });
  });

  it('that the manifest does not know never reach the app', async () => {
    const { slack } = demoSlack();
    await boltOn(slack);
    expect(await slack.runCommand(ANA, FINOPS, '/nope')).toEqual({ ok: false, error: 'unknown_command' });
    expect(messages(slack)[0]?.text).toBe('/nope is not a valid command.');
  });

  it('let their response_url be used five times and for thirty minutes', async () => {
    const { slack, time } = demoSlack();
    const app = await boltOn(slack);
    const urls: string[] = [];
    app.command('/spend', async ({ ack, body }) => {
      urls.push(body.response_url);
      await ack();
    });
    await slack.runCommand(ANA, FINOPS, '/spend');
    await slack.runCommand(ANA, FINOPS, '/spend');
    const use = async (url = '') =>
      (await slack.fetch(url, { method: 'POST', body: '{"text":"hi"}' })).status;
    const statuses = [];
    for (let i = 0; i < 6; i += 1) statuses.push(await use(urls[0]));
    expect(statuses).toEqual([200, 200, 200, 200, 200, 404]);
    time.now += 31 * 60_000;
    expect(await use(urls[1])).toBe(404);
  });
});

describe('modals', () => {
  it('submit initial values that nobody touched, and close when acknowledged', async () => {
    const { slack, app, viewId } = await withModal();
    let values: unknown;
    app.view('rule', async ({ ack, view }) => {
      values = view.state.values;
      await ack();
    });
    expect(await slack.submitView(ANA, viewId)).toEqual({ outcome: 'closed' });
    expect(values).toEqual({
      name: { text: { type: 'plain_text_input', value: 'Untitled' } },
      percent: { number: { type: 'number_input', value: null } },
    });
    expect(slack.see(ANA).modals).toEqual([]);
  });

  it('are checked by Slack itself before the app hears of it', async () => {
    const { slack, app, viewId } = await withModal();
    let heard = 0;
    app.view('rule', async ({ ack }) => {
      heard += 1;
      await ack();
    });
    const bad = { name: { text: '' }, percent: { number: '101' } };
    expect(await slack.submitView(ANA, viewId, bad)).toEqual({
      outcome: 'errors',
      errors: { name: 'Please complete this required field.', percent: 'Must be 100 or less.' },
    });
    expect(heard).toBe(0);
  });

  it('show the errors of the app under inputs, and refuse errors for blocks that are none', async () => {
    const { slack, app, viewId } = await withModal();
    let errors: Record<string, string> = { name: 'Taken.' };
    app.view('rule', async ({ ack }) => ack({ response_action: 'errors', errors }));
    expect(await slack.submitView(ANA, viewId)).toEqual({ outcome: 'errors', errors: { name: 'Taken.' } });
    errors = { nowhere: 'Lost.' };
    expect(await slack.submitView(ANA, viewId)).toMatchObject({ outcome: 'failed' });
  });

  it('keep what was typed under kept ids on update, and lose it under new ones', async () => {
    const { slack, app, viewId } = await withModal();
    const next = (blockId: string) =>
      modal({
        blocks: [
          {
            type: 'input',
            block_id: blockId,
            label: { type: 'plain_text', text: 'Name' },
            element: { type: 'plain_text_input', action_id: 'text', initial_value: 'Fresh' },
          },
        ],
      });
    let blockId = 'name';
    app.view('rule', async ({ ack }) => ack({ response_action: 'update', view: next(blockId) }));
    await slack.submitView(ANA, viewId, { name: { text: 'Typed' } });
    expect(slack.see(ANA).modals[0]?.answers).toEqual({ name: { text: 'Typed' } });
    blockId = 'name-2';
    await slack.submitView(ANA, viewId);
    expect(slack.see(ANA).modals[0]?.answers).toEqual({ 'name-2': { text: 'Fresh' } });
  });

  it('stack three deep and no deeper, from triggers of the modal itself', async () => {
    const { slack, app } = await withModal(
      modal({
        blocks: [
          {
            type: 'actions',
            elements: [{ type: 'button', action_id: 'deeper', text: { type: 'plain_text', text: 'Deeper' } }],
          },
        ],
      }),
    );
    const refusals: string[] = [];
    app.action('deeper', async ({ ack, body, client }) => {
      await ack();
      if (body.type !== 'block_actions' || !body.view) return;
      const { blocks } = body.view;
      const view = modal({ blocks: JSON.parse(JSON.stringify(blocks)) as ModalView['blocks'] });
      refusals.push(await error(client.views.push({ trigger_id: body.trigger_id, view })));
    });
    for (let i = 0; i < 3; i += 1) {
      const top = slack.see(ANA).modals.at(-1)!;
      await slack.clickAction(ANA, { kind: 'view', viewId: top.id }, { actionId: 'deeper' });
      await slack.idle();
    }
    expect(refusals).toEqual(['no error', 'no error', 'push_limit_reached']);
    expect(slack.see(ANA).modals).toHaveLength(3);
  });

  it('cannot be opened with a used or an old trigger', async () => {
    const { app, slack, time, trigger } = await withModal();
    const open = (id: string) => error(app.client.views.open({ trigger_id: id, view: modal() }));
    expect(await open(trigger)).toBe('exchanged_trigger_id');
    expect(await open('1.2.3')).toBe('invalid_trigger_id');
    let late = '';
    app.command('/spend', async ({ ack, body }) => {
      late = body.trigger_id;
      await ack();
    });
    await slack.runCommand(ANA, FINOPS, '/spend');
    time.now += 3001;
    expect(await open(late)).toBe('expired_trigger_id');
  });

  it('refuse an update with a stale hash and one too big for Slack', async () => {
    const { app, slack, viewId } = await withModal();
    const hash = slack.see(ANA).modals[0]?.hash ?? '';
    const update = (more: object) =>
      error(app.client.views.update({ view_id: viewId, view: modal(), ...more }));
    expect(await update({ hash })).toBe('no error');
    expect(await update({ hash })).toBe('hash_conflict');
    expect(await update({ view_id: 'V0' })).toBe('not_found');
    expect(await update({ view: modal({ private_metadata: 'x'.repeat(3001) }) })).toBe('invalid_arguments');
  });

  it('tell the app that they were closed when it asked to know', async () => {
    const { app, slack, viewId } = await withModal(modal({ notify_on_close: true }));
    let isCleared: unknown;
    app.view({ type: 'view_closed', callback_id: 'rule' }, async ({ ack, body }) => {
      isCleared = 'is_cleared' in body && body.is_cleared;
      await ack();
    });
    await slack.closeView(ANA, viewId, true);
    expect(isCleared).toBe(true);
    expect(slack.see(ANA).modals).toEqual([]);
  });

  it('offer what the app suggests, and refuse what it never offered', async () => {
    const { app, slack, viewId } = await withModal(
      modal({
        blocks: [
          {
            type: 'input',
            block_id: 'team',
            label: { type: 'plain_text', text: 'Team' },
            element: { type: 'external_select', action_id: 'pick', min_query_length: 0 },
          },
        ],
      }),
    );
    app.options('pick', async ({ ack, payload }) => {
      const text = { type: 'plain_text' as const, text: `Search ${payload.value}` };
      await ack({ options: [{ text, value: 'search' }] });
    });
    let chosen: unknown;
    app.view('rule', async ({ ack, view }) => {
      chosen = view.state.values['team']?.['pick']?.selected_option;
      await ack();
    });
    const place = { kind: 'view', viewId } as const;
    const offer = await slack.suggest(ANA, place, { actionId: 'pick', query: 'se' });
    expect(offer.options.map((option) => option.text.text)).toEqual(['Search se']);
    await expect(slack.submitView(ANA, viewId, { team: { pick: 'other' } })).rejects.toThrow('not an option');
    await slack.submitView(ANA, viewId, { team: { pick: 'search' } });
    expect(chosen).toEqual({ text: { type: 'plain_text', text: 'Search se' }, value: 'search' });
  });
});

describe('messages', () => {
  const post = async (app: App, extra: object = {}) =>
    app.client.chat.postMessage({ channel: FINOPS, text: 'Digest', ...extra });

  it('are posted, threaded, edited in place and read back with their metadata', async () => {
    const { slack } = demoSlack();
    const app = await boltOn(slack);
    const metadata = { event_type: 'notice', event_payload: { key: 'digest' } };
    const { ts = '' } = await post(app, { metadata });
    await post(app, { text: 'More', thread_ts: ts });
    await app.client.chat.update({ channel: FINOPS, ts, text: 'Digest, corrected' });
    const { messages: found } = await app.client.conversations.history({
      channel: FINOPS,
      include_all_metadata: true,
    });
    expect(found).toMatchObject([{ text: 'Digest, corrected', reply_count: 1, metadata }]);
  });

  it('answer actions with the message and a response_url that replaces it', async () => {
    const { slack } = demoSlack();
    const app = await boltOn(slack);
    app.action('done', async ({ ack, respond }) => {
      await ack();
      await respond({ replace_original: true, text: 'Acknowledged' });
    });
    const button = {
      type: 'button',
      action_id: 'done',
      value: '7',
      text: { type: 'plain_text', text: 'Mine' },
    };
    const { ts = '' } = await post(app, { blocks: [{ type: 'actions', elements: [button] }] });
    await slack.clickAction(BEN, { kind: 'message', channel: FINOPS, ts }, { actionId: 'done' });
    await slack.idle();
    expect(messages(slack)).toMatchObject([{ ts, text: 'Acknowledged', blocks: [] }]);
  });

  it('are refused as Slack refuses them', async () => {
    const { slack } = demoSlack();
    const app = await boltOn(slack);
    const section = { type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(3000) } };
    expect(await error(post(app, { channel: 'C0NOWHERE0' }))).toBe('channel_not_found');
    expect(await error(post(app, { channel: 'C0SECRET01' }))).toBe('channel_not_found');
    expect(await error(post(app, { channel: 'C0OLD00001' }))).toBe('is_archived');
    expect(await error(post(app, { thread_ts: '1.000001' }))).toBe('thread_not_found');
    expect(await error(post(app, { text: '' }))).toBe('no_text');
    expect(await error(post(app, { blocks: [section, section, section, section] }))).toBe(
      'msg_blocks_too_long',
    );
    expect(await error(post(app, { token: 'xoxb-other' }))).toBe('invalid_auth');
    expect(await error(app.client.apiCall('chat.shout', {}))).toBe('unknown_method');
    const ephemeral = app.client.chat.postEphemeral({ channel: FINOPS, user: 'U0NOBODY', text: 'psst' });
    expect(await error(ephemeral)).toBe('user_not_in_channel');
  });

  it('cannot embed an uploaded image before Slack has processed it', async () => {
    const { slack, time } = demoSlack();
    const app = await boltOn(slack);
    const uploaded = await app.client.files.uploadV2({ file: Buffer.from('PNG'), filename: 'spend.png' });
    const id = (uploaded as unknown as { files: { files: { id: string }[] }[] }).files[0]?.files[0]?.id ?? '';
    const blocks = [{ type: 'image', alt_text: 'Spend', slack_file: { id } }];
    const refusal = await post(app, { blocks }).catch((reason: { data: unknown }) => reason.data);
    expect(refusal).toMatchObject({
      error: 'invalid_blocks',
      errors: ['invalid slack file [json-pointer:/blocks/0/slack_file]'],
    });
    expect(slack.file(id)).toBeNull();
    time.now += 1000;
    expect(await post(app, { blocks })).toMatchObject({ ok: true });
    expect(slack.file(id)?.bytes.toString()).toBe('PNG');
  });

  it('suffer the faults that a test asks for', async () => {
    const { slack } = demoSlack();
    const app = await boltOn(slack);
    slack.faults.push({ method: 'chat.postMessage', kind: 'error', error: 'fatal_error' });
    expect(await error(post(app))).toBe('fatal_error');
    slack.faults.push({ method: 'chat.postMessage', kind: 'http', status: 503 });
    await expect(post(app)).rejects.toThrow('503');
    slack.faults.push({ method: 'chat.postMessage', kind: 'lost-response' });
    await expect(post(app)).rejects.toThrow('lost');
    expect(messages(slack)).toHaveLength(1);
    slack.faults.push({ method: '*', kind: 'ratelimited', retryAfterSeconds: 7 });
    const limited = await slack.fetch('https://slack.com/api/chat.postMessage', { method: 'POST' });
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '7']);
  });
});

describe('events', () => {
  it('tell the app of what is said to it and in its channels, of mentions and of its home tab', async () => {
    const { slack } = demoSlack();
    const app = await boltOn(slack);
    const heard: string[] = [];
    app.message(async ({ message }) => {
      heard.push([message.type, message.channel].join(' '));
    });
    app.event('app_mention', async ({ event }) => {
      heard.push(event.text ?? '');
    });
    app.event('app_home_opened', async ({ event, client }) => {
      heard.push(String(event.tab));
      await client.views.publish({
        user_id: event.user,
        view: { type: 'home', blocks: [{ type: 'divider' }] },
      });
    });
    const direct = slack.see(ANA).conversations.find((one) => one.kind === 'im')?.id ?? '';
    await slack.sendMessage(ANA, direct, 'hello');
    await slack.sendMessage(ANA, FINOPS, 'just chatting');
    await slack.sendMessage(ANA, FINOPS, '@apportion help');
    await slack.openHome(ANA);
    await slack.idle();
    const inChannel = `message ${FINOPS}`;
    expect(heard).toEqual([`message ${direct}`, inChannel, inChannel, '<@U0SANDBOXBOT> help', 'home']);
    expect(slack.see(ANA).home?.view.blocks).toHaveLength(1);
    expect(slack.see(BEN).home).toBeNull();
  });
});

describe('people', () => {
  it('are found by e-mail, listed page by page, and by user group', async () => {
    const { slack } = demoSlack();
    const { client } = await boltOn(slack);
    const byMail = await client.users.lookupByEmail({ email: 'ANA@larkspur.test' });
    expect(byMail.user?.id).toBe(ANA);
    expect(await error(client.users.lookupByEmail({ email: 'x@y.z' }))).toBe('users_not_found');
    const ids: (string | undefined)[] = [];
    for await (const page of client.paginate('users.list', { limit: 2 })) {
      ids.push(...(page as unknown as { members: { id?: string }[] }).members.map((member) => member.id));
    }
    expect(ids).toEqual(['USLACKBOT', ANA, BEN, 'U0SANDBOXBOT']);
    expect((await client.usergroups.users.list({ usergroup: 'S0FINOPS01' })).users).toEqual([ANA]);
  });
});
