import { beforeEach, describe, expect, it } from 'vitest';
import { parseMonth } from '../../../src/core/base/time.js';
import { raiseClaims } from '../../../src/usecases/claims/raise-claims.js';
import { member, person } from '../../support/build/directory.js';
import { ANA, BEN, createWorld, FINOPS, SEARCH, textOf, type World } from '../../support/slack/world.js';

/** A matcher of text, typed. */
const containing = (part: string): unknown => expect.stringContaining(part);

let world: World;
beforeEach(async () => {
  world = await createWorld();
  await world.context.store.importPeople({
    people: [
      person('ana', { name: 'Ana Ruiz', slackUserId: ANA }),
      person('ben', { name: 'Ben Osei', aliases: ['b.osei@larkspur.test'], slackUserId: BEN }),
      person('cy', { name: 'Cy <!channel> Dale' }),
    ],
    memberships: [
      member('ana', 'FinOps', '2026-01-01'),
      member('ben', 'Support', '2026-01-01', { managerEmail: 'gone@larkspur.test', costCentre: 'CC-7' }),
      member('cy', 'Support', '2026-01-01', { managerEmail: 'ben@larkspur.test' }),
    ],
    teams: [],
    actor: { kind: 'terminal', name: 'ana' },
    atMs: world.context.clock(),
  });
});

async function say(text: string, who = BEN) {
  await world.slack.runCommand(who, SEARCH, text);
  await world.slack.idle();
  return textOf(world.lastMessage(who, SEARCH).blocks);
}

async function press(actionId: string, who = ANA) {
  const { ts } = world.lastMessage(who, SEARCH);
  const outcome = await world.slack.clickAction(who, { kind: 'message', channel: SEARCH, ts }, { actionId });
  await world.slack.idle();
  expect(outcome).toEqual({ ok: true });
}

const modal = (who = ANA) => {
  const view = world.slack.see(who).modals.at(-1);
  if (view === undefined) throw new Error('no modal');
  return view;
};

describe('/apportion', () => {
  it('offers the nearest words, and buttons that run them', async () => {
    expect(await say('/apportion budgts')).toContain(
      '“budgts” is nothing that /apportion knows. Did you mean:',
    );
    await press('help.budgets', BEN);
    expect(textOf(world.lastMessage(BEN, SEARCH).blocks)).toContain('Budgets, Nov 2026');
  });
});

describe('/apportion people', () => {
  it('finds somebody by a part of a name or address, with where they belong today', async () => {
    const text = await say('/apportion people osei');
    expect(text).toContain('Ben Osei');
    expect(text).toContain('team Support, manager gone@larkspur.test, cost centre CC-7, linked to Slack.');
    expect(text).toContain('Nothing is linked to them but their addresses.');
    expect(await say('/apportion people ana')).not.toContain('linked to them');
    expect(await say('/apportion people nobody')).toContain('Nobody in the directory is called “nobody”');
    expect(await say('/apportion people support')).toContain('2 matches');
  });

  it('shows FinOps how whole the directory is, and others only how to look up', async () => {
    expect(await say('/apportion people')).not.toContain('not in Slack');
    const text = await say('/apportion people', ANA);
    expect(text).toContain(
      '3 people in 2 teams today. The HR file came in on 18 Nov 2026, by ana (terminal).',
    );
    expect(text).toContain('In the directory, but not in Slack: 1');
    expect(text).toContain('Cy <!channel> Dale (cy@larkspur.test)');
    expect(text).toContain('Managers whom the directory does not know: 1\ngone@larkspur.test');
    const live = JSON.stringify(
      world.lastMessage(ANA, SEARCH).blocks.filter(({ type }) => type === 'section'),
    );
    expect(live).not.toContain('<!channel>');
    expect(world.slack.troubles).toEqual([]);
  });
});

describe('/apportion claims', () => {
  it('shows what waits for oneself first, and everything to FinOps alone', async () => {
    await raiseClaims(world.context);
    const own = await say('/apportion claims');
    expect(own).toContain('open');
    expect(own).not.toContain('Waiting for others');
    expect(await say('/apportion claims', ANA)).toContain('stray');
  });
});

describe('/apportion budgets', () => {
  const plans = () =>
    world.context.store.listPlans({ from: parseMonth('2026-01'), to: parseMonth('2027-12') });
  const fill = async (fields: Readonly<Record<string, unknown>>) => {
    const outcome = await world.slack.submitView(ANA, modal().id, fields as never);
    await world.slack.idle();
    return outcome;
  };

  it('sets a team’s budget for several months, shows the month against it, and takes it back', async () => {
    expect(await say('/apportion budgets')).toContain('No budget is set for Nov 2026.');
    expect(await say('/apportion budgets')).not.toContain('Set a budget');
    await say('/apportion budgets', ANA);
    await press('budgets.set');
    const place = { kind: 'view', viewId: modal().id } as const;
    const name = { blockId: 'budget-team', actionId: 'budgets.team' };
    const { options } = await world.slack.suggest(ANA, place, { ...name, query: 'sea' });
    const team = { 'budget-team': { 'budgets.team': options[0]?.value ?? '' } };
    expect(await fill({ ...team, 'budget-amount': { 'budgets.amount': '1.500,00' } })).toMatchObject({
      outcome: 'errors',
      errors: { 'budget-amount': containing('such as 1200') },
    });
    await fill({
      ...team,
      'budget-amount': { 'budgets.amount': '3000' },
      'budget-months': { 'budgets.months': '3' },
    });
    expect(textOf(modal().view.blocks)).toBe(
      'Search has a budget of $3,000.00 a month, Nov 2026 to Jan 2027.',
    );
    expect((await plans()).map(({ month, amount }) => [month, amount])).toEqual(
      ['2026-11', '2026-12', '2027-01'].map((month) => [month, 3_000_000_000_000n]),
    );
    const text = await say('/apportion budgets');
    expect(text).toContain('0 of 1 team with a budget are above plan in Nov 2026, through 17 Nov 2026.');
    expect(text).toContain('Search\n$3,000.00\n$1,700.00\n$1,700.00\non plan\n56.7%');
    expect(text).toContain('no budget');
    await say('/apportion budgets 2026-12', ANA);
    await press('budgets.set');
    await world.slack.suggest(ANA, { kind: 'view', viewId: modal().id }, { ...name, query: 'sea' });
    await fill({ ...team, 'budget-amount': { 'budgets.amount': '' } });
    expect((await plans()).map(({ month }) => month)).toEqual(['2026-11', '2027-01']);
    expect(world.slack.troubles).toEqual([]);
  });

  it('takes a pasted list, and names row and column of what is wrong in it', async () => {
    await say('/apportion budgets', ANA);
    await press('budgets.paste');
    const paste = (text: string) => fill({ 'budget-text': { 'budgets.text': text } });
    expect(await paste('owner,month,amount\nSearch,2026-13,5')).toMatchObject({
      errors: {
        'budget-text': containing('The list, row 2, column month: "2026-13" is no month'),
      },
    });
    await paste('owner,month,amount\nSearch,2026-12,1200.50\nSupport,2026-12,7');
    expect(textOf(modal().view.blocks)).toBe('2 of 2 budgets changed.');
    expect((await plans()).map(({ owner, amount }) => [owner, amount])).toEqual([
      ['Search', 1_200_500_000_000n],
      ['Support', 7_000_000_000n],
    ]);
  });

  it('lets nobody set one who is neither FinOps nor finance, even with an old button', async () => {
    await world.app.client.chat.postMessage({
      channel: SEARCH,
      text: 'old',
      blocks: [
        {
          type: 'actions',
          elements: [
            {
              type: 'button',
              action_id: 'budgets.set',
              value: '{"month":"2026-11"}',
              text: { type: 'plain_text', text: 'Set' },
            },
          ],
        },
      ],
    });
    await press('budgets.set', BEN);
    expect(textOf(modal(BEN).view.blocks)).toBe('Only FinOps or finance may set budgets; ask FinOps.');
  });
});

describe('talking to the app', () => {
  const mention = async (text: string, who = BEN) => {
    await world.slack.sendMessage(who, SEARCH, `@apportion ${text}`);
    await world.slack.idle();
    return world.lastMessage(who, SEARCH);
  };

  it('understands the words of the commands, with or without their names', async () => {
    expect(textOf((await mention('budgets')).blocks)).toContain('Budgets, Nov 2026');
    expect(textOf((await mention('/apportion help')).blocks)).toContain('/spend last week by model');
    expect(textOf((await mention('/spend team search')).blocks)).toContain('$1,700.00');
    expect(textOf((await mention('rules', ANA)).blocks)).toContain('Key search-prod');
    expect(textOf((await mention('settings')).blocks)).toContain('Open the settings');
  });

  it('keeps to the asker in a channel what is for them alone', async () => {
    const claims = await mention('claims');
    expect(claims.isEphemeral).toBe(true);
    const people = await mention('by person', ANA);
    expect(people.isEphemeral).toBe(true);
    expect((await mention('by model')).isEphemeral).toBe(false);
  });

  it('answers the asker alone in a channel that another workspace reads', async () => {
    world.slack.share(SEARCH);
    const answer = await mention('team search');
    expect(textOf(answer.blocks)).toContain('$1,700.00');
    expect(answer.isEphemeral).toBe(true);
    expect(JSON.stringify(world.messages(ANA, SEARCH))).not.toContain('1,700');
  });

  it('says what it did not understand, and what it knows', async () => {
    const text = textOf((await mention('setings please')).blocks);
    expect(text).toContain('setings');
    expect(text).toContain('/apportion settings');
    expect(text).toContain(
      'I also know: home, sources, people, claims, alerts, budgets, invoices, digest, close, settings, help, rules.',
    );
  });

  it('answers a direct message in the open, for only its author reads it', async () => {
    const im = world.slack.see(BEN).conversations.find(({ kind }) => kind === 'im')?.id ?? FINOPS;
    await world.slack.sendMessage(BEN, im, 'claims');
    await world.slack.idle();
    expect(textOf(world.lastMessage(BEN, im).blocks)).toContain('No claim is open');
  });
});
