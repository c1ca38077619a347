import { beforeEach, describe, expect, it } from 'vitest';
import { readSettings } from '../../../src/usecases/settings/read-settings.js';
import { ANA, BEN, createWorld, FINOPS, SEARCH, textOf, type World } from '../../support/slack/world.js';

/** A matcher of text, typed. */
const containing = (part: string): unknown => expect.stringContaining(part);

let world: World;
beforeEach(async () => {
  world = await createWorld();
});

const settings = async () => (await readSettings(world.context)).settings;
const top = (who = ANA) => {
  const view = world.slack.see(who).modals.at(-1);
  if (view === undefined) throw new Error('no modal');
  return view;
};
const shown = (who = ANA) => textOf(top(who).view.blocks);

async function openMenu(who = ANA): Promise<void> {
  await world.slack.runCommand(who, SEARCH, '/apportion settings');
  await world.slack.idle();
}

/** Opens the form of an area from the menu: the button is found by its value. */
async function openForm(area: string): Promise<void> {
  const menu = top();
  const block = menu.view.blocks.find((each) => JSON.stringify(each).includes(`\\"area\\":\\"${area}\\"`));
  const place = { kind: 'view', viewId: menu.id } as const;
  const use = { actionId: 'settings.change', blockId: block?.block_id ?? '' };
  expect(await world.slack.clickAction(ANA, place, use)).toEqual({ ok: true });
  await world.slack.idle();
}

/** Fills fields in by block id and presses Save. */
async function save(fields: Readonly<Record<string, unknown>>) {
  const answers = Object.fromEntries(
    Object.entries(fields).map(([block, value]) => [block, { [`settings.${block}`]: value }]),
  );
  const outcome = await world.slack.submitView(ANA, top().id, answers as never);
  await world.slack.idle();
  return outcome;
}

async function choose(block: string, query: string): Promise<string> {
  const place = { kind: 'view', viewId: top().id } as const;
  const name = { blockId: block, actionId: `settings.${block}` };
  const { options } = await world.slack.suggest(ANA, place, { ...name, query });
  return options[0]?.value ?? '';
}

describe('/apportion settings', () => {
  it('shows FinOps every area with its value and who changed it; others are told that they may not', async () => {
    await openMenu(BEN);
    expect(shown(BEN)).toBe('Only FinOps may change settings; ask FinOps.');
    await openMenu();
    for (const line of [
      'Mondays at 09:00, UTC',
      'As the directory says',
      'USD',
      'Nobody needs a second person',
    ])
      expect(shown()).toContain(line);
    expect(world.slack.troubles).toEqual([]);
  });

  it('saves materiality for the month close, and the menu behind shows it with its author', async () => {
    await openMenu();
    await openForm('materiality');
    expect(await save({ 'materiality-amount': '12.50', 'materiality-percent': '0.25' })).toEqual({
      outcome: 'closed',
    });
    expect((await settings()).materiality).toEqual({ amount: 12_500_000_000n, basisPoints: 25 });
    expect(shown()).toContain('12.5, or 0.25 % of the month');
    expect(shown()).toContain('Last changed by ana.ruiz on 18 Nov 2026.');
    const [audit] = await world.context.store.listAudit(1);
    expect(audit).toMatchObject({ action: 'settings.change', actor: `slack:${ANA} (ana.ruiz)` });
  });

  it('says what is wrong under the very field, and saves nothing', async () => {
    await openMenu();
    await openForm('approval');
    expect(await save({ 'approval-amount': '1,000', 'approval-percent': '' })).toMatchObject({
      outcome: 'errors',
      errors: { 'approval-amount': containing('such as 250') },
    });
    expect(await save({ 'approval-amount': '', 'approval-percent': '5' })).toMatchObject({
      errors: { 'approval-amount': 'Write an amount too, 0 if the per cent alone should count.' },
    });
    expect((await settings()).approval).toEqual({ threshold: null, basisPoints: null });
    expect(await save({ 'approval-amount': '1000', 'approval-percent': '' })).toEqual({ outcome: 'closed' });
    expect((await settings()).approval).toEqual({ threshold: 1_000_000_000_000n, basisPoints: null });
    expect(world.slack.troubles).toEqual([]);
  });

  it('refuses what somebody else has changed meanwhile, and who is no longer FinOps', async () => {
    await openMenu();
    await openForm('currency');
    await world.context.store.changeSettings({
      area: 'currency',
      value: 'GBP',
      base: null,
      actor: world.context.actor,
      atMs: 1,
    });
    expect(await save({ currency: 'EUR' })).toMatchObject({
      errors: { currency: containing('Somebody else has changed these settings') },
    });
    expect((await settings()).currency).toBe('GBP');
    expect(await save({ currency: 'ABC' })).toMatchObject({
      errors: { currency: '“ABC” is no currency; write three letters such as USD.' },
    });
  });

  it('sends a team’s messages to the channel chosen here, and back to the directory’s', async () => {
    await openMenu();
    await openForm('channels');
    const team = await choose('channel-team', 'supp');
    await save({ 'channel-team': team, channel: SEARCH });
    expect((await settings()).channels).toEqual({ teams: { Support: SEARCH } });
    expect(shown()).toContain('Set for 1 team');
    await world.context.store.putNotices(
      [
        {
          key: 'feed:test',
          audience: { kind: 'team', team: 'Support' },
          parentKey: null,
          body: { kind: 'feed-trouble', source: 'claude', sentence: 'It is late.', since: '2026-11-18' },
        },
      ],
      world.context.clock(),
    );
    await world.deliver();
    expect(textOf(world.lastMessage(BEN, SEARCH).blocks)).toContain('It is late.');
    await openForm('channels');
    expect(shown()).toContain(`Support: <#${SEARCH}>`);
    await save({ 'channel-team': await choose('channel-team', 'Support'), channel: null });
    expect((await settings()).channels).toEqual({ teams: {} });
  });

  it('keeps subscriptions of channels, and ends them', async () => {
    await openMenu();
    await openForm('subscriptions');
    expect(await save({})).toMatchObject({ outcome: 'errors' });
    await save({ 'subscription-channel': FINOPS });
    await openForm('subscriptions');
    await save({
      'subscription-channel': SEARCH,
      'subscription-scope': await choose('subscription-scope', 'search'),
      'subscription-cadence': 'monthly',
      'subscription-day': '3',
    });
    expect((await settings()).subscriptions).toEqual([
      { channel: FINOPS, scope: null, cadence: { kind: 'weekly', on: 1 }, hour: 9 },
      {
        channel: SEARCH,
        scope: { dimension: 'team', owner: 'Search' },
        cadence: { kind: 'monthly', on: 3 },
        hour: 9,
      },
    ]);
    await openForm('subscriptions');
    expect(shown()).toContain(`1. <#${FINOPS}>: all spend, Mondays at 09:00`);
    await save({ 'subscription-remove': ['0'] });
    expect((await settings()).subscriptions).toHaveLength(1);
    expect(world.slack.troubles).toEqual([]);
  });

  it('gives a channel that another workspace reads to no team and no subscription', async () => {
    world.slack.share(SEARCH);
    await openMenu();
    await openForm('channels');
    const refusal = containing('That channel is shared with another workspace');
    const team = await choose('channel-team', 'supp');
    expect(await save({ 'channel-team': team, channel: SEARCH })).toMatchObject({
      outcome: 'errors',
      errors: { 'channel-team': refusal },
    });
    expect((await settings()).channels).toEqual({ teams: {} });
    await openMenu();
    await openForm('subscriptions');
    expect(await save({ 'subscription-channel': SEARCH })).toMatchObject({
      outcome: 'errors',
      errors: { 'subscription-channel': refusal },
    });
    expect((await settings()).subscriptions).toEqual([]);
  });

  it('gives roles that count at once, and never takes FinOps from those whom the configuration names', async () => {
    await openMenu();
    await openForm('roles');
    expect(await save({ 'finops-groups': 'finops' })).toMatchObject({
      errors: { 'finops-groups': containing('no user group id') },
    });
    await save({ 'finops-groups': '', 'finops-users': [BEN] });
    await openMenu(BEN);
    expect(shown(BEN)).toContain('FinOps: the configuration’s, and 1 user; Finance: nobody');
    await world.slack.runCommand(ANA, SEARCH, '/rules');
    await world.slack.idle();
    expect(textOf(world.lastMessage(ANA, SEARCH).blocks)).not.toContain('Only FinOps');
  });

  it('takes digest times, alerts and visibility, each to the store and back into its form', async () => {
    await openMenu();
    await openForm('digest');
    const zone = await choose('digest-zone', 'new york');
    await save({ 'digest-day': '2', 'digest-hour': '8', 'digest-zone': zone });
    expect((await settings()).digest).toEqual({ weekday: 2, hour: 8, timeZone: 'America/New_York' });
    await openForm('alerts');
    expect(await save({ 'alert-quiet-from': '22' })).toMatchObject({
      errors: { 'alert-quiet-to': 'Choose when the quiet hours end, too.' },
    });
    await save({ 'alert-quiet-from': '22', 'alert-quiet-to': '6', 'alert-escalation': '', 'alert-cap': '3' });
    expect((await settings()).alerts).toEqual({
      floor: 25_000_000_000n,
      basisPoints: 2_500,
      dailyCap: 3,
      escalateAfterHours: null,
      quietHours: { from: 22, to: 6 },
    });
    await openForm('visibility');
    await save({ 'visible-teams': 'sub-teams', 'visible-people': 'managers' });
    expect((await settings()).visibility).toEqual({
      teams: 'sub-teams',
      people: 'managers',
      guests: 'refused',
    });
    expect(shown()).toContain('quiet from 22:00 to 06:00');
    expect(shown()).toContain('Tuesdays at 08:00, America/New_York');
    expect(world.slack.troubles).toEqual([]);
  });

  it('goes back to the configuration', async () => {
    await openMenu();
    await openForm('currency');
    await save({ currency: 'EUR' });
    await openForm('currency');
    const place = { kind: 'view', viewId: top().id } as const;
    expect(await world.slack.clickAction(ANA, place, { actionId: 'settings.reset' })).toEqual({ ok: true });
    await world.slack.idle();
    expect(shown()).toContain('what the configuration says');
    expect((await settings()).currency).toBe('USD');
  });
});
