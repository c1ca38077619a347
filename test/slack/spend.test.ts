import { beforeEach, describe, expect, it } from 'vitest';
import { ANA, BEN, createWorld, SEARCH, textOf, type World } from './world.js';

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
  const { ts } = world.lastMessage(who, SEARCH);
  const outcome = await world.slack.clickAction(who, { kind: 'message', channel: SEARCH, ts }, { actionId });
  await world.slack.idle();
  expect(outcome).toEqual({ ok: true });
  return world.lastMessage(who, SEARCH);
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

  it('breaks no figure into two lines', async () => {
    const table = (await ask('/spend')).blocks.find((block) => block.type === 'table');
    expect(table).toMatchObject({ column_settings: [{ is_wrapped: true }, { is_wrapped: false }, {}, {}] });
  });

  it('is shared with the channel on request, asked anew', async () => {
    await ask('/spend');
    await press('spend.share');
    const seen = world.lastMessage(ANA, SEARCH);
    expect(seen.isEphemeral).toBe(false);
    expect(textOf(seen.blocks)).toContain('Shared by');
    expect(textOf(seen.blocks)).toContain('$2,550.00');
  });

  it('answers clicks in a shared report for the clicker alone and leaves the report as it is', async () => {
    await ask('/spend');
    await press('spend.share');
    const shared = world.lastMessage(ANA, SEARCH);
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
