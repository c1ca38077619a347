import { beforeEach, describe, expect, it } from 'vitest';
import type { Rule } from '../../../src/core/rules/rule.js';
import type { Target } from '../../../src/core/rules/target.js';
import type { RawAnswers } from '../../../src/sandbox/slack/answers.js';
import { ANA, createWorld, FINOPS, RULES, textOf, type World } from '../../support/slack/world.js';

let world: World;
const top = () => {
  const open = world.slack.see(ANA).modals.at(-1);
  if (open === undefined) throw new Error('no modal is open');
  return open;
};
const inView = () => ({ kind: 'view', viewId: top().id }) as const;
async function run(text: string) {
  await world.slack.runCommand(ANA, FINOPS, text);
  await world.slack.idle();
}
async function use(
  blockId: string | undefined,
  actionId: string,
  more: { value?: string; answers?: RawAnswers } = {},
) {
  expect(await world.slack.clickAction(ANA, inView(), { blockId, actionId, ...more })).toEqual({ ok: true });
  await world.slack.idle();
}
async function offer(blockId: string, actionId: string, query = '') {
  const { options } = await world.slack.suggest(ANA, inView(), { blockId, actionId, query });
  return options.map(({ value }) => value);
}
async function submit(answers: RawAnswers = {}) {
  const outcome = await world.slack.submitView(ANA, top().id, answers);
  await world.slack.idle();
  return outcome;
}
async function rules(): Promise<readonly Rule[]> {
  const { ruleset } = await world.context.store.currentRuleset();
  return ruleset.dimensions.find(({ id }) => id === 'team')?.rules ?? [];
}
const blockIds = () => top().view.blocks.map(({ block_id }) => block_id);

/** A new rule whose list of keys is still empty. */
async function newListRule() {
  await run('/rules add team');
  await offer('attribute.0', 'rules.form-attribute', 'api key name');
  await use('attribute.0', 'rules.form-attribute', {
    value: 'apiKeyName',
    answers: { name: { 'rules.form-name': 'Listed' } },
  });
  await use('operator.0', 'rules.form-operator', { value: 'in' });
  await offer('target.0', 'rules.form-target-owner');
  return { 'target.0': { 'rules.form-target-owner': 'Search' } };
}
const withRule = async (rule: Omit<Rule, 'id' | 'name'>) => {
  const team = [{ id: 'one', name: 'One', ...rule }, ...(RULES.dimensions[0]?.rules ?? [])];
  world = await createWorld({ rules: { version: 1, dimensions: [{ id: 'team', rules: team }] } });
};

describe('a pasted list', () => {
  beforeEach(async () => {
    world = await createWorld();
  });

  it('counts each line once, together with what was chosen', async () => {
    const answers = await newListRule();
    const [, generation] =
      /^value\.0\.(\d+)$/.exec(blockIds().find((id) => id?.startsWith('value.0.')) ?? '') ?? [];
    expect(await offer(`value.0.${generation}`, 'rules.form-choices', 'sea')).toContain('search-prod');
    await submit({
      ...answers,
      [`value.0.${generation}`]: { 'rules.form-choices': ['search-prod'] },
      [`paste.0.${generation}.0`]: { 'rules.form-paste': 'stray\r\n\n  new key & co \nstray\nsearch-prod\n' },
    });
    expect(top().view.title.text).toBe('Preview');
    expect(textOf(top().view.blocks)).toContain('Unallocated → Search');
    await submit();
    expect((await rules()).at(-1)?.when).toEqual({
      attribute: 'apiKeyName',
      in: ['search-prod', 'stray', 'new key & co'],
    });
    expect(world.slack.troubles).toEqual([]);
  });

  it('goes on in as many text areas as it takes, and keeps what stands in the others', async () => {
    const answers = await newListRule();
    const paste = blockIds().find((id) => id?.startsWith('paste.0.')) ?? '';
    const area = (n: number) => paste.replace(/\d+$/, String(n));
    const lines = (from: number) => Array.from({ length: 250 }, (_, i) => `key-${from + i}`).join('\n');
    await use('paste-more.0', 'rules.form-paste-more', {
      answers: { ...answers, [area(0)]: { 'rules.form-paste': lines(0) } },
    });
    expect(top().answers[area(0)]?.['rules.form-paste']).toBe(lines(0));
    await submit({ [area(1)]: { 'rules.form-paste': lines(240) } });
    await submit();
    const { when } = (await rules()).at(-1) ?? {};
    expect(when).toMatchObject({ in: Array.from({ length: 490 }, (_, i) => `key-${i}`) });
  });

  it('is opened again line by line when it is too long for a select', async () => {
    const list = Array.from({ length: 900 }, (_, i) => `apikey_${i}`);
    await withRule({ when: { attribute: 'apiKeyName', in: list }, allocateTo: { value: 'Search' } });
    await run('/rules edit one');
    expect(blockIds().filter((id) => id?.startsWith('paste.0.'))).toHaveLength(4);
    const last = blockIds().findLast((id) => id?.startsWith('paste.0.')) ?? '';
    const held = top().answers[last]?.['rules.form-paste'];
    await submit({ [last]: { 'rules.form-paste': `${String(held)}\nstray` } });
    await submit();
    expect((await rules())[0]?.when).toEqual({ attribute: 'apiKeyName', in: [...list, 'stray'] });
  });

  it('is refused at the text area that is wrong', async () => {
    const answers = await newListRule();
    const paste = blockIds().find((id) => id?.startsWith('paste.0.')) ?? '';
    const outcome = await submit({ ...answers, [paste]: { 'rules.form-paste': `ok\n${'x'.repeat(501)}` } });
    expect(outcome).toMatchObject({ outcome: 'errors' });
    expect(JSON.stringify(outcome)).toContain('longer than 500 characters');
    expect(await submit({ [paste]: { 'rules.form-paste': ' \n ' } })).toMatchObject({
      outcome: 'errors',
      errors: { 'operator.0': 'Give it something to compare with.' },
    });
  });
});

describe('a split', () => {
  const stray = { when: { attribute: 'apiKeyName' as const, is: 'stray' } };

  /** Opens the rule of the stray key and turns its target into a split. */
  async function splitForm(method: string) {
    await withRule({ ...stray, allocateTo: { value: 'Attic' } });
    await run('/rules edit one');
    await use('target-kind', 'rules.form-target-kind', { value: 'split' });
    if (method !== 'even') await use('split-method.1', 'rules.form-split-method', { value: method });
  }

  it('is made evenly among chosen and new owners', async () => {
    await splitForm('even');
    expect(await offer('among.1', 'rules.form-among')).toContain('Search');
    await offer('among.1', 'rules.form-among', 'Brand new');
    await submit({ 'among.1': { 'rules.form-among': ['Search', 'Brand new'] } });
    expect(textOf(top().view.blocks)).toContain('Attic → Brand new');
    await submit();
    expect((await rules())[0]?.allocateTo).toEqual({
      split: { method: 'even', among: ['Search', 'Brand new'] },
    });
    expect(world.slack.troubles).toEqual([]);
  });

  it('is made by percentages, one a line, that total exactly 100', async () => {
    await splitForm('fixed');
    const shares = (text: string) => submit({ 'shares.1': { 'rules.form-shares': text } });
    expect(await shares('Search 60\nSupport 30')).toMatchObject({
      errors: { 'shares.1': 'The shares must total exactly 100; these total 90.' },
    });
    expect(JSON.stringify(await shares('Search 60\nSearch 40'))).toContain('each owner once');
    await shares('Search 33.3\nSupport: 33.3 %\n\nAI Platform = 33.4');
    await submit();
    expect((await rules())[0]?.allocateTo).toEqual({
      split: { method: 'fixed', shares: { Search: 33.3, Support: 33.3, 'AI Platform': 33.4 } },
    });
  });

  it('is made in proportion to spend or to a measure, with a fallback', async () => {
    await splitForm('proportional');
    await offer('fallback.1', 'rules.form-fallback');
    await submit({ 'fallback.1': { 'rules.form-fallback': 'Search' } });
    await submit();
    expect((await rules())[0]?.allocateTo).toEqual({
      split: { method: 'proportional', to: 'spend', fallback: 'Search' },
    });
    await splitForm('measure');
    await submit({ 'measure.1': { 'rules.form-measure': 'requests' } });
    await submit();
    expect((await rules())[0]?.allocateTo).toEqual({ split: { method: 'measure', measure: 'requests' } });
  });

  it.each<Target>([
    { split: { method: 'even', among: ['Search', 'Support & Co <x>'] } },
    { split: { method: 'fixed', shares: { Search: 12.5, 'Team 9': 87.5 } } },
    { split: { method: 'proportional', to: 'spend', among: ['Search'], fallback: 'Attic' } },
    { split: { method: 'measure', measure: 'headcount' } },
    { split: { method: 'even', among: ['Search'], fallback: 'Attic' } },
    {
      split: {
        method: 'proportional',
        to: 'spend',
        where: { attribute: 'model', is: 'gpt-5.1' },
        base: 'cumulative',
      },
    },
  ])('survives an edit of something else to the letter: %j', async (allocateTo) => {
    await withRule({ ...stray, allocateTo });
    await run('/rules edit one');
    await submit({ name: { 'rules.form-name': 'Renamed' } });
    expect(textOf(top().view.blocks)).toContain('No money moves');
    await submit();
    expect((await rules())[0]).toEqual({ id: 'one', name: 'Renamed', ...stray, allocateTo });
  });
});
