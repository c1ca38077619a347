import { deflateSync } from 'node:zlib';
import type { App } from '@slack/bolt';
import type { KnownBlock, ModalView } from '@slack/web-api';
import { FINOPS } from './demo.js';

const TEAMS = ['Search', 'Support', 'Platform', 'Growth', 'Research'];
const plain = (text: string) => ({ type: 'plain_text' as const, text });
const md = (text: string) => ({ type: 'mrkdwn' as const, text });

/** A small Bolt app that uses most of what a page must draw. */
export function wireDemo(app: App): void {
  app.command('/spend', async ({ ack, respond }) => {
    await ack();
    await respond({ text: 'Spend by team', blocks: spendBlocks() as never });
  });
  app.command('/rules', async ({ ack, body, client }) => {
    await ack();
    await client.views.open({ trigger_id: body.trigger_id, view: ruleModal() });
  });
  app.options('team', async ({ ack, payload }) => {
    const found = TEAMS.filter((team) => team.toLowerCase().includes(payload.value.toLowerCase()));
    await ack({ options: found.map((team) => ({ text: plain(team), value: team.toLowerCase() })) });
  });
  app.action('method', async ({ ack, body, client }) => {
    await ack();
    if (body.type !== 'block_actions' || !body.view) return;
    const chosen = body.view.state.values['method']?.['method']?.selected_option?.value;
    await client.views.update({
      view_id: body.view.id,
      hash: body.view.hash,
      view: ruleModal(chosen === 'split'),
    });
  });
  app.view('rule', async ({ ack, view, client, body }) => {
    const { values } = view.state;
    const name = values['name']?.['name']?.value ?? '';
    if (name === 'taken')
      return ack({ response_action: 'errors', errors: { name: 'A rule of this name exists.' } });
    await ack();
    const team = values['team']?.['team']?.selected_option?.text.text ?? '?';
    await client.chat.postMessage({
      channel: FINOPS,
      text: `Rule ${name}`,
      blocks: [
        { type: 'section', text: md(`<@${body.user.id}> saved *${name}* → *${team}*`) },
        { type: 'context', elements: [md('Moves *$12,400.00* in November · 0 closed months touched')] },
      ],
    });
  });
  app.action('mine', async ({ ack, body, client }) => {
    await ack();
    if (body.type !== 'block_actions' || !body.message || !body.channel) return;
    const { ts } = body.message;
    await client.chat.postMessage({
      channel: body.channel.id,
      thread_ts: ts,
      text: `:white_check_mark: <@${body.user.id}> is looking into it.`,
    });
  });
  app.shortcut('explain_number', async ({ ack, shortcut, client }) => {
    await ack();
    const text = 'message' in shortcut ? (shortcut.message.text ?? '') : '';
    const title = plain('Where it comes from');
    const blocks = [{ type: 'section' as const, text: plain(text) }];
    await client.views.open({ trigger_id: shortcut.trigger_id, view: { type: 'modal', title, blocks } });
  });
  app.action(/^(more|by|flow|mute|open)$/, async ({ ack }) => ack());
  app.event('app_home_opened', async ({ event, client }) => {
    if (event.tab === 'home') await client.views.publish({ user_id: event.user, view: homeView() });
  });
}

/** A digest with a chart and an alert with a thread, as the jobs would post them. */
export async function postDigest(app: App): Promise<void> {
  const { client } = app;
  const upload = (await client.files.uploadV2({
    channel_id: FINOPS,
    file: png(640, 220),
    filename: 'spend.png',
    title: 'AI spend, last 14 days',
    alt_text: 'AI spend rose from $3,100 to $4,480 a day',
    initial_comment:
      '*Monday digest* for <!subteam^S0FINOPS01>: :chart_with_upwards_trend: *$61,240.18* last week, +8.4 %',
  })) as unknown as { ok: boolean };
  if (!upload.ok) throw new Error('The chart was not uploaded.');
  const alert = await client.chat.postMessage({
    channel: FINOPS,
    text: 'Alert: Search',
    blocks: alertBlocks(),
  });
  await client.chat.postMessage({
    channel: FINOPS,
    thread_ts: String(alert.ts),
    text: 'Why: `claude-opus` output tokens of *Search* tripled since <https://example.com/deploy|deploy 4812>.\n> batch-rerank started a retry loop on Saturday\n```model          tokens   cost\nclaude-opus    41.2 M   $2,981.00```',
  });
}

function spendBlocks(): unknown[] {
  const cell = (text: string) => ({ type: 'raw_text', text });
  const rows = TEAMS.map((team, i) => [
    cell(team),
    cell(`$${(9120 / (i + 1)).toFixed(2)}`),
    cell(`${8 - i * 3}.0 %`),
  ]);
  return [
    { type: 'header', text: plain('Spend by team, November') },
    {
      type: 'table',
      column_settings: [{ align: 'left' }, { align: 'right' }, { align: 'right' }],
      rows: [[cell('Team'), cell('Effective cost'), cell('Change')], ...rows],
    },
    {
      type: 'actions',
      elements: [
        { type: 'button', action_id: 'more', text: plain('Ask on'), style: 'primary' },
        {
          type: 'static_select',
          action_id: 'by',
          placeholder: plain('Group by'),
          options: ['Product', 'Model', 'Person'].map((text) => ({ text: plain(text), value: text })),
        },
        {
          type: 'overflow',
          action_id: 'flow',
          options: [
            { text: plain('Export as CSV'), value: 'csv' },
            { text: plain('Post to the channel'), value: 'post' },
          ],
        },
      ],
    },
    { type: 'context', elements: [md(':information_source: Billed through Nov 21; Nov 22 is provisional.')] },
  ];
}

function alertBlocks(): KnownBlock[] {
  return [
    { type: 'header', text: plain(':rotating_light: Search spends three times its usual') },
    {
      type: 'section',
      text: md('*$2,981.00* yesterday against *$940.00* expected. Mostly `claude-opus` on key `…f3Qa`.'),
      fields: [
        md('*Team*\nSearch'),
        md('*Since*\nSat, Nov 21'),
        md('*Owner*\n<@U0BEN00002>'),
        md('*Channel*\n<#C0FINOPS01>'),
      ],
    },
    {
      type: 'actions',
      elements: [
        {
          type: 'button',
          action_id: 'mine',
          text: plain('I look into it'),
          style: 'primary',
          confirm: {
            title: plain('Take this case?'),
            text: md('The thread will say that *you* look into it.'),
            confirm: plain('Take it'),
            deny: plain('Not me'),
          },
        },
        { type: 'button', action_id: 'mute', text: plain('Expected'), style: 'danger' },
      ],
    },
  ];
}

function ruleModal(isSplit = false): ModalView {
  const methods = [
    { text: plain('One team'), value: 'one' },
    { text: plain('Split'), value: 'split' },
  ];
  return {
    type: 'modal',
    callback_id: 'rule',
    title: plain('New rule'),
    submit: plain('Preview'),
    blocks: [
      { type: 'section', text: md('First match wins. A preview shows *what moves* before anything counts.') },
      {
        type: 'input',
        block_id: 'name',
        label: plain('Name'),
        element: {
          type: 'plain_text_input',
          action_id: 'name',
          max_length: 80,
          placeholder: plain('CI agents'),
        },
        hint: plain('People see it beside every amount.'),
      },
      {
        type: 'input',
        block_id: 'method',
        dispatch_action: true,
        label: plain('Goes to'),
        element: {
          type: 'radio_buttons',
          action_id: 'method',
          options: methods,
          initial_option: methods[0]!,
        },
      },
      {
        type: 'input',
        block_id: 'team',
        label: plain('Team'),
        element: {
          type: 'external_select',
          action_id: 'team',
          min_query_length: 0,
          placeholder: plain('Find a team'),
        },
      },
      ...(isSplit
        ? ([
            {
              type: 'input',
              block_id: 'percent',
              label: plain('Percent'),
              element: {
                type: 'number_input',
                action_id: 'percent',
                is_decimal_allowed: false,
                max_value: '100',
              },
            },
          ] as const)
        : []),
      {
        type: 'input',
        block_id: 'from',
        optional: true,
        label: plain('Effective from'),
        element: { type: 'datepicker', action_id: 'from', initial_date: '2026-11-01' },
      },
    ],
  };
}

function homeView() {
  return {
    type: 'home' as const,
    blocks: [
      { type: 'header' as const, text: plain('Good morning') },
      {
        type: 'section' as const,
        text: md('*$61,240.18* last week in *Larkspur*. Unallocated: *$310.20*.'),
        accessory: { type: 'button' as const, action_id: 'open', text: plain('Open rules') },
      },
      { type: 'divider' as const },
      {
        type: 'section' as const,
        fields: [md('*Search*\n$9,120.00'), md('*Support*\n$4,560.00'), md('*Platform*\n$3,040.00')],
      },
      { type: 'context' as const, elements: [md('Updated a minute ago')] },
    ],
  };
}

/** A small real PNG: bars on white, 8-bit grey. */
function png(width: number, height: number): Buffer {
  const rows = Buffer.alloc((width + 1) * height, 255);
  for (let y = 0; y < height; y += 1) {
    rows[y * (width + 1)] = 0;
    for (let x = 0; x < width; x += 1) {
      const bar = Math.floor(x / 46);
      if (x % 46 > 10 && y > height - 60 - bar * 9) rows[y * (width + 1) + 1 + x] = 110;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const parts = [chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), ...parts]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

function crc32(data: Buffer): number {
  let sum = 0xffffffff;
  for (const byte of data) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return (sum ^ 0xffffffff) >>> 0;
}
