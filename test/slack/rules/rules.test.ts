import { beforeEach, describe, expect, it } from 'vitest';
import type { RawAnswers } from '../../../src/sandbox/slack/answers.js';
import { commitRules } from '../../../src/usecases/rules/commit-rules.js';
import { previewRules } from '../../../src/usecases/rules/preview-rules.js';
import { ANA, BEN, createWorld, FINOPS, RULES, textOf, type World } from '../../support/slack/world.js';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});

const modals = (who = ANA) => world.slack.see(who).modals;
function top(who = ANA) {
  const open = modals(who).at(-1);
  if (open === undefined) throw new Error('no modal is open');
  return open;
}
const topText = () => textOf(top().view.blocks);
const inView = () => ({ kind: 'view', viewId: top().id }) as const;

async function run(text: string, who = ANA) {
  await world.slack.runCommand(who, FINOPS, text);
  await world.slack.idle();
}
/** Uses an element of the top modal; `answers` is what was typed elsewhere before. */
async function use(
  blockId: string | undefined,
  actionId: string,
  more: { value?: string | readonly string[]; answers?: RawAnswers } = {},
) {
  const outcome = await world.slack.clickAction(ANA, inView(), { blockId, actionId, ...more });
  await world.slack.idle();
  expect(outcome).toEqual({ ok: true });
}
async function offered(blockId: string, actionId: string, query = '') {
  const { options } = await world.slack.suggest(ANA, inView(), { blockId, actionId, query });
  return options.map(({ value }) => value);
}
async function submit(answers: RawAnswers = {}) {
  const submission = await world.slack.submitView(ANA, top().id, answers);
  await world.slack.idle();
  return submission;
}
async function teamRules() {
  const { ruleset } = await world.context.store.currentRuleset();
  return ruleset.dimensions.find(({ id }) => id === 'team')?.rules ?? [];
}

/** Fills the editor in for the stray key. */
async function fillNewRule(name = 'Stray key') {
  await run('/rules add team');
  await offered('attribute.0', 'rules.form-attribute', 'api key name');
  await use('attribute.0', 'rules.form-attribute', {
    value: 'apiKeyName',
    answers: { name: { 'rules.form-name': name } },
  });
  expect(await offered('value.0.1', 'rules.form-choice', 'str')).toEqual(['str', 'stray']);
  expect(await offered('target.0', 'rules.form-target-owner')).toContain('Search');
  return {
    'value.0.1': { 'rules.form-choice': 'stray' },
    'target.0': { 'rules.form-target-owner': 'Search' },
  };
}

describe('who may edit rules', () => {
  it('is FinOps; everyone else hears why and whom to ask', async () => {
    await run('/rules', BEN);
    expect(world.lastMessage(BEN, FINOPS)).toMatchObject({ isEphemeral: true });
    expect(world.lastMessage(BEN, FINOPS).text).toContain('Only FinOps may change the rules');
    await run('/rules add team', BEN);
    expect(textOf(top(BEN).view.blocks)).toContain('Only FinOps may change the rules');
    expect(world.lastMessage(BEN, FINOPS).text).toContain('Only FinOps may change the rules');
  });

  it('is refused, never allowed, while Slack cannot say who is in the group', async () => {
    world.slack.faults.push({ method: 'usergroups.users.list', kind: 'error', error: 'missing_scope' });
    await run('/rules');
    expect(world.lastMessage(ANA, FINOPS).text).toContain('Slack did not say who is in the FinOps group');
  });

  it('is asked of Slack once a minute, so that leaving the group takes effect', async () => {
    const asked = () => world.slack.calls.filter(({ method }) => method === 'usergroups.users.list').length;
    await run('/rules');
    await run('/rules');
    expect(asked()).toBe(1);
    world.context.testClock.advance(61_000);
    await run('/rules');
    expect(asked()).toBe(2);
  });

  it('is checked again when a preview is committed', async () => {
    const users = [ANA];
    world = await createWorld({ slack: { userGroups: [{ id: 'S0FINOPS01', handle: 'finops', users }] } });
    await submit(await fillNewRule());
    users.pop();
    world.context.testClock.advance(61_000);
    await submit();
    expect(topText()).toContain('Only FinOps may change the rules');
    expect(await teamRules()).toHaveLength(2);
  });
});

describe('/rules list', () => {
  it('says every rule in plain words with a menu', async () => {
    await run('/rules');
    const message = world.lastMessage(ANA, FINOPS);
    expect(message.isEphemeral).toBe(true);
    const text = textOf(message.blocks);
    expect(text).toContain('*1. Key search-prod*\nAPI key name is "search-prod" → Search');
    expect(text).toMatch(/^Team\n/);
    expect(text).toContain('Cost centre');
    const menus = message.blocks.filter((block) => block.block_id?.startsWith('rule:team:'));
    expect(menus).toHaveLength(2);
  });

  it('counts the values of a long list that the editor shows in full', async () => {
    const values = Array.from({ length: 6 }, (_, i) => `apikey_01${'A'.repeat(20)}${i}`);
    const when = { not: { attribute: 'apiKeyId' as const, in: values } };
    const rule = { id: 'many', name: 'Many_keys *all*', when, allocateTo: { value: 'Search' } };
    world = await createWorld({ rules: { version: 1, dimensions: [{ id: 'team', rules: [rule] }] } });
    await run('/rules');
    const text = textOf(world.lastMessage(ANA, FINOPS).blocks);
    expect(text).toContain('*1. Many_keys ∗all∗*\nAPI key ID is none of 6 values → Search');
    await run('/rules edit many');
    for (const value of values) expect(topText()).toContain(value);
  });

  it('turns pages where there are many rules, in place', async () => {
    const rules = Array.from({ length: 40 }, (_, i) => ({
      id: `rule-${i}`,
      name: `Rule ${i}`,
      when: { attribute: 'apiKeyName' as const, is: `key-${i}` },
      allocateTo: { value: 'Search' },
    }));
    world = await createWorld({ rules: { version: 1, dimensions: [{ id: 'team', rules }] } });
    await run('/rules list team');
    expect(textOf(world.lastMessage(ANA, FINOPS).blocks)).toContain('Page 1 of 4');
    const { ts } = world.lastMessage(ANA, FINOPS);
    await world.slack.clickAction(
      ANA,
      { kind: 'message', channel: FINOPS, ts },
      { actionId: 'rules.page-next' },
    );
    await world.slack.idle();
    expect(world.messages(ANA, FINOPS).filter(({ isEphemeral }) => isEphemeral)).toHaveLength(1);
    const text = textOf(world.lastMessage(ANA, FINOPS).blocks);
    expect(text).toContain('Page 2 of 4');
    expect(text).toContain('13. Rule 12');
  });

  it('names the dimensions to whoever asks for one that there is not', async () => {
    for (const text of ['list nope', 'add nope']) {
      await world.slack.runCommand(ANA, FINOPS, `/rules ${text}`);
      await world.slack.idle();
      expect(world.lastMessage(ANA, FINOPS).text).toContain('There is no dimension "nope"; there are team');
    }
  });

  it('explains itself when it is not understood', async () => {
    await run('/rules frobnicate');
    expect(textOf(world.lastMessage(ANA, FINOPS).blocks)).toContain('/rules edit ID');
  });
});

describe('a new rule', () => {
  it('is previewed in money, committed as previewed, and moves the money', async () => {
    const answers = await fillNewRule();
    expect(await submit(answers)).toEqual({ outcome: 'updated' });
    expect(top().view.title.text).toBe('Preview');
    expect(topText()).toContain('Unallocated → Search');
    expect(topText()).toContain('Nov 2026 $170.00');
    expect(await teamRules()).toHaveLength(2);

    expect(await submit()).toEqual({ outcome: 'updated' });
    expect(topText()).toContain('version 2');
    expect(world.jobs).toEqual(['reallocate', 'deliver']);
    const [, , added] = await teamRules();
    expect(added).toEqual({
      id: 'stray-key',
      name: 'Stray key',
      when: { attribute: 'apiKeyName', is: 'stray' },
      allocateTo: { value: 'Search' },
    });
    expect((await world.context.store.currentRuleset()).version.author).toContain(ANA);
    await run('/spend team unallocated');
    expect(textOf(world.lastMessage(ANA, FINOPS).blocks)).toContain('$0.00');
    const told = world.messages(BEN, FINOPS).find(({ isEphemeral }) => !isEphemeral);
    expect(textOf(told?.blocks)).toContain('Rules changed: version');
    expect(world.slack.troubles).toEqual([]);
  });

  it('keeps what was typed when its fields change, and starts a value afresh when its attribute does', async () => {
    await fillNewRule('Typed before');
    await use('operator.0', 'rules.form-operator', { value: 'startsWith' });
    expect(top().answers['name']?.['rules.form-name']).toBe('Typed before');
    expect(top().answers['value.0.2']?.['rules.form-text']).toBeNull();
    await use('target-kind', 'rules.form-target-kind', {
      value: 'owner',
      answers: { 'value.0.2': { 'rules.form-text': 'ci-' } },
    });
    expect(top().answers['value.0.2']?.['rules.form-text']).toBe('ci-');
    expect(top().answers['target.1']?.['rules.form-target-directory']).toBe('team');
    await submit();
    expect(topText()).toContain('starts with "ci-"');
  });

  it('may have several conditions of which any is enough, and lists', async () => {
    const answers = await fillNewRule();
    await use(undefined, 'rules.form-add-row', { answers });
    await offered('attribute.1', 'rules.form-attribute');
    await use('attribute.1', 'rules.form-attribute', { value: 'tag:env' });
    await use('operator.1', 'rules.form-operator', { value: 'in' });
    expect(await offered('value.1.2', 'rules.form-choices', 'p')).toEqual(['p', 'prod']);
    await offered('value.1.2', 'rules.form-choices', 'new & shiny <b>');
    await submit({
      'value.1.2': { 'rules.form-choices': ['prod', '~unew%20%26%20shiny%20%3Cb%3E'] },
      join: { 'rules.form-join': 'any' },
      case: { 'rules.form-case': ['ignore'] },
      from: { 'rules.form-from': '2026-10-01' },
      note: { 'rules.form-note': 'because' },
    });
    expect(top().view.title.text).toBe('Preview');
    await submit();
    expect((await teamRules()).at(-1)).toMatchObject({
      effective: { from: '2026-10-01' },
      when: {
        any: [
          { attribute: 'apiKeyName', is: 'stray', ignoreCase: true },
          { attribute: 'tag:env', in: ['prod', 'new & shiny <b>'], ignoreCase: true },
        ],
      },
    });
    expect((await world.context.store.currentRuleset()).version.note).toBe('because');
  });

  it('goes before the rule that is named', async () => {
    const answers = await fillNewRule();
    expect(await offered('before.0', 'rules.form-before')).toEqual(['key-search-prod', 'key-support-bot']);
    await submit({ ...answers, 'before.0': { 'rules.form-before': 'key-support-bot' } });
    await submit();
    expect((await teamRules()).map(({ id }) => id)).toEqual([
      'key-search-prod',
      'stray-key',
      'key-support-bot',
    ]);
  });

  it('loses a condition that is removed', async () => {
    await fillNewRule();
    await use(undefined, 'rules.form-add-row');
    await use('remove.0', 'rules.form-remove-row');
    expect(top().view.blocks.map(({ block_id }) => block_id)).toContain('attribute.1');
    expect(top().view.blocks.map(({ block_id }) => block_id)).not.toContain('attribute.0');
  });

  it('is refused at the field that is wrong', async () => {
    const answers = await fillNewRule();
    const submission = await submit({
      ...answers,
      from: { 'rules.form-from': '2026-10-02' },
      to: { 'rules.form-to': '2026-10-01' },
    });
    expect(submission).toEqual({ outcome: 'errors', errors: { to: 'It must end after it starts.' } });
  });

  it('that the engine refuses says why and goes back to the filled-in form', async () => {
    await fillNewRule('Broken');
    await use('operator.0', 'rules.form-operator', { value: 'matches' });
    await submit({
      'value.0.2': { 'rules.form-text': '(' },
      'target.0': { 'rules.form-target-owner': 'Search' },
    });
    expect(top().view.title.text).toBe('Not done');
    await use(undefined, 'rules.back');
    expect(top().answers['name']?.['rules.form-name']).toBe('Broken');
    expect(top().answers['value.0.2']?.['rules.form-text']).toBe('(');
    expect(top().answers['target.0']?.['rules.form-target-owner']).toBe('Search');
  });

  it('can be changed after its preview', async () => {
    const answers = await fillNewRule();
    await submit(answers);
    await use(undefined, 'rules.back');
    await submit({ name: { 'rules.form-name': 'Second thoughts' } });
    await submit();
    expect((await teamRules()).at(-1)?.name).toBe('Second thoughts');
  });

  it('is not committed when the rules changed after its preview', async () => {
    const answers = await fillNewRule();
    await submit(answers);
    const edit = { kind: 'retire', dimension: 'team', ruleId: 'key-support-bot', from: null } as const;
    const other = await previewRules(world.context, { edit, note: null });
    await commitRules(world.context, other);
    await submit();
    expect(top().view.title.text).toBe('Not done');
    expect(topText().toLowerCase()).toContain('preview');
    expect(await teamRules()).toHaveLength(1);
    await use(undefined, 'rules.back');
    await submit();
    await submit();
    expect((await teamRules()).map(({ id }) => id)).toEqual(['key-search-prod', 'stray-key']);
  });
});

describe('an existing rule', () => {
  async function menu(ruleId: string, value: 'edit' | 'retire') {
    await run('/rules');
    const { ts } = world.lastMessage(ANA, FINOPS);
    const place = { kind: 'message', channel: FINOPS, ts } as const;
    const element = { blockId: `rule:team:${ruleId}`, actionId: 'rules.menu', value };
    expect(await world.slack.clickAction(ANA, place, element)).toEqual({ ok: true });
    await world.slack.idle();
  }

  it('opens filled in and is replaced under its own id', async () => {
    await menu('key-support-bot', 'edit');
    expect(top().answers['name']?.['rules.form-name']).toBe('Key support-bot');
    expect(top().answers['value.0.0']?.['rules.form-choice']).toBe('support-bot');
    await submit({ name: { 'rules.form-name': 'Helpdesk bot' } });
    await submit();
    expect((await teamRules())[1]).toEqual({ ...RULES.dimensions[0]?.rules[1], name: 'Helpdesk bot' });
  });

  it('is retired as if it had never been, or from a day on', async () => {
    await menu('key-support-bot', 'retire');
    await submit({ from: { 'rules.form-from': '2026-11-01' } });
    expect(topText()).toContain('Support → Unallocated');
    await submit();
    expect((await teamRules())[1]).toMatchObject({ id: 'key-support-bot', effective: { to: '2026-11-01' } });
    await menu('key-search-prod', 'retire');
    await submit();
    await submit();
    expect((await teamRules()).map(({ id }) => id)).toEqual(['key-support-bot']);
  });

  it('whose condition the form cannot show keeps it, to the letter', async () => {
    const when = { not: { attribute: 'apiKeyName' as const, in: ['search-prod', 'support-bot'] } };
    const rest = { id: 'rest', name: 'The rest', when, allocateTo: { value: 'Attic' } };
    world = await createWorld({ rules: { version: 1, dimensions: [{ id: 'team', rules: [rest] }] } });
    await run('/rules edit rest');
    expect(topText()).toContain('is none of "search-prod"');
    expect(topText()).toContain('stays exactly as it is');
    await submit({ name: { 'rules.form-name': 'What is left' } });
    await submit();
    expect(await teamRules()).toEqual([{ ...rest, name: 'What is left' }]);
  });

  it('that is gone is said to be gone', async () => {
    await run('/rules edit nonesuch');
    expect(topText()).toContain('There is no rule "nonesuch" any more');
    expect(world.lastMessage(ANA, FINOPS).text).toContain('nonesuch');
  });
});

describe('rules from App Home', () => {
  it('open as a modal from which forms open on top', async () => {
    await world.slack.openHome(ANA);
    await world.slack.idle();
    const home = world.slack.see(ANA).home;
    await world.slack.clickAction(
      ANA,
      { kind: 'view', viewId: home?.id ?? '' },
      { actionId: 'home.manage-rules' },
    );
    await world.slack.idle();
    expect(top().view.title.text).toBe('Rules');
    await use('rule:team:key-support-bot', 'rules.menu', { value: 'edit' });
    expect(modals().map(({ view }) => view.title.text)).toEqual(['Rules', 'Edit rule']);
    await submit({ name: { 'rules.form-name': 'Renamed' } });
    await submit();
    await world.slack.closeView(ANA, top().id);
    expect(modals()).toEqual([]);
  });
});
