import { beforeEach, describe, expect, it } from 'vitest';
import type { Ruleset } from '../../../src/core/rules/rule.js';
import { slackContext } from '../../../src/slack/kit/context.js';
import { linkEverybody } from '../../../src/slack/people/link.js';
import { reallocate } from '../../../src/usecases/allocation/reallocate.js';
import { raiseClaims } from '../../../src/usecases/claims/raise-claims.js';
import { member, person } from '../../support/build/directory.js';
import { keyRule } from '../../support/company/company.js';
import { ANA, BEN, createWorld, FINOPS, textOf, type World } from '../../support/slack/world.js';

const CY = 'U0CY000003';
const PEOPLE = [
  { id: ANA, name: 'Ana Ruiz', email: 'ana@larkspur.test' },
  { id: BEN, name: 'Ben Osei', email: 'ben@larkspur.test' },
  { id: CY, name: 'Cy Dale', email: 'cy@larkspur.test' },
];
/** Keys with an owner follow them; `stray-ben` has none. */
const RULES: Ruleset = {
  version: 1,
  dimensions: [
    {
      id: 'team',
      rules: [
        keyRule('search-prod', 'Search'),
        {
          id: 'owners',
          name: 'Owners',
          when: { attribute: 'apiKeyId', exists: true },
          allocateTo: { owner: 'team' },
        },
      ],
    },
  ],
};
const KEYS = [
  { key: 'search-prod', model: 'claude-sonnet-4-5', cents: () => 10_000 },
  { key: 'ben-notebook', model: 'gpt-5.1', cents: () => 1_000 },
  { key: 'penny', model: 'gpt-5.1', cents: () => 10 },
];

let world: World;
beforeEach(async () => {
  world = await createWorld({
    keys: KEYS,
    rules: RULES,
    slack: { people: PEOPLE, channels: [{ id: FINOPS, name: 'finops', members: [ANA, BEN, CY] }] },
  });
  const people = [
    person('ana', { name: 'Ana Ruiz' }),
    person('ben', { name: 'Ben Osei' }),
    person('cy', { name: 'Cy Dale' }),
  ];
  await world.context.store.importPeople({
    people,
    memberships: [
      member('ana', 'FinOps', '2026-01-01'),
      member('ben', 'Support', '2026-01-01'),
      member('cy', 'Search', '2026-01-01'),
    ],
    teams: [],
    actor: { kind: 'system', name: 'test' },
    atMs: world.context.clock(),
  });
  await linkEverybody(slackContext(world.context), world.app.client);
  await reallocate(world.context);
});

const directChannel = (who: string): string =>
  world.slack.see(who).conversations.find(({ kind }) => kind === 'im')?.id ?? '';
const direct = (who: string) => world.messages(who, directChannel(who));
async function raise() {
  const run = await raiseClaims(world.context);
  await world.deliver();
  return run;
}
async function press(who: string, channel: string, actionId: string, ts?: string) {
  const message = world.messages(who, channel).find((one) => ts === undefined || one.ts === ts);
  const place = { kind: 'message', channel, ts: message?.ts ?? '' } as const;
  const outcome = await world.slack.clickAction(who, place, { actionId });
  await world.slack.idle();
  return outcome;
}
const teamCost = async (team: string) => {
  const range = { from: '2026-09-01' as never, to: '2026-11-18' as never };
  const { rows } = await world.context.store.querySpend({ by: ['team'], range, where: [], currency: 'USD' });
  return rows.find(({ values }) => values[0] === team)?.cost ?? 0n;
};

describe('a key that nobody owns', () => {
  it('is asked of the likeliest owner, with money and reasons; small change is not', async () => {
    expect(await raise()).toEqual({ opened: 1, asked: 1, escalated: 0, closed: 0 });
    const text = textOf(direct(BEN)[0]?.blocks);
    expect(text).toContain('API key ben-notebook (claude)');
    expect(text).toContain('$300.00');
    expect(text).toContain('1 Sep 2026 (78 days)');
    expect(text).toContain('has a name like it');
    expect(
      world.slack.see(CY).conversations.some(({ kind, messages }) => kind === 'im' && messages.length > 0),
    ).toBe(false);
    expect(await raise()).toEqual({ opened: 0, asked: 0, escalated: 0, closed: 0 });
    expect(direct(BEN)).toHaveLength(1);
  });

  it('belongs to who says Mine, from the first unowned day on, and a second click changes nothing', async () => {
    await raise();
    const before = await teamCost('Support');
    await press(BEN, directChannel(BEN), 'claim.mine');
    expect(textOf(direct(BEN)[0]?.blocks)).toContain('It belongs to Ben Osei from 1 Sep 2026 on');
    expect((await world.context.store.directory()).links).toEqual([
      {
        kind: 'apiKey',
        value: 'id-ben-notebook',
        from: '2026-09-01',
        to: null,
        owner: { person: 'ben@larkspur.test' },
      },
    ]);
    expect((await teamCost('Support')) - before).toBe(78n * 10_000_000_000n);
    const [entry] = await world.context.store.listAudit(1);
    expect(entry?.action).toBe('claim.claimed');
    expect(entry?.actor).toContain(BEN);
    // The message was edited, so Slack offers no button any more; a click that was on its way is answered kindly.
    await expect(press(BEN, directChannel(BEN), 'claim.mine')).rejects.toThrow(Error);
    expect(await world.context.store.listAudit(1)).toEqual([entry]);
    expect(world.slack.troubles).toEqual([]);
  });

  it('goes to FinOps when it is not theirs and nobody else is likely, and FinOps names its owner at once', async () => {
    await raise();
    await press(BEN, directChannel(BEN), 'claim.not-mine');
    expect(textOf(direct(BEN)[0]?.blocks)).toContain('You said that it is not yours');
    const asked = world.messages(ANA, FINOPS).find(({ blocks }) => textOf(blocks).includes('Nobody says'));
    expect(textOf(asked?.blocks)).not.toContain('Best guess');
    expect(textOf(asked?.blocks)).toContain('Ben Osei\n said that it is not theirs');
    await press(ANA, FINOPS, 'claim.knows', asked?.ts);
    const form = world.slack.see(ANA).modals.at(-1);
    await world.slack.submitView(ANA, form?.id ?? '', { owner: { owner: CY } });
    await world.slack.idle();
    const settled = world.messages(ANA, FINOPS).find(({ ts }) => ts === asked?.ts);
    expect(textOf(settled?.blocks)).toContain('It belongs to Cy Dale from 1 Sep 2026 on');
    expect((await world.context.store.directory()).links[0]?.owner).toEqual({ person: 'cy@larkspur.test' });
  });

  it('is moved neither by a stranger nor by who was asked before; both get a sentence', async () => {
    await raise();
    await press(BEN, directChannel(BEN), 'claim.not-mine');
    const said = async (who: string) => {
      const asked = world.messages(who, FINOPS).find(({ blocks }) => textOf(blocks).includes('Nobody says'));
      await press(who, FINOPS, 'claim.leave', asked?.ts);
      return textOf(world.lastMessage(who, FINOPS).blocks);
    };
    expect(await said(CY)).toBe('Only FinOps can answer this; nothing was changed.');
    expect(await said(BEN)).toContain('gone to somebody else');
    expect((await world.context.store.listClaims(0))[0]?.state).toBe('escalated');
    expect(await said(ANA)).toContain('stays without an owner');
    expect((await world.context.store.listClaims(0))[0]?.state).toBe('declined');
    expect(await raise()).toMatchObject({ opened: 0 });
  });

  it('is asked next of whom the asked person names', async () => {
    await raise();
    await press(BEN, directChannel(BEN), 'claim.knows');
    const form = world.slack.see(BEN).modals.at(-1);
    await world.slack.submitView(BEN, form?.id ?? '', { owner: { owner: CY } });
    await world.slack.idle();
    expect(textOf(direct(CY)[0]?.blocks)).toContain('was named by Ben Osei');
    expect(textOf(direct(BEN)[0]?.blocks)).toContain('You named somebody else');
    await press(CY, directChannel(CY), 'claim.mine');
    expect((await world.context.store.directory()).links[0]?.owner).toEqual({ person: 'cy@larkspur.test' });
  });

  it('stands on the App Home of who is asked, and its ageing on that of FinOps alone', async () => {
    await raise();
    const home = async (who: string) => {
      await world.slack.openHome(who);
      await world.slack.idle();
      return textOf(world.slack.see(who).home?.view.blocks);
    };
    expect(await home(BEN)).toContain('Claims waiting for you');
    expect(await home(BEN)).not.toContain('Waiting for an owner');
    expect(await home(ANA)).not.toContain('Claims waiting for you');
    expect(await home(ANA)).toContain('ben-notebook (claude): 78 days, perhaps Ben Osei');
    const view = world.slack.see(BEN).home;
    await world.slack.clickAction(BEN, { kind: 'view', viewId: view?.id ?? '' }, { actionId: 'claim.mine' });
    await world.slack.idle();
    expect(textOf(world.slack.see(BEN).home?.view.blocks)).not.toContain('Claims waiting for you');
    expect((await world.context.store.listClaims(0))[0]?.state).toBe('claimed');
  });
});
