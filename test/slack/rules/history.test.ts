import { beforeEach, describe, expect, it } from 'vitest';
import type { RuleEdit } from '../../../src/core/rules/edit.js';
import { commitRules } from '../../../src/usecases/rules/commit-rules.js';
import { previewRules } from '../../../src/usecases/rules/preview-rules.js';
import { keyRule } from '../../support/company/company.js';
import { ANA, BEN, createWorld, FINOPS, RULES, textOf, type World } from '../../support/slack/world.js';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});

async function run(text: string, who = ANA) {
  await world.slack.runCommand(who, FINOPS, text);
  await world.slack.idle();
}
const shown = () => textOf(world.lastMessage(ANA, FINOPS).blocks);
const top = () => {
  const modal = world.slack.see(ANA).modals.at(-1);
  if (modal === undefined) throw new Error('no modal is open');
  return modal;
};
async function click(actionId: string, more: { blockId?: string; value?: string } = {}) {
  const { ts } = world.lastMessage(ANA, FINOPS);
  const outcome = await world.slack.clickAction(
    ANA,
    { kind: 'message', channel: FINOPS, ts },
    { actionId, ...more },
  );
  await world.slack.idle();
  expect(outcome).toEqual({ ok: true });
}
async function submit() {
  await world.slack.submitView(ANA, top().id, {});
  await world.slack.idle();
}
async function commit(edit: RuleEdit, note: string | null = null) {
  return commitRules(world.context, await previewRules(world.context, { edit, note }));
}
const add = (key: string, owner: string): RuleEdit => ({
  kind: 'add',
  dimension: 'team',
  rule: keyRule(key, owner),
  beforeRuleId: null,
});
async function teamRules() {
  const { ruleset } = await world.context.store.currentRuleset();
  return (ruleset.dimensions.find(({ id }) => id === 'team')?.rules ?? []).map(({ id }) => id);
}
/** The block of the button of a version. */
function blockOf(version: number) {
  const block = world
    .lastMessage(ANA, FINOPS)
    .blocks.find(
      (each) => each.type === 'actions' && JSON.stringify(each).includes(`{\\"version\\":${version}}`),
    );
  if (block?.block_id === undefined) throw new Error(`no buttons of version ${version}`);
  return { blockId: block.block_id };
}

describe('/rules history', () => {
  it('says when, who, why and what of each version, newest first', async () => {
    await commit(add('stray', 'Search'), 'Their key');
    await run('/rules history');
    const text = shown();
    expect(text).toMatch(
      /Version 2 · 18 Nov 2026 · Fin Ops\n“Their key”\n1 change, \$780\.00 moved\. team: added/,
    );
    expect(text.indexOf('Version 2')).toBeLessThan(text.indexOf('Version 1'));
    await run('/rules history', BEN);
    expect(world.lastMessage(BEN, FINOPS).text).toContain('Only FinOps');
  });

  it('turns pages in place', async () => {
    for (let n = 0; n < 12; n++)
      await commit({
        kind: 'replace',
        dimension: 'team',
        ruleId: 'key-search-prod',
        rule: { ...keyRule('search-prod', 'Search'), name: `N${n}` },
      });
    await run('/rules history');
    expect(shown()).toContain('Page 1 of 2');
    expect(shown()).toContain('Version 13');
    await click('rules.history-older');
    expect(shown()).toContain('Page 2 of 2');
    expect(shown()).toContain('Version 1 ·');
    await click('rules.history-newer');
    expect(shown()).toContain('Page 1 of 2');
    expect(world.slack.troubles).toEqual([]);
  });

  it('shows what a version changed, in words and money', async () => {
    await commit(add('stray', 'Search'));
    await run('/rules history');
    await click('rules.history-diff', blockOf(2));
    expect(top().view.title.text).toBe('Version 2');
    expect(textOf(top().view.blocks)).toContain('Unallocated → Search');
    expect(textOf(top().view.blocks)).toContain('Nov 2026 $170.00');
  });
});

describe('undo', () => {
  it('previews the way back and commits it as a new version that keeps what came later', async () => {
    await commit(add('stray', 'Search'));
    await commit(add('other', 'Support'));
    await run('/rules history');
    await click('rules.history-undo', blockOf(2));
    expect(top().view.title.text).toBe('Preview');
    expect(textOf(top().view.blocks)).toContain('Search → Unallocated');
    await submit();
    expect(await teamRules()).toEqual(['key-search-prod', 'key-support-bot', 'key-other']);
    const { version } = await world.context.store.currentRuleset();
    expect(version).toMatchObject({ number: 4, note: 'Undo of version 2' });
  });

  it('of what a later version has touched again says so in words and changes nothing', async () => {
    await commit(add('stray', 'Search'));
    await commit({
      kind: 'replace',
      dimension: 'team',
      ruleId: 'key-stray',
      rule: keyRule('stray', 'Support'),
    });
    await run('/rules history');
    await click('rules.history-undo', blockOf(2));
    expect(textOf(top().view.blocks)).toContain(
      'Version 2 cannot be undone by itself: team: "Key stray" was changed again since.',
    );
    expect((await world.context.store.currentRuleset()).version.number).toBe(3);
  });

  it('of the latest version gives back the rules before it, to the letter', async () => {
    await commit({ kind: 'ruleset', ruleset: { version: 1, dimensions: [{ id: 'team', rules: [] }] } });
    await run('/rules history');
    await click('rules.history-undo', blockOf(2));
    await submit();
    expect((await world.context.store.currentRuleset()).ruleset).toEqual(RULES);
  });
});

describe('the order of rules', () => {
  const menu = async (ruleId: string, value: string) => {
    await run('/rules list team');
    await click('rules.menu', { blockId: `rule:team:${ruleId}`, value });
  };

  it('changes by a step up or down, through preview and commit', async () => {
    await commit(add('stray', 'Search'));
    await menu('key-stray', 'up');
    expect(top().view.title.text).toBe('Preview');
    expect(textOf(top().view.blocks)).toMatch(/Moved .* from rule \d to rule \d of 3, (before|after) "/);
    await submit();
    expect(await teamRules()).toEqual(['key-search-prod', 'key-stray', 'key-support-bot']);
    await menu('key-search-prod', 'down');
    await submit();
    expect(await teamRules()).toEqual(['key-stray', 'key-search-prod', 'key-support-bot']);
    await menu('key-search-prod', 'down');
    await submit();
    expect(await teamRules()).toEqual(['key-stray', 'key-support-bot', 'key-search-prod']);
  });

  it('changes to before any other rule, or to the end', async () => {
    await commit(add('stray', 'Search'));
    await menu('key-stray', 'move');
    const place = { kind: 'view', viewId: top().id } as const;
    const { options } = await world.slack.suggest(ANA, place, {
      blockId: 'before.0',
      actionId: 'rules.form-before',
      query: '',
    });
    expect(options.map(({ value }) => value)).toContain('key-search-prod');
    await world.slack.submitView(ANA, top().id, {
      'before.0': { 'rules.form-before': 'key-search-prod' },
      note: { 'rules.form-note': 'More special' },
    });
    await world.slack.idle();
    await submit();
    expect(await teamRules()).toEqual(['key-stray', 'key-search-prod', 'key-support-bot']);
    expect((await world.context.store.currentRuleset()).version.note).toBe('More special');
    await menu('key-stray', 'move');
    await submit();
    await submit();
    expect(await teamRules()).toEqual(['key-search-prod', 'key-support-bot', 'key-stray']);
  });

  it('is offered as far as there is room to move', async () => {
    await run('/rules list team');
    const offered = world
      .lastMessage(ANA, FINOPS)
      .blocks.flatMap((block) =>
        block.type === 'section' && block.accessory?.type === 'overflow'
          ? [block.accessory.options.map(({ value }) => value)]
          : [],
      );
    expect(offered).toEqual([
      ['edit', 'down', 'move', 'retire'],
      ['edit', 'up', 'move', 'retire'],
    ]);
  });
});
