import { beforeEach, describe, expect, it } from 'vitest';
import { ANA, BEN, createWorld, SEARCH, textOf, type World } from '../../support/slack/world.js';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});

async function ask(text: string, who = BEN) {
  await world.slack.runCommand(who, SEARCH, text);
  await world.slack.idle();
  return world.lastMessage(who, SEARCH);
}

async function press(actionId: string, who = BEN) {
  const offers = world
    .messages(who, SEARCH)
    .filter(({ blocks }) => JSON.stringify(blocks).includes(actionId));
  const ts = offers.at(-1)?.ts ?? '';
  const outcome = await world.slack.clickAction(who, { kind: 'message', channel: SEARCH, ts }, { actionId });
  await world.slack.idle();
  expect(outcome).toEqual({ ok: true });
  return world.lastMessage(who, SEARCH);
}

/** The report that everybody in the channel sees. */
function sharedIn(channel: string) {
  const found = world.messages(ANA, channel).find(({ blocks }) => textOf(blocks).includes('Shared by'));
  if (found === undefined) throw new Error(`nothing was shared in ${channel}`);
  return found;
}

describe('/spend', () => {
  it('answers the person alone with a sentence, one table that adds up, and where to go on', async () => {
    const message = await ask('/spend');
    expect(message.isEphemeral).toBe(true);
    expect(world.messages(ANA, SEARCH)).toEqual([]);
    expect(message.blocks.filter((block) => block.type === 'table')).toHaveLength(1);
    const text = textOf(message.blocks);
    expect(text).toContain('The company');
    expect(text).toContain('$2,550.00'); // 17 days of 150 dollars
    expect(text).toContain('$1,700.00');
    expect(text).toContain('Unallocated');
    expect(world.slack.troubles).toEqual([]);
  });

  it('asks the same question by another grouping in place of the first answer', async () => {
    await ask('/spend team search');
    const message = await press('spend.by-key');
    expect(textOf(message.blocks)).toContain('search-prod');
    expect(textOf(message.blocks)).not.toContain('support-bot');
    expect(world.messages(BEN, SEARCH)).toHaveLength(1);
  });

  it('says of charges without a value which value they lack, and never that nobody is somebody', async () => {
    const text = textOf((await ask('/spend by person', ANA)).blocks);
    expect(text).toContain('Person');
    expect(text).toContain('no person');
    expect(text).not.toContain('(none)');
    expect((await ask('/spend person (none)')).text).toContain('What has no person cost $1,870.00');
    expect(textOf((await ask('/spend by cost-centre')).blocks)).toContain('Cost centre\nCost');
  });

  it('shows every day of a month in order, and compares none with a day of another month', async () => {
    const [head, ...rows] = textOf((await ask('/spend by day')).blocks)
      .split('\n')
      .filter((line) => /^(Day|2026-11-)/.test(line));
    expect(head).toBe('Day');
    expect(rows).toEqual(Array.from({ length: 17 }, (_, i) => `2026-11-${String(i + 1).padStart(2, '0')}`));
    expect(textOf(world.lastMessage(BEN, SEARCH).blocks)).not.toContain('new');
  });

  it('never shows a day that is not over as a saving', async () => {
    const { text, blocks } = await ask('/spend today');
    expect(text).toContain('not complete yet');
    expect(`${text} ${textOf(blocks)}`).not.toMatch(/▼|Against/);
  });

  it('helps whoever asks for help, and takes no name to be live in its spoken text', async () => {
    expect((await ask('/spend help')).text).toContain('/apportion');
    expect((await ask('/spend *wibble* _x_ :tada:')).text).toContain('∗wibble∗');
  });

  it('breaks no figure into two lines', async () => {
    const table = (await ask('/spend')).blocks.find((block) => block.type === 'table');
    expect(table).toMatchObject({ column_settings: [{ is_wrapped: true }, { is_wrapped: false }, {}, {}] });
  });

  it('is shared with the channel on request, asked again', async () => {
    await ask('/spend');
    await press('spend.share');
    const seen = sharedIn(SEARCH);
    expect(seen.isEphemeral).toBe(false);
    expect(textOf(seen.blocks)).toContain('Shared by');
    expect(textOf(seen.blocks)).toContain('$2,550.00');
  });

  it('hangs the picture of a shared report into its thread', async () => {
    await ask('/spend');
    await press('spend.share');
    const shared = sharedIn(SEARCH);
    const thread = world.messages(ANA, SEARCH).filter(({ threadTs }) => threadTs === shared.ts);
    expect(thread.flatMap(({ files }) => files.map(({ altText }) => altText))).toEqual(['A chart']);
  });

  it('is shared with no channel that another workspace reads', async () => {
    await ask('/spend');
    world.slack.share(SEARCH);
    expect((await press('spend.share')).text).toContain('That channel is shared with another workspace');
    expect(world.messages(ANA, SEARCH)).toEqual([]);
  });

  it('shares nothing that names people, nor what not everybody may see', async () => {
    const people = await ask('/spend top people', ANA);
    expect(JSON.stringify(people.blocks)).not.toContain('spend.share');
    await ask('/spend', ANA);
    await world.context.store.changeSettings({
      area: 'visibility',
      value: { teams: 'own-team', people: 'managers' },
      base: null,
      actor: world.context.actor,
      atMs: 1,
    });
    expect((await press('spend.share', ANA)).text).toContain('not for everybody in a channel');
    expect(world.messages(BEN, SEARCH)).toEqual([]);
  });

  it('shows the total over time in a chart of Slack’s own, whose bars add up', async () => {
    const { blocks } = await ask('/spend search last month');
    const chart = blocks.find(({ type }) => type === 'data_visualization') as unknown as {
      chart: { series: { data: { value: number }[] }[] };
    };
    const bars = chart.chart.series[0]?.data.map(({ value }) => value) ?? [];
    expect(bars.length).toBeLessThanOrEqual(20);
    expect(bars.reduce((sum, value) => sum + value, 0)).toBe(3_100);
  });

  it('does without where Slack refuses that chart, and does not try again', async () => {
    world.slack.faults.push({ method: 'response_url', kind: 'http', status: 400 });
    const has = (blocks: readonly { type: string }[]) =>
      blocks.some(({ type }) => type === 'data_visualization');
    const first = await ask('/spend search');
    expect(has(first.blocks)).toBe(false);
    expect(textOf(first.blocks)).toContain('$1,700.00');
    expect(has((await ask('/spend search last month')).blocks)).toBe(false);
    expect(world.slack.calls.filter(({ method }) => method === 'response_url')).toHaveLength(2);
  });

  it('sends the picture to the person’s own messages', async () => {
    await ask('/spend search last month');
    expect((await press('spend.picture')).text).toContain('in your messages with me');
    const direct = world.slack.see(BEN).conversations.find(({ kind }) => kind === 'im');
    expect(direct?.messages.flatMap(({ files }) => files.map(({ altText }) => altText))).toEqual(['A chart']);
  });

  it('compares with the period that is named, over as many days as have passed', async () => {
    const { text } = await ask('/spend search vs 2026-09');
    expect(text).toContain('against 1–17 Sep');
  });

  it('shows as many lines as are wanted, and what the rest adds up to', async () => {
    const text = textOf((await ask('/spend top 1 keys')).blocks);
    expect(text).toContain('and 2 more');
    expect(text).toContain('$850.00');
  });

  it('answers clicks in a shared report for the clicker alone and leaves the report as it is', async () => {
    await ask('/spend');
    await press('spend.share');
    const shared = sharedIn(SEARCH);
    const answer = await press('spend.by-model', ANA);
    expect(answer.isEphemeral).toBe(true);
    expect(textOf(answer.blocks)).toContain('gpt-5.1');
    expect(world.messages(ANA, SEARCH).find(({ ts }) => ts === shared.ts)?.blocks).toEqual(shared.blocks);
  });

  it('offers near misses that run when pressed', async () => {
    const message = await ask('/spend team serch');
    expect(textOf(message.blocks)).toContain('serch');
    const answer = await press('spend.suggestion-0');
    expect(textOf(answer.blocks)).toContain('Search');
    expect(answer.blocks.some((block) => block.type === 'table')).toBe(true);
  });

  it('knows a mentioned colleague by e-mail', async () => {
    const message = await ask('/spend person @ben.osei by key', ANA);
    expect(textOf(message.blocks)).toContain('support-bot');
    expect(textOf(message.blocks)).not.toContain('search-prod');
  });

  it('shows people one by one to FinOps alone, and everybody their own use', async () => {
    const refused = await ask('/spend team search by person');
    expect(textOf(refused.blocks)).toContain('Only FinOps sees people one by one here');
    expect(textOf(refused.blocks)).not.toContain('$');
    expect(textOf((await press('spend.suggestion-0')).blocks)).toContain('ben@larkspur.test');
    await ask('/spend team search by person', ANA);
    expect(textOf(world.lastMessage(ANA, SEARCH).blocks)).toContain('$1,700.00');
  });

  it('names other people in no suggestion to those who may not see them one by one', async () => {
    const carl = 'U0CARL0003';
    const name = (id: string, email: string) => ({ id, name: email, email });
    world = await createWorld({
      slack: {
        people: [
          name(ANA, 'ana@larkspur.test'),
          name(BEN, 'ben@larkspur.test'),
          name(carl, 'carl@larkspur.test'),
        ],
        channels: [{ id: SEARCH, name: 'search', members: [ANA, BEN, carl] }],
      },
    });
    const told = async (who: string) => {
      const { blocks } = await ask('/spend person ben@larkspur.tset', who);
      expect(textOf(blocks)).toContain('No person is called');
      return JSON.stringify(blocks);
    };
    expect(await told(ANA)).toContain('ben@larkspur.test');
    expect(await told(carl)).not.toContain('ben@larkspur.test');
  });

  it('keeps to the settings: other teams, and the company, are refused under a narrower policy', async () => {
    await world.context.store.changeSettings({
      area: 'visibility',
      value: { teams: 'own-team', people: 'managers' },
      base: null,
      actor: world.context.actor,
      atMs: 1,
    });
    expect(textOf((await ask('/spend')).blocks)).toContain('Figures beyond a team are for FinOps');
    expect(textOf((await ask('/spend team search')).blocks)).toContain('The figures of team Search are for');
    expect(textOf((await ask('/spend', ANA)).blocks)).toContain('$2,550.00');
  });

  it('answers in the currency that is set, and names what is in others', async () => {
    await world.context.store.changeSettings({
      area: 'currency',
      value: 'EUR',
      base: null,
      actor: world.context.actor,
      atMs: 1,
    });
    const text = textOf((await ask('/spend')).blocks);
    expect(text).toContain('€0.00');
    expect(text).toContain('$2,550.00');
  });

  it('tells the person in one sentence when something breaks, and nothing from inside', async () => {
    await world.context.store.close();
    const message = await ask('/spend');
    expect(message.text).toBe('Something went wrong on our side; the log has the details.');
    expect(world.context.log.lines.some(({ level }) => level === 'error')).toBe(true);
  });
});

describe('talking to the app', () => {
  it('answers a mention in a thread', async () => {
    const said = await world.slack.sendMessage(BEN, SEARCH, '@apportion by team this month');
    await world.slack.idle();
    const answer = world.lastMessage(ANA, SEARCH);
    expect(answer.threadTs).toBe(said.ts);
    expect(textOf(answer.blocks)).toContain('$2,550.00');
  });
});

describe('stopping', () => {
  it('can wait for what goes on after an ack', async () => {
    await world.slack.runCommand(BEN, SEARCH, '/spend');
    await world.listening.idle();
    expect(textOf(world.lastMessage(BEN, SEARCH).blocks)).toContain('The company');
  });
});

describe('what is not ours', () => {
  it('is acknowledged all the same: an unknown button is no timeout', async () => {
    const posted = await world.app.client.chat.postMessage({
      channel: SEARCH,
      text: 'old',
      blocks: [
        {
          type: 'actions',
          elements: [{ type: 'button', action_id: 'old.button', text: { type: 'plain_text', text: 'Old' } }],
        },
      ],
    });
    const place = { kind: 'message', channel: SEARCH, ts: posted.ts ?? '' } as const;
    expect(await world.slack.clickAction(BEN, place, { actionId: 'old.button' })).toEqual({ ok: true });
  });
});
