import { beforeEach, describe, expect, it } from 'vitest';
import { NANOS_PER_UNIT } from '../../../src/core/base/money.js';
import type { Day } from '../../../src/core/base/time.js';
import type { Context } from '../../../src/usecases/context.js';
import { approveDraft, previewAgain, rejectDraft } from '../../../src/usecases/rules/approve-rules.js';
import { commitRules } from '../../../src/usecases/rules/commit-rules.js';
import { importRules } from '../../../src/usecases/rules/import-rules.js';
import { previewRules } from '../../../src/usecases/rules/preview-rules.js';
import { submitRules } from '../../../src/usecases/rules/submit-rules.js';
import { readSettings } from '../../../src/usecases/settings/read-settings.js';
import { keyRule } from '../../support/company/company.js';
import { ANA, BEN, createWorld, FINOPS, RULES, textOf, type World } from '../../support/slack/world.js';

const GRACE = 'U0GRACE003'; // FinOps too
const ZOE = 'U0ZOE00004'; // FinOps too, where there are three
const OUTSIDER = 'U0OUT00005';
/** The stray key costs ten dollars a day: 30 + 31 + 17 days. */
const MOVED = 780n * NANOS_PER_UNIT;

async function finopsWorld(threshold = 100n * NANOS_PER_UNIT): Promise<World> {
  const people = [
    { id: ANA, name: 'Ana Ruiz', email: 'ana@larkspur.test' },
    { id: BEN, name: 'Ben Osei', email: 'ben@larkspur.test' },
    { id: GRACE, name: 'Grace Lindqvist', email: 'grace@larkspur.test' },
    { id: ZOE, name: 'Zoe Park', email: 'zoe@larkspur.test' },
    { id: OUTSIDER, name: 'Olu Ade', email: 'olu@larkspur.test' },
  ];
  return createWorld({
    approval: { threshold, basisPoints: null },
    slack: {
      people,
      channels: [{ id: FINOPS, name: 'finops', members: people.map(({ id }) => id) }],
      userGroups: [{ id: 'S0FINOPS01', handle: 'finops', users: [ANA, GRACE, ZOE] }],
    },
  });
}

let world: World;
beforeEach(async () => {
  world = await finopsWorld();
});

const as = (userId: string, name = userId): Context => ({
  ...world.context,
  actor: { kind: 'slack', userId, name },
});
const STRAY = {
  kind: 'add',
  dimension: 'team',
  rule: keyRule('stray', 'Search'),
  beforeRuleId: null,
} as const;
/** Matchers of text, typed. */
const text = {
  stringContaining: (part: string): unknown => expect.stringContaining(part),
  stringMatching: (pattern: RegExp): unknown => expect.stringMatching(pattern),
};
const inForce = async () => (await world.context.store.currentRuleset()).version;

/** Ana asks for approval of the stray key's rule, as far as the card in FinOps's channel. */
async function submitted() {
  const { draftId, hash } = await previewRules(as(ANA, 'ana.ruiz'), { edit: STRAY, note: 'Their key' });
  const submission = await submitRules(as(ANA, 'ana.ruiz'), { draftId, hash });
  expect(submission).toMatchObject({ kind: 'waiting', need: { moved: MOVED } });
  await world.deliver();
  return { draftId, hash };
}

function card(who = GRACE) {
  const found = world
    .messages(who, FINOPS)
    .find(({ isEphemeral, blocks }) => !isEphemeral && textOf(blocks).includes('takes a second person'));
  if (found === undefined) throw new Error('there is no card');
  return found;
}
const buttons = () => JSON.stringify(card().blocks.filter(({ type }) => type === 'actions'));

async function click(who: string, actionId: string) {
  const place = { kind: 'message', channel: FINOPS, ts: card(who).ts } as const;
  expect(await world.slack.clickAction(who, place, { actionId })).toEqual({ ok: true });
  await world.slack.idle();
  return world.lastMessage(who, FINOPS);
}
const saidTo = (who: string) =>
  world
    .messages(who, FINOPS)
    .filter(({ isEphemeral }) => isEphemeral)
    .at(-1)?.text;

describe('a change that moves more than one person may decide', () => {
  it('waits on the App Home of FinOps, and of nobody else', async () => {
    await submitted();
    const home = async (who: string) => {
      await world.slack.openHome(who);
      await world.slack.idle();
      return textOf(world.slack.see(who).home?.view.blocks);
    };
    expect(await home(GRACE)).toContain('Waiting for a second person');
    expect(await home(GRACE)).toContain(
      '“Their key”. It moves $780.00; more than $100.00 takes a second person.',
    );
    expect(await home(OUTSIDER)).not.toContain('second person');
  });

  it('follows the threshold that FinOps set in Slack, not the one of the configuration', async () => {
    await world.context.store.changeSettings({
      area: 'approval',
      value: { threshold: 10_000n * NANOS_PER_UNIT, basisPoints: null },
      base: null,
      actor: world.context.actor,
      atMs: 1,
    });
    const { draftId, hash } = await previewRules(as(ANA), { edit: STRAY, note: null });
    expect(await submitRules(as(ANA), { draftId, hash })).toMatchObject({ kind: 'committed' });
  });

  it('asks FinOps in words and money, and becomes a version of its author when somebody else approves', async () => {
    await submitted();
    expect((await inForce()).number).toBe(1);
    const shown = textOf(card().blocks);
    expect(shown).toContain('waits for approval');
    expect(shown).toContain('It moves $780.00; more than $100.00 takes a second person.');
    expect(shown).toContain('Their key');
    expect(shown).toContain('Unallocated → Search');
    expect(shown).toContain('Anyone of FinOps but the author');

    await click(GRACE, 'approval.approve');
    expect(saidTo(GRACE)).toBe('Approved: version 2 of the rules is in force.');
    expect(await inForce()).toMatchObject({
      number: 2,
      author: `slack:${ANA} (ana.ruiz)`,
      approver: text.stringContaining(GRACE),
      note: 'Their key',
    });
    expect(textOf(card().blocks)).toContain('Approved: version 2');
    expect(buttons()).toBe('[]');
    const told = world.messages(BEN, FINOPS).map(({ blocks }) => textOf(blocks));
    expect(told.some((each) => /Rules changed: version 2[^]*ana\.ruiz[^]*approved by/.test(each))).toBe(true);
    expect(world.jobs).toContain('reallocate');
    const [entry] = await world.context.store.listAudit(1);
    expect(entry).toMatchObject({
      action: 'rules.commit',
      actor: text.stringContaining(GRACE),
      detail: { author: `slack:${ANA} (ana.ruiz)`, approver: text.stringContaining(GRACE) },
    });
    expect(world.slack.troubles).toEqual([]);
  });

  it('may not be approved by its author, under whatever name, nor by anyone outside FinOps', async () => {
    const { draftId, hash } = await submitted();
    await click(ANA, 'approval.approve');
    expect(saidTo(ANA)).toContain('You made this change yourself');
    await expect(approveDraft(as(ANA, 'somebody else'), { draftId, hash })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await click(OUTSIDER, 'approval.approve');
    expect(saidTo(OUTSIDER)).toContain('Only FinOps may change the rules');
    expect((await inForce()).number).toBe(1);
    expect(textOf(card().blocks)).toContain('waits for approval');
  });

  it('cannot be committed past the approval', async () => {
    const preview = await previewRules(as(ANA), { edit: STRAY, note: null });
    await expect(commitRules(as(ANA), preview)).rejects.toMatchObject({ code: 'forbidden' });
    const waiting = await submitted();
    await expect(commitRules(as(GRACE), waiting)).rejects.toMatchObject({ code: 'forbidden' });
    expect((await inForce()).number).toBe(1);
  });

  it('is approved once when two people click at the same time; the other one hears who was quicker', async () => {
    const { draftId, hash } = await submitted();
    const [grace, zoe] = await Promise.allSettled([
      approveDraft(as(GRACE, 'grace'), { draftId, hash }),
      approveDraft(as(ZOE, 'zoe'), { draftId, hash }),
    ]);
    const results = [grace, zoe].toSorted((a, b) => (a.status < b.status ? -1 : 1));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(results[1]).toMatchObject({
      reason: {
        code: 'conflict',
        message: text.stringMatching(/(grace|zoe) was quicker.*version 2 holds/),
      },
    });
    expect((await inForce()).number).toBe(2);
    await world.deliver();
    expect(textOf(card().blocks)).toContain('Approved: version 2');
  });

  it('is approved once when the same person clicks twice', async () => {
    const { draftId, hash } = await submitted();
    const first = await approveDraft(as(GRACE), { draftId, hash });
    expect(await approveDraft(as(GRACE), { draftId, hash })).toEqual(first);
    await expect(rejectDraft(as(GRACE), { draftId, reason: null })).rejects.toThrow(
      'approved this change already',
    );
    expect((await inForce()).number).toBe(2);
  });

  it('must be previewed again when the rules changed meanwhile; its author stays its author', async () => {
    await submitted();
    const edit = { kind: 'add', dimension: 'product', rule: keyRule('x', 'X'), beforeRuleId: null } as const;
    await commitRules(as(ZOE), await previewRules(as(ZOE), { edit, note: null }));
    await click(GRACE, 'approval.approve');
    expect(saidTo(GRACE)).toBe('Rules or figures changed since the preview; preview again.');
    expect(textOf(card().blocks)).toContain('must be previewed again');
    expect((await inForce()).number).toBe(2);

    await click(GRACE, 'approval.preview-again');
    expect(textOf(card().blocks)).toContain('Made on version 2');
    await click(ANA, 'approval.approve');
    expect(saidTo(ANA)).toContain('You made this change yourself');
    await click(GRACE, 'approval.approve');
    expect(await inForce()).toMatchObject({ number: 3, author: text.stringContaining(ANA) });
    const { ruleset } = await world.context.store.currentRuleset();
    expect(ruleset.dimensions.find(({ id }) => id === 'product')?.rules).toHaveLength(1);
  });

  it('must be previewed again when the figures changed meanwhile, and a stale card cannot approve the new ones', async () => {
    const waiting = await submitted();
    await world.context.store.replaceCharges({
      source: 'claude',
      kind: 'test',
      scope: { kind: 'charge-days', from: '2026-11-17' as Day, to: '2026-11-18' as Day },
      charges: [],
      raw: [],
      identities: [],
      completeThrough: null,
      receivedAtMs: world.context.clock(),
    });
    await expect(approveDraft(as(GRACE), waiting)).rejects.toThrow('preview again');
    await previewAgain(as(GRACE), waiting);
    await expect(approveDraft(as(GRACE), waiting)).rejects.toThrow('previewed again; look at its card');
    await world.deliver();
    expect(textOf(card().blocks)).toContain('It moves $770.00');
    await click(GRACE, 'approval.approve');
    expect((await inForce()).number).toBe(2);
  });

  it('is rejected with a reason, or withdrawn by its author, and then decided for good', async () => {
    await submitted();
    await click(GRACE, 'approval.reject');
    const form = world.slack.see(GRACE).modals.at(-1);
    await world.slack.submitView(GRACE, form?.id ?? '', {
      reason: { 'approval.reason': 'That key is <@U1> Support’s' },
    });
    await world.slack.idle();
    expect(textOf(card().blocks)).toContain('Rejected by');
    expect(textOf(card().blocks)).toContain('That key is <@U1> Support’s');
    expect(buttons()).toBe('[]');
    expect((await inForce()).number).toBe(1);

    const again = await submitted();
    await rejectDraft(as(ANA), { draftId: again.draftId, reason: null });
    await expect(approveDraft(as(GRACE), again)).rejects.toThrow('rejected this change already');
    await expect(rejectDraft(as(GRACE), { draftId: again.draftId, reason: null })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect((await inForce()).number).toBe(1);
    const actions = (await world.context.store.listAudit(4)).map(({ action }) => action);
    expect(actions).toEqual(['rules.rejected', 'rules.waiting', 'rules.rejected', 'rules.waiting']);
  });

  it('is submitted from the form, which says so before and after', async () => {
    const top = () => world.slack.see(ANA).modals.at(-1);
    await world.slack.runCommand(ANA, FINOPS, '/rules retire key-search-prod');
    await world.slack.idle();
    await world.slack.submitView(ANA, top()?.id ?? '', {});
    await world.slack.idle();
    expect(top()?.view.submit?.text).toBe('Ask for approval');
    expect(textOf(top()?.view.blocks)).toContain('Somebody else of FinOps must approve it');
    await world.slack.submitView(ANA, top()?.id ?? '', {});
    await world.slack.idle();
    expect(top()?.view.title.text).toBe('Waits for approval');
    expect((await inForce()).number).toBe(1);
    expect(textOf(card().blocks)).toContain('Search → Unallocated');
  });
});

describe('the threshold', () => {
  it('lets one person move exactly as much, and not a nano more', async () => {
    world = await finopsWorld(MOVED);
    const preview = await previewRules(as(ANA), { edit: STRAY, note: null });
    expect(preview.need).toBeNull();
    expect(await submitRules(as(ANA), preview)).toMatchObject({ kind: 'committed', version: { number: 2 } });
    expect((await inForce()).approver).toBeNull();

    world = await finopsWorld(MOVED - 1n);
    const above = await previewRules(as(ANA), { edit: STRAY, note: null });
    expect(await submitRules(as(ANA), above)).toMatchObject({ kind: 'waiting' });
  });

  it('holds for a rules file as well, and says that it waits', async () => {
    const [team] = RULES.dimensions;
    const rules = [...(team?.rules ?? []), keyRule('stray', 'Search')];
    const file = { ruleset: { version: 1, dimensions: [{ id: 'team', rules }] }, file: 'r.yml', note: null };
    expect(await importRules(as(ANA), file)).toMatchObject({
      changed: false,
      version: 1,
      waiting: { need: { moved: MOVED } },
    });
  });
});

describe('a change of the limit itself', () => {
  const limit = async () => (await readSettings(world.context)).settings.approval.threshold;

  async function raiseTo(amount: string): Promise<void> {
    await world.slack.runCommand(ANA, FINOPS, '/apportion settings');
    await world.slack.idle();
    const top = () => world.slack.see(ANA).modals.at(-1);
    const line = top()?.view.blocks.find((each) =>
      JSON.stringify(each).includes('\\"area\\":\\"approval\\"'),
    );
    const use = { actionId: 'settings.change', blockId: line?.block_id ?? '' };
    await world.slack.clickAction(ANA, { kind: 'view', viewId: top()?.id ?? '' }, use);
    await world.slack.idle();
    await world.slack.submitView(ANA, top()?.id ?? '', {
      'approval-amount': { 'settings.approval-amount': amount },
      'approval-percent': { 'settings.approval-percent': '' },
    });
    await world.slack.idle();
    expect(textOf(top()?.view.blocks)).toContain('somebody else of FinOps must approve it');
    await world.deliver();
  }

  function settingsCard(who: string) {
    const found = world
      .messages(who, FINOPS)
      .find(({ blocks }) => textOf(blocks).includes('change of the settings'));
    if (found === undefined) throw new Error('there is no card');
    return found;
  }
  const press = async (who: string, actionId: string) => {
    const place = { kind: 'message', channel: FINOPS, ts: settingsCard(who).ts } as const;
    await world.slack.clickAction(who, place, { actionId });
    await world.slack.idle();
    await world.deliver();
  };

  it('is raised when a second person of FinOps presses Approve, and not by its author or an outsider', async () => {
    await raiseTo('999999999');
    expect(textOf(settingsCard(GRACE).blocks)).toMatch(
      /now “Above 100 moved”, then “Above 999,?999,?999 moved”/,
    );
    for (const who of [ANA, OUTSIDER]) {
      await press(who, 'settings.approve');
      expect(await limit()).toBe(100n * NANOS_PER_UNIT);
    }
    expect(saidTo(ANA)).toContain('You made this change yourself');
    expect(saidTo(OUTSIDER)).toContain('Only FinOps may change settings');
    await press(GRACE, 'settings.approve');
    expect(await limit()).toBe(999_999_999n * NANOS_PER_UNIT);
    expect(textOf(settingsCard(GRACE).blocks)).toContain('Approved by');
    expect(world.slack.troubles).toEqual([]);
  });

  it('stays where it is when somebody rejects it', async () => {
    await raiseTo('999999999');
    await press(GRACE, 'settings.reject');
    expect(textOf(settingsCard(ANA).blocks)).toContain('Rejected by');
    expect(await limit()).toBe(100n * NANOS_PER_UNIT);
  });
});
