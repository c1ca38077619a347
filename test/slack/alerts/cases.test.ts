import { beforeEach, describe, expect, it } from 'vitest';
import { addDays, type Day } from '../../../src/core/base/time.js';
import { raiseAlerts } from '../../../src/usecases/alerts/raise-alerts.js';
import { reallocate } from '../../../src/usecases/allocation/reallocate.js';
import { ingestSource } from '../../../src/usecases/sources/ingest.js';
import { chargesOf, createTestProvider, keyRule } from '../../support/company/company.js';
import {
  ANA,
  BEN,
  createWorld,
  delivered,
  FINOPS,
  KEYS,
  SEARCH,
  textOf,
  type World,
} from '../../support/slack/world.js';

const HOSTILE = `<!channel> *x* _y_ ${'long '.repeat(60)}`;
const TODAY = '2026-11-19' as Day;
let world: World;

/** A key of Search with a name that tries everything runs away on 18 November. */
beforeEach(async () => {
  const keys = [
    ...KEYS,
    {
      key: HOSTILE,
      model: 'claude-opus-4-5',
      cents: (day: Day) => (day === '2026-11-18' ? 90_000 : 1_000),
    },
  ];
  const rules = {
    version: 1 as const,
    dimensions: [
      {
        id: 'team',
        rules: [
          ...['search-prod', HOSTILE].map((key, n) => ({
            ...keyRule(key, 'Search'),
            id: `search-${n}`,
            name: `Search ${n}`,
          })),
          keyRule('support-bot', 'Support'),
        ],
      },
    ],
  };
  world = await createWorld({ keys, rules, from: '2026-09-01' });
  world.context.testClock.set(TODAY);
  const provider = createTestProvider((window) => ({
    charges: chargesOf(keys, window),
    completeThrough: addDays(TODAY, -1),
  }));
  await ingestSource(world.context, provider, { from: '2026-09-01' as Day, to: TODAY });
  await reallocate(world.context);
  const person = (email: string, slackUserId: string) => ({
    email,
    name: email,
    kind: 'employee' as const,
    aliases: [],
    slackUserId,
  });
  await world.context.store.importPeople({
    people: [person('ana@larkspur.test', ANA), person('ben@larkspur.test', BEN)],
    memberships: [],
    teams: [{ name: 'Search', parent: null, ownerEmail: 'cleo@larkspur.test', channel: SEARCH }],
    actor: world.context.actor,
    atMs: world.context.clock(),
  });
  await raiseAlerts(world.context, { today: TODAY });
  await world.deliver();
});

const parents = () =>
  world
    .messages(ANA, SEARCH)
    .filter((one) => one.threadTs === null && one.author.kind === 'app' && !one.isEphemeral);
const parent = () => {
  const [first, ...more] = parents();
  if (first === undefined || more.length > 0) throw new Error(`${more.length + 1} parents`);
  return first;
};
const replies = () => world.messages(ANA, SEARCH).filter(({ threadTs }) => threadTs === parent().ts);
const thread = () => textOf(replies().map(({ blocks }) => blocks));

async function choose(who: string, what: string) {
  const [open] = await world.context.store.listOpenCases();
  const place = { kind: 'message', channel: SEARCH, ts: parent().ts } as const;
  await world.slack.clickAction(who, place, { actionId: 'alert.more', value: `${what}:${open?.id ?? 0}` });
  await world.slack.idle();
  const view = world.slack.see(who).modals.at(-1);
  if (view === undefined) throw new Error('no form');
  return view;
}

async function fill(who: string, what: string, values: Parameters<World['slack']['submitView']>[2]) {
  const form = await choose(who, what);
  const outcome = await world.slack.submitView(who, form.id, values);
  await world.slack.idle();
  return outcome;
}

const audited = async (action: string) =>
  (await world.context.store.listAudit(100)).filter((entry) => entry.action === action);

describe('the message of a case', () => {
  it('is one, whatever its key is called, with its explanation and two charts in the thread', () => {
    const { text } = parent();
    expect(text).not.toContain('<!');
    expect(text).toContain('&lt;!channel&gt;');
    expect(textOf(parent().blocks)).toContain('Unusual spend: key <!channel> *x*');
    expect(thread()).toContain('Prices: +$890.00');
    expect(replies().filter(({ files }) => files.length > 0)).toHaveLength(2);
    expect(world.slack.troubles).toEqual([]);
  });

  it('stays one and true when another process delivers what is left', async () => {
    await raiseAlerts(world.context, { today: TODAY });
    await delivered(world.restartDeliver());
    expect(replies()).toHaveLength(3);
    expect(parent().text).toContain('$900.00');
  });

  it('books expected spend until a day, which the parent then says', async () => {
    const wrong = await fill(ANA, 'expected', { until: { until: '2026-11-01' }, limit: { limit: 'lots' } });
    expect(wrong).toEqual({
      outcome: 'errors',
      errors: {
        until: 'Choose today or a later day.',
        limit: 'Write an amount above zero such as 250 or 1000.50.',
      },
    });
    const form = world.slack.see(ANA).modals.at(-1);
    const right = {
      until: { until: '2026-11-25' },
      limit: { limit: '1,000' },
      comment: { comment: 'Evaluation' },
    };
    expect(await world.slack.submitView(ANA, form?.id ?? '', right)).toEqual({ outcome: 'closed' });
    await world.slack.idle();
    expect(textOf(parent().blocks)).toContain(
      'Expected until 25 Nov 2026, up to $1,000.00 a day, said by ana.ruiz.',
    );
    expect(thread()).toContain('“Evaluation”');
    expect(await audited('alert.expected')).toHaveLength(1);
  });

  it('mutes the key, lists the mute, and unmutes it again', async () => {
    expect(await fill(ANA, 'mute', { until: { until: '2026-12-19' } })).toEqual({ outcome: 'closed' });
    expect(textOf(parent().blocks)).toContain('Muted until 19 Dec 2026');
    await world.slack.runCommand(ANA, FINOPS, '/apportion alerts');
    await world.slack.idle();
    const list = world.lastMessage(ANA, FINOPS);
    expect(textOf(list.blocks)).toContain('is muted until 19 Dec 2026');
    expect(textOf(list.blocks)).toContain('Assigned to: nobody');
    const place = { kind: 'message', channel: FINOPS, ts: list.ts } as const;
    await world.slack.clickAction(ANA, place, { actionId: 'alert.lift' });
    await world.slack.idle();
    expect(textOf(world.lastMessage(ANA, FINOPS).blocks)).not.toContain('is muted');
    expect(thread()).toContain('unmuted this key');
    expect(await world.context.store.listSilences()).toEqual([]);
  });

  it('is handed to somebody, who hears of it in a direct message and may then answer', async () => {
    expect(textOf((await choose(BEN, 'assign')).view.blocks)).toContain('Only the lead of team Search');
    await fill(ANA, 'assign', { person: { person: BEN }, comment: { comment: 'Yours?' } });
    expect(textOf(parent().blocks)).toContain('Assigned to ben@larkspur.test.');
    const direct = world.slack.see(BEN).conversations.find(({ id }) => id.startsWith('D'));
    expect(textOf(direct?.messages.at(-1)?.blocks)).toContain('ana.ruiz has assigned you');
    const place = { kind: 'message', channel: SEARCH, ts: parent().ts } as const;
    await world.slack.clickAction(BEN, place, { actionId: 'alert.acknowledge' });
    await world.slack.idle();
    await world.slack.submitView(BEN, world.slack.see(BEN).modals.at(-1)?.id ?? '');
    await world.slack.idle();
    expect(textOf(parent().blocks)).toContain('Acknowledged: key');
    expect(world.slack.troubles).toEqual([]);
  });

  it('opens the rule that allocated the money for those who may edit it, and reads it to others', async () => {
    expect(textOf((await choose(ANA, 'rule')).view.blocks)).toContain('Name of the rule');
    expect(textOf((await choose(BEN, 'rule')).view.blocks)).toContain('Only FinOps may change it');
  });

  it('keeps what people write in its thread in the audit log, once, and nothing else', async () => {
    await world.slack.sendMessage(BEN, SEARCH, 'It was me <3', parent().ts);
    await world.slack.sendMessage(BEN, SEARCH, 'Lunch?');
    await world.slack.idle();
    expect(await audited('alert.comment')).toMatchObject([
      { actor: `slack:${BEN} (ben@larkspur.test)`, detail: { text: 'It was me &lt;3', in: 'thread' } },
    ]);
    expect(await fill(BEN, 'comment', { comment: { comment: 'A loop' } })).toEqual({ outcome: 'closed' });
    expect(thread()).toContain('A loop');
    expect(await audited('alert.comment')).toHaveLength(2);
  });
});
