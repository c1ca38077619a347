import { beforeEach, describe, expect, it } from 'vitest';
import { ANA, createWorld, FINOPS, SEARCH, textOf, type World } from '../../support/slack/world.js';

const GUESTS = ['U0SINGLE01', 'U0MULTI001'] as const;
const STRANGER = 'U0OTHER001';
const FIGURE = /\$\d/;

let world: World;
beforeEach(async () => {
  const people = [
    { id: ANA, name: 'Ana Ruiz', email: 'ana@larkspur.test' },
    { id: GUESTS[0], name: 'Sam Visitor', email: 'sam@agency.test', from: 'single-channel-guest' as const },
    { id: GUESTS[1], name: 'Mo Visitor', email: 'mo@agency.test', from: 'multi-channel-guest' as const },
    { id: STRANGER, name: 'Oz Elsewhere', email: 'oz@other.test', from: 'other-workspace' as const },
  ];
  const members = people.map(({ id }) => id);
  world = await createWorld({
    slack: {
      people,
      channels: [
        { id: FINOPS, name: 'finops', members },
        { id: SEARCH, name: 'search', members },
      ],
      userGroups: [{ id: 'S0FINOPS01', handle: 'finops', users: members }],
    },
  });
});

const said = (who: string) =>
  textOf(world.lastMessage(who, SEARCH).blocks) + world.lastMessage(who, SEARCH).text;

async function admitGuests(): Promise<void> {
  const value = { teams: 'all', people: 'finops', guests: 'admitted' };
  const { actor } = world.context;
  await world.context.store.changeSettings({ area: 'visibility', value, base: null, actor, atMs: 1 });
}

describe.each([
  ...GUESTS.map((who) => ['a guest', who, 'guests only where FinOps has admitted them'] as const),
  ['a member of another workspace', STRANGER, 'members of this workspace only'] as const,
])('%s (%s)', (_what, who, sentence) => {
  it('is answered no command, not even in the group of FinOps', async () => {
    for (const command of ['/spend', '/spend by team', '/apportion home', '/apportion settings', '/rules']) {
      await world.slack.runCommand(who, SEARCH, command);
      await world.slack.idle();
      expect(said(who)).toContain(sentence);
      expect(said(who)).not.toMatch(FIGURE);
    }
    expect(world.slack.see(who).modals).toEqual([]);
  });

  it('is shown no App Home', async () => {
    await world.slack.openHome(who);
    await world.slack.idle();
    const home = textOf(world.slack.see(who).home?.view.blocks);
    expect(home).toContain(sentence);
    expect(home).not.toMatch(FIGURE);
  });

  it('presses the buttons of a message in vain', async () => {
    await world.context.store.putNotices(
      [
        {
          key: 'feed:test',
          audience: { kind: 'channel', channelId: SEARCH },
          parentKey: null,
          body: { kind: 'rules-approval', figures: APPROVAL },
        },
      ],
      0,
    );
    await world.deliver();
    const card = world.messages(who, SEARCH).find(({ blocks }) => textOf(blocks).includes('second person'));
    const place = { kind: 'message', channel: SEARCH, ts: card?.ts ?? '' } as const;
    await world.slack.clickAction(who, place, { actionId: 'approval.approve' });
    await world.slack.idle();
    expect(said(who)).toContain(sentence);
  });

  it('is ignored where people talk among themselves', async () => {
    const before = world.messages(who, SEARCH).length;
    await world.slack.sendMessage(who, SEARCH, 'how much did search spend?');
    await world.slack.idle();
    expect(world.messages(who, SEARCH).length).toBe(before + 1);
  });
});

const APPROVAL = {
  draftId: 'd-1',
  hash: 'h',
  baseVersion: 1,
  author: `slack:${ANA} (ana.ruiz)`,
  note: null,
  lines: ['A rule'],
  diff: { moved: [], unallocated: [], shadowedRuleIds: [], deadRuleIds: [], lockedMonths: [] },
  need: { currency: 'USD', moved: 2n, limit: 1n },
  outcome: { kind: 'waiting' },
} as never;

describe('the setting that admits guests', () => {
  it('has them answered like members, and nobody of another workspace', async () => {
    await admitGuests();
    for (const who of GUESTS) {
      await world.slack.runCommand(who, SEARCH, '/spend');
      await world.slack.idle();
      expect(said(who)).toMatch(FIGURE);
    }
    await world.slack.runCommand(STRANGER, SEARCH, '/spend');
    await world.slack.idle();
    expect(said(STRANGER)).toContain('members of this workspace only');
  });

  it('leaves members as they are', async () => {
    await world.slack.runCommand(ANA, SEARCH, '/spend');
    await world.slack.idle();
    expect(said(ANA)).toMatch(FIGURE);
  });
});
