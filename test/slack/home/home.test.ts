import { beforeEach, describe, expect, it } from 'vitest';
import { addDays, type Day, parseMonth } from '../../../src/core/base/time.js';
import { raiseAlerts } from '../../../src/usecases/alerts/raise-alerts.js';
import { reallocate } from '../../../src/usecases/allocation/reallocate.js';
import { ingestSource } from '../../../src/usecases/sources/ingest.js';
import { link, member, person } from '../../support/build/directory.js';
import { chargesOf, createTestProvider } from '../../support/company/company.js';
import { ANA, BEN, createWorld, KEYS, SEARCH, textOf, type World } from '../../support/slack/world.js';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});

async function home(who: string) {
  await world.slack.openHome(who);
  await world.slack.idle();
  const seen = world.slack.see(who).home;
  if (seen === null) throw new Error('no home');
  return seen;
}

describe('App Home', () => {
  it('shows everybody the month and the teams, and keeps FinOps’s part to FinOps', async () => {
    const text = textOf((await home(BEN)).view.blocks);
    expect(text).toContain('AI spend, Nov 2026');
    expect(text).toContain('*Search*\n$1,700.00');
    expect(text).toContain('2 rules, version 1');
    expect(text).toContain('Your own use this month: \n$680.00');
    for (const kept of ['Unallocated: ', 'complete through', 'Manage rules'])
      expect(text).not.toContain(kept);
  });

  it('shows FinOps what nobody owns, feeds in words, and the ways to rules and settings', async () => {
    const text = textOf((await home(ANA)).view.blocks);
    for (const shown of ['Unallocated: $170.00', 'complete through 17 Nov 2026', 'Manage rules', 'Settings'])
      expect(text).toContain(shown);
    const { id } = await home(ANA);
    await world.slack.clickAction(ANA, { kind: 'view', viewId: id }, { actionId: 'help.settings' });
    await world.slack.idle();
    expect(textOf(world.slack.see(ANA).modals.at(-1)?.view.blocks)).toContain('Team channels');
  });

  it('shows one’s own team against its plan', async () => {
    const { store, clock } = world.context;
    const actor = { kind: 'system', name: 'test' } as const;
    await store.importPeople({
      people: [person('ben', { slackUserId: BEN })],
      memberships: [member('ben', 'Search', '2026-01-01')],
      teams: [],
      actor,
      atMs: clock(),
    });
    const month = parseMonth('2026-11');
    const plan = { currency: 'USD', amount: 2_000_000_000_000n, phasing: 'calendar-days' } as const;
    await store.putPlans({
      changes: [{ dimension: 'team', owner: 'Search', month, plan }],
      actor,
      atMs: clock(),
    });
    const text = textOf((await home(BEN)).view.blocks).replaceAll('\n', ' ');
    expect(text).toContain('Your team Search : $1,700.00 of $2,000.00,  ▲ $566.67 above plan');
    expect(text).toContain('■■■■■■■■□□ 85.0% of the month’s budget');
  });

  it('keeps to the visibility that is set: only one’s own teams, and no total', async () => {
    await world.context.store.changeSettings({
      area: 'visibility',
      value: { teams: 'own-team', people: 'nobody' },
      base: null,
      actor: world.context.actor,
      atMs: 1,
    });
    const text = textOf((await home(BEN)).view.blocks);
    expect(text).not.toContain('Search');
    expect(text).not.toContain('$2,550.00');
    expect(textOf((await home(ANA)).view.blocks)).toContain('$2,550.00');
  });

  it('is not published again while it shows the same', async () => {
    const published = () => world.slack.calls.filter(({ method }) => method === 'views.publish').length;
    await home(BEN);
    await home(BEN);
    expect(published()).toBe(1);
    world.context.testClock.set('2026-11-19');
    await world.context.store.putLink(
      link('apiKey', 'k', { person: 'ben@larkspur.test' }),
      world.context.actor,
      1,
    );
    await home(BEN);
    expect(published()).toBe(2);
  });

  it('offers questions on its messages tab where the workspace has agents, and is silent elsewhere', async () => {
    await world.slack.openHome(BEN, 'messages');
    await world.slack.idle();
    const [call] = world.slack.calls.filter(
      ({ method }) => method === 'assistant.threads.setSuggestedPrompts',
    );
    expect(call?.response).toMatchObject({ ok: true });
    expect(call?.args).not.toHaveProperty('thread_ts');
    world.slack.faults.push({
      method: 'assistant.threads.setSuggestedPrompts',
      kind: 'error',
      error: 'not_allowed_token_type',
    });
    await world.slack.openHome(BEN, 'messages');
    await world.slack.idle();
    expect(world.context.log.lines.filter(({ level }) => level !== 'info')).toEqual([]);
    const offers = () =>
      world.slack.calls.filter(({ method }) => method === 'assistant.threads.setSuggestedPrompts').length;
    const before = offers();
    await world.slack.openHome(BEN, 'messages');
    await world.slack.idle();
    expect(offers()).toBe(before);
  });

  it('is published once for an event that Slack delivers twice', async () => {
    const event = {
      body: {
        type: 'event_callback',
        event_id: 'Ev1',
        team_id: 'T0SANDBOX1',
        event: { type: 'app_home_opened', user: BEN, tab: 'home', channel: 'D1' },
      },
      ack: async () => undefined,
    };
    await world.app.processEvent(event);
    await world.app.processEvent(event);
    expect(world.slack.calls.filter(({ method }) => method === 'views.publish')).toHaveLength(1);
  });

  it('is said in words by /apportion, with help for everything else', async () => {
    const say = async (text: string) => {
      await world.slack.runCommand(BEN, SEARCH, text);
      await world.slack.idle();
      return textOf(world.lastMessage(BEN, SEARCH).blocks);
    };
    expect(await say('/apportion home')).toContain('AI spend, Nov 2026');
    expect(await say('/apportion sources')).toContain('claude');
    expect(await say('/apportion')).toContain('/spend team search last week by key');
    expect(await say('/apportion help')).toBe(await say('/apportion'));
    expect(await say('/apportion frobnicate')).toContain('“frobnicate” is nothing that /apportion knows');
  });

  describe('in its help', () => {
    const help = async (who: string) => {
      await world.slack.runCommand(who, SEARCH, '/apportion');
      await world.slack.idle();
      return world.lastMessage(who, SEARCH);
    };
    const press = async (who: string, ts: string, actionId: string) => {
      const place = { kind: 'message', channel: SEARCH, ts } as const;
      expect(await world.slack.clickAction(who, place, { actionId })).toEqual({ ok: true });
      await world.slack.idle();
    };
    const buttonsOf = ({ blocks }: { readonly blocks: readonly unknown[] }) =>
      blocks.flatMap((block) => {
        const { accessory } = block as { accessory?: { action_id: string; text: { text: string } } };
        return accessory === undefined ? [] : [accessory];
      });

    it('has a button for each example that answers beside it', async () => {
      const shown = await help(BEN);
      const buttons = buttonsOf(shown);
      expect(buttons.map(({ text }) => text.text)).toEqual([
        '/spend',
        '/spend last week by model',
        '/spend me',
        '/spend team unallocated by key',
        '/apportion home',
        '/apportion budgets',
        '/apportion claims',
        '/apportion alerts',
        '/apportion invoices',
        '/apportion digest',
        '/apportion sources',
        '/apportion people',
        '/apportion settings',
        '/rules',
      ]);
      const answers: string[] = [];
      // What opens a form does not answer beside it.
      const forms = ['/apportion digest', '/apportion settings', '/rules'];
      for (const { action_id: id } of buttons.filter(({ text }) => !forms.includes(text.text))) {
        await press(BEN, shown.ts, id);
        answers.push(textOf(world.lastMessage(BEN, SEARCH).blocks));
      }
      for (const [at, said] of ['The company', 'gpt-5.1', 'ben@larkspur.test', 'stray'].entries())
        expect(answers[at]).toContain(said);
      expect(answers.slice(4).map((text) => text.split('\n')[0])).toEqual([
        'AI spend, Nov 2026',
        'Budgets, Nov 2026',
        'No claim is open: everything that costs enough has an owner.',
        'No alert is open: nothing unusual is being spent.',
        'Only FinOps, finance or leaders may see invoices; ask FinOps.',
        'Bills',
        'People',
      ]);
      expect(world.messages(BEN, SEARCH)).toHaveLength(1 + answers.length);
      expect(world.messages(BEN, SEARCH)[0]).toEqual(shown);
    });

    it('opens the rules to FinOps, and tells everyone else why not', async () => {
      for (const [who, said] of [
        [ANA, 'Add a rule'],
        [BEN, 'Only FinOps may change the rules'],
      ] as const) {
        const { ts } = await help(who);
        await press(who, ts, 'home.manage-rules');
        expect(textOf(world.slack.see(who).modals.at(-1)?.view.blocks)).toContain(said);
      }
    });
  });
});

describe('an alert', () => {
  /** Search runs away on 18 November; the next morning a case opens and is told. */
  beforeEach(async () => {
    const spike = KEYS.map((key) =>
      key.key === 'search-prod'
        ? { ...key, cents: (day: Day) => (day === '2026-11-18' ? 90_000 : 10_000) }
        : key,
    );
    world = await createWorld({ keys: spike, from: '2026-08-01' });
    world.context.testClock.set('2026-11-19');
    const today = '2026-11-19' as Day;
    const provider = createTestProvider((window) => ({
      charges: chargesOf(spike, window),
      completeThrough: addDays(today, -1),
    }));
    await ingestSource(world.context, provider, { from: '2026-08-01' as Day, to: today });
    await reallocate(world.context);
    await world.context.store.importPeople({
      people: [person('ben', { slackUserId: BEN })],
      memberships: [],
      teams: [{ name: 'Search', parent: null, ownerEmail: 'ben@larkspur.test', channel: SEARCH }],
      actor: world.context.actor,
      atMs: world.context.clock(),
    });
    await raiseAlerts(world.context, { today });
    await world.deliver();
  });

  const parent = () => {
    const [first] = world.messages(BEN, SEARCH).filter((one) => one.threadTs === null && !one.isEphemeral);
    if (first === undefined) throw new Error('no alert');
    return first;
  };
  const press = async (actionId: string) => {
    const place = { kind: 'message', channel: SEARCH, ts: parent().ts } as const;
    expect(await world.slack.clickAction(BEN, place, { actionId })).toEqual({ ok: true });
    await world.slack.idle();
  };

  it('is acknowledged with a comment: the parent changes, the thread is told, the home knows', async () => {
    expect(textOf(parent().blocks)).toContain('Unusual spend: key search-prod (Search)');
    await press('alert.acknowledge');
    const form = world.slack.see(BEN).modals.at(-1);
    const comment = { comment: { comment: 'A load test; over by <!channel> noon' } };
    expect(await world.slack.submitView(BEN, form?.id ?? '', comment)).toEqual({ outcome: 'closed' });
    await world.slack.idle();
    expect(textOf(parent().blocks)).toContain('Acknowledged: key search-prod (Search)');
    expect(textOf(parent().blocks)).not.toContain('Acknowledge\n');
    const replies = world.messages(BEN, SEARCH).filter(({ threadTs }) => threadTs === parent().ts);
    const note = replies.find(({ text }) => text.startsWith('Acknowledged by ben.osei'));
    expect(note?.text).toContain('&lt;!channel&gt;');
    expect(textOf((await home(ANA)).view.blocks)).toContain('acknowledged by ben.osei');
    expect(world.slack.troubles).toEqual([]);
  });

  it('is explained on a click, to the person alone', async () => {
    await press('alert.explain');
    const seen = world.messages(BEN, SEARCH).find(({ isEphemeral }) => isEphemeral);
    expect(textOf(seen?.blocks)).toContain('search-prod');
    expect(world.messages(ANA, SEARCH).some(({ isEphemeral }) => isEphemeral)).toBe(false);
  });

  it('is acknowledged from App Home too', async () => {
    const { id } = await home(BEN);
    await world.slack.clickAction(BEN, { kind: 'view', viewId: id }, { actionId: 'alert.acknowledge' });
    await world.slack.idle();
    await world.slack.submitView(BEN, world.slack.see(BEN).modals.at(-1)?.id ?? '');
    await world.slack.idle();
    expect(textOf(parent().blocks)).toContain('Acknowledged: key search-prod (Search)');
  });
});
