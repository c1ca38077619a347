import { beforeEach, describe, expect, it } from 'vitest';
import { month } from '../../support/build/charges.js';
import { ANA, BEN, createWorld, FINOPS, SEARCH, textOf, type World } from '../../support/slack/world.js';

const SEP = month('2026-09');

let world: World;
beforeEach(async () => {
  // 5 a day of the stray key: below what may stay unallocated.
  world = await createWorld({
    keys: [
      { key: 'search-prod', model: 'sonnet', cents: () => 10_000 },
      { key: 'support-bot', model: 'haiku', cents: () => 4_000 },
      { key: 'stray', model: 'gpt-5.1', cents: () => 500 },
    ],
    settings: { finopsUserGroup: null, finopsUsers: [ANA, CEM] },
    slack: {
      people: [
        { id: ANA, name: 'Ana Ruiz', email: 'ana@larkspur.test' },
        { id: BEN, name: 'Ben Osei', email: 'ben@larkspur.test' },
        { id: CEM, name: 'Cem Aydin', email: 'cem@larkspur.test' },
      ],
      channels: [
        { id: FINOPS, name: 'finops', members: [ANA, BEN, CEM] },
        { id: SEARCH, name: 'search', members: [ANA, BEN, CEM] },
      ],
    },
  });
  await world.context.store.importPeople({
    people: [],
    memberships: [],
    teams: [{ name: 'Search', parent: null, ownerEmail: 'ben@larkspur.test', channel: SEARCH }],
    actor: { kind: 'system', name: 'test' },
    atMs: world.context.clock(),
  });
});
const CEM = 'U0CEM00003';

/** What a person sees after `/apportion close`, with its buttons. */
async function ask(who: string, words = 'close 2026-09') {
  await world.slack.runCommand(who, FINOPS, `/apportion ${words}`);
  await world.slack.idle();
  return world.lastMessage(who, FINOPS);
}
/** Clicks in the answer the person got last. */
async function click(who: string, actionId: string) {
  const { ts } = await ask(who);
  await world.slack.clickAction(who, { kind: 'message', channel: FINOPS, ts }, { actionId });
  await world.slack.idle();
}
async function sayWhy(who: string, reason: string) {
  const open = world.slack.see(who).modals.at(-1);
  if (open === undefined) throw new Error('no form is open');
  await world.slack.submitView(who, open.id, { reason: { 'close.reason': reason } });
  await world.slack.idle();
}
const stage = async () => (await world.context.store.findMonthRecord(SEP)).stage;
/** FinOps's own message about the month, then its thread. */
function told() {
  const shared = world.messages(ANA, FINOPS).filter(({ isEphemeral }) => !isEphemeral);
  const at = shared.findIndex(({ text }) => text.includes('Sep 2026 is '));
  const parent = shared[at];
  return [parent, ...shared.filter(({ threadTs, ts }) => threadTs === parent?.ts && ts !== parent?.ts)].map(
    (each) => each?.text,
  );
}

describe('/apportion close', () => {
  it('shows the checklist of the month that is due, or of the one that is named', async () => {
    expect(textOf((await ask(ANA, 'close')).blocks)).toContain('Sep 2026 is open');
    const message = await ask(ANA, 'close 2026-10');
    expect(message.isEphemeral).toBe(true);
    expect(textOf(message.blocks)).toContain('Unallocated: $155.00 ($250.00 may stay).');
    expect((await ask(ANA, 'close 2025-01')).text).toBe('The ledger holds no charges of 2025-01.');
    expect((await ask(ANA, 'close soon')).text).toContain('is not a month');
  });

  it('keeps the figures of the company from those who may only see their team', async () => {
    const { store } = world.context;
    const value = { teams: 'own-team', people: 'finops' };
    const actor = { kind: 'system', name: 'test' } as const;
    await store.changeSettings({ area: 'visibility', value, base: null, actor, atMs: 1 });
    const seen = async (who: string) => {
      const { text, blocks } = await ask(who, 'close 2026-10');
      return `${text} ${textOf(blocks)}`;
    };
    expect(await seen(ANA)).toContain('Unallocated: $155.00');
    expect(await seen(BEN)).toContain('Little enough is unallocated.');
    expect(await seen(BEN)).not.toMatch(/[$]|USD/);
  });

  it('takes a month from open to locked by button, and mirrors every step in one thread', async () => {
    await click(ANA, 'close.soft');
    expect(await stage()).toBe('soft-closed');
    expect(textOf((await ask(ANA)).blocks)).toContain('Not signed: Search, Support.');
    await click(BEN, 'close.sign');
    await click(CEM, 'close.sign');
    await click(ANA, 'close.lock');
    expect(await stage()).toBe('locked');
    expect(told()).toEqual([
      expect.stringContaining('Sep 2026 is locked'),
      expect.stringContaining('has soft-closed Sep 2026'),
      expect.stringContaining('has signed Sep 2026 for Search.'),
      expect.stringContaining('has signed Sep 2026 for Support.'),
      expect.stringContaining('has locked Sep 2026.'),
    ]);
    expect(world.jobs).toContain('reallocate');
  });

  it('lets nobody but FinOps close, and nobody but owners and FinOps sign', async () => {
    await click(BEN, 'close.soft');
    expect(world.lastMessage(BEN, FINOPS).text).toContain('Only FinOps may close');
    expect(await stage()).toBe('open');
    await click(ANA, 'close.soft');
    await world.context.store.importPeople({
      people: [],
      memberships: [],
      teams: [{ name: 'Search', parent: null, ownerEmail: null, channel: SEARCH }],
      actor: { kind: 'system', name: 'test' },
      atMs: 1,
    });
    await click(BEN, 'close.sign');
    expect(world.lastMessage(BEN, FINOPS).text).toContain('Only the owner of a team');
    expect((await world.context.store.findMonthRecord(SEP)).signOffs).toEqual([]);
  });

  it('locks in spite of open items only with a reason, which is told', async () => {
    await click(ANA, 'close.soft');
    await click(ANA, 'close.override');
    await sayWhy(ANA, 'the board meets today');
    expect((await world.context.store.findMonthRecord(SEP)).lock?.override).toEqual({
      reason: 'the board meets today',
      openItems: ['Not signed: Search, Support.'],
    });
  });

  it('unlocks with two people, the second of whom did not lock it', async () => {
    await click(ANA, 'close.soft');
    await click(ANA, 'close.override');
    await sayWhy(ANA, 'the board meets today');
    await click(CEM, 'close.unlock');
    await sayWhy(CEM, 'wrong bill');
    expect(await stage()).toBe('locked');
    await click(CEM, 'close.unlock-confirm');
    expect(world.lastMessage(CEM, FINOPS).text).toContain('a second person must confirm');
    await click(ANA, 'close.unlock-confirm');
    expect(world.lastMessage(ANA, FINOPS).text).toContain('You locked 2026-09 yourself');
    expect(await stage()).toBe('locked');
  });

  it('says so when a click comes too late', async () => {
    const { ts } = await ask(ANA);
    const place = { kind: 'message', channel: FINOPS, ts } as const;
    await world.context.store.softCloseMonth({
      month: SEP,
      actor: { kind: 'slack', userId: CEM, name: 'Cem' },
      atMs: 1,
    });
    await world.slack.clickAction(ANA, place, { actionId: 'close.soft' });
    await world.slack.idle();
    expect(world.lastMessage(ANA, FINOPS).text).toBe(
      '2026-09 is soft-closed; this is for a month that is open.',
    );
  });
});
