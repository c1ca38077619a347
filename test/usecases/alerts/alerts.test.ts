import { beforeEach, describe, expect, it } from 'vitest';
import type { Viewer } from '../../../src/core/access/visibility.js';
import type { AlertFigures } from '../../../src/core/alerts/alert.js';
import { encodeJson } from '../../../src/core/base/json.js';
import { addDays, type Day, type DayRange, weekday } from '../../../src/core/base/time.js';
import type { NoticeBody } from '../../../src/core/notices/notice.js';
import { acknowledgeAlert } from '../../../src/usecases/alerts/acknowledge-alert.js';
import { raiseAlerts } from '../../../src/usecases/alerts/raise-alerts.js';
import { reallocate } from '../../../src/usecases/allocation/reallocate.js';
import { importRules } from '../../../src/usecases/rules/import-rules.js';
import { ingestSource } from '../../../src/usecases/sources/ingest.js';
import { chargesOf, createTestProvider, keyRule, type TestKey } from '../../support/company/company.js';
import { createTestContext, type TestContext } from '../../support/context.js';

const NIGHTLY_SPIKE = { from: '2026-11-12' as Day, to: '2026-11-16' as Day };
const START = '2026-08-01' as Day;
const viewer: Viewer = {
  email: 'fin@example.test',
  roles: ['finops'],
  team: null,
  teamsLed: [],
  teamsBelow: [],
};

function usual(day: Day): number {
  return weekday(day) >= 6 ? 2_000 : 10_000;
}

/** Search runs away from 12 to 15 November; nothing else ever changes. */
function keys(spike: DayRange = NIGHTLY_SPIKE): readonly TestKey[] {
  return [
    { key: 'search-prod', model: 'claude-sonnet-4-5', cents: usual },
    {
      key: 'ci-nightly',
      model: 'claude-opus-4-5',
      cents: (day) => (day >= spike.from && day < spike.to ? 60_000 : 1_500),
    },
    { key: 'support-bot', model: 'claude-haiku-4-5', cents: usual },
  ];
}

function rules(ciOwner: string) {
  const team = [
    keyRule('search-prod', 'Search'),
    keyRule('ci-nightly', ciOwner),
    keyRule('support-bot', 'Support'),
  ];
  return { version: 1, dimensions: [{ id: 'team', rules: team }] };
}

let context: TestContext;
beforeEach(async () => {
  context = await createTestContext();
});

/** The morning of a day: everything up to the day before is billed. */
async function morning(day: string, spike: DayRange = NIGHTLY_SPIKE, who = keys(spike)) {
  context.testClock.set(day);
  const today = day as Day;
  const provider = createTestProvider((window) => ({
    charges: chargesOf(who, window),
    completeThrough: addDays(today, -1),
  }));
  await ingestSource(context, provider, { from: START, to: today });
  await reallocate(context);
  return raiseAlerts(context, { today: null });
}

async function figuresOf(key: string): Promise<AlertFigures> {
  const body = (await context.store.findNotice(key))?.notice.body as NoticeBody;
  if (body.kind !== 'alert' && body.kind !== 'alert-explained') throw new Error(`${key} is ${body.kind}`);
  return body.figures;
}

describe('raising alerts', () => {
  it('opens one case the morning after, explains it, and tells nobody twice', async () => {
    await importRules(context, { ruleset: rules('Search'), file: 'rules.yml', note: null });
    expect(await morning('2026-11-12')).toEqual({ opened: 0, updated: 0, closed: 0 });
    expect(await morning('2026-11-13')).toEqual({ opened: 1, updated: 0, closed: 0 });
    expect(await raiseAlerts(context, { today: null })).toEqual({ opened: 0, updated: 0, closed: 0 });
    const [open, ...others] = await context.store.listOpenCases();
    expect(others).toEqual([]);
    expect(open).toMatchObject({
      dimension: 'key',
      owner: 'ci-nightly',
      firstDay: '2026-11-12',
      state: 'open',
    });
    const parent = await context.store.findNotice(`alert:case:${open?.id}`);
    expect(parent).toMatchObject({
      revision: 1,
      notice: { parentKey: null, audience: { kind: 'team', team: 'Search' }, body: { kind: 'alert' } },
    });
    const explained = await context.store.findNotice(`alert:case:${open?.id}:explained`);
    expect(explained).toMatchObject({ revision: 1, notice: { parentKey: `alert:case:${open?.id}` } });
    const figures = await figuresOf(`alert:case:${open?.id}`);
    expect(figures).toMatchObject({
      caseId: open?.id,
      actual: 600_000_000_000n,
      owner: 'Search',
      currency: 'USD',
    });
    expect(figures.series).toHaveLength(35);
    expect(figures.series.at(-1)).toMatchObject({ day: '2026-11-12', actual: 600_000_000_000n });
    expect(figures.excess).toBe(figures.actual - figures.expected);
    expect(figures.drivers).toEqual([
      { by: 'key', label: 'ci-nightly', expected: 15_000_000_000n, actual: 600_000_000_000n },
      { by: 'model', label: 'claude-opus-4-5', expected: 15_000_000_000n, actual: 600_000_000_000n },
    ]);
  });

  it('edits the parent while the excess grows and when it is over, without a new case', async () => {
    await importRules(context, { ruleset: rules('Search'), file: 'rules.yml', note: null });
    await morning('2026-11-13');
    expect(await morning('2026-11-14')).toEqual({ opened: 0, updated: 1, closed: 0 });
    expect(await morning('2026-11-15')).toEqual({ opened: 0, updated: 1, closed: 0 });
    expect(await morning('2026-11-16')).toEqual({ opened: 0, updated: 1, closed: 0 });
    expect(await morning('2026-11-17')).toEqual({ opened: 0, updated: 0, closed: 0 });
    expect(await morning('2026-11-18')).toEqual({ opened: 0, updated: 0, closed: 1 });
    expect(await morning('2026-11-19')).toEqual({ opened: 0, updated: 0, closed: 0 });
    const cases = await context.store.listCases(START);
    expect(cases).toHaveLength(1);
    const figures = await figuresOf(`alert:case:${cases[0]?.id}`);
    expect(figures).toMatchObject({ state: 'closed', firstDay: '2026-11-12', lastDay: '2026-11-15' });
    const thread = await context.store.findNotice(`alert:case:${cases[0]?.id}:explained`);
    expect(thread?.revision).toBe(4);
  });

  it('says nothing of weekdays, of history in a first import, or of a feed that lags', async () => {
    await importRules(context, { ruleset: rules('Search'), file: 'rules.yml', note: null });
    expect(await morning('2026-11-30')).toEqual({ opened: 0, updated: 0, closed: 0 });
    context.testClock.set('2026-12-04');
    expect(await raiseAlerts(context, { today: null })).toEqual({ opened: 0, updated: 0, closed: 0 });
  });

  it('says nothing when a rule change moves money, since the past moves with it', async () => {
    await importRules(context, { ruleset: rules('Search'), file: 'rules.yml', note: null });
    const calm = { from: '2027-01-01' as Day, to: '2027-01-02' as Day };
    await morning('2026-11-18', calm);
    await importRules(context, { ruleset: rules('Support'), file: 'rules.yml', note: null });
    expect(await morning('2026-11-18', calm)).toEqual({ opened: 0, updated: 0, closed: 0 });
  });

  it('goes to FinOps when nobody owns the money', async () => {
    const stray = rules('Search');
    stray.dimensions[0]!.rules = stray.dimensions[0]!.rules.filter(({ id }) => id !== 'key-ci-nightly');
    await importRules(context, { ruleset: stray, file: 'rules.yml', note: null });
    await morning('2026-11-13');
    const [open] = await context.store.listOpenCases();
    expect(open?.figures.owner).toBe('Unallocated');
    const parent = await context.store.findNotice(`alert:case:${open?.id}`);
    expect(parent?.notice.audience).toEqual({ kind: 'finops' });
  });

  describe('whose cause is people', () => {
    const seats = (owner: string) => ({
      version: 1,
      dimensions: [
        {
          id: 'team',
          rules: ['one', 'two'].map((name) => ({
            id: name,
            name,
            when: { attribute: 'email', is: `${name}@example.test` } as const,
            allocateTo: { value: owner },
          })),
        },
      ],
    });
    const people: readonly TestKey[] = ['one', 'two', 'three'].map((name) => ({
      key: 'claude-code',
      model: 'claude-opus-4-5',
      email: `${name}@example.test`,
      cents: (day) => (day === '2026-11-12' && name !== 'three' ? 30_000 : 1_000),
    }));

    it('names nobody to the team: how many, and what they cost together', async () => {
      await importRules(context, { ruleset: seats('Search'), file: 'rules.yml', note: null });
      await morning('2026-11-13', NIGHTLY_SPIKE, people);
      const [open] = await context.store.listOpenCases();
      expect(open?.figures.owner).toBe('Search');
      const { drivers } = await figuresOf(`alert:case:${open?.id}`);
      expect(drivers).toEqual([
        { by: 'key', label: 'claude-code', expected: 30_000_000_000n, actual: 610_000_000_000n },
        { by: 'model', label: 'claude-opus-4-5', expected: 30_000_000_000n, actual: 610_000_000_000n },
        { by: 'people', label: '2', expected: 20_000_000_000n, actual: 600_000_000_000n },
      ]);
      const told = [
        await context.store.findNotice(`alert:case:${open?.id}`),
        await context.store.findNotice(`alert:case:${open?.id}:explained`),
        open,
      ];
      expect(encodeJson(told)).not.toContain('@example.test');
    });

    it('names them to FinOps, who alone hear of money without an owner', async () => {
      await morning('2026-11-13', NIGHTLY_SPIKE, people);
      const [open] = await context.store.listOpenCases();
      const { drivers } = await figuresOf(`alert:case:${open?.id}`);
      expect(drivers).toContainEqual({
        by: 'person',
        label: 'one@example.test',
        expected: 10_000_000_000n,
        actual: 300_000_000_000n,
      });
    });
  });

  it('moves with its money: the case closes for the team that no longer has it', async () => {
    await importRules(context, { ruleset: rules('Search'), file: 'rules.yml', note: null });
    await morning('2026-11-14');
    await importRules(context, { ruleset: rules('Support'), file: 'rules.yml', note: null });
    expect(await morning('2026-11-14')).toEqual({ opened: 1, updated: 0, closed: 1 });
    expect((await context.store.listOpenCases()).map(({ figures }) => figures.owner)).toEqual(['Support']);
  });
});

describe('acknowledging an alert', () => {
  it('edits the parent and tells the thread once, whoever clicks again', async () => {
    await importRules(context, { ruleset: rules('Search'), file: 'rules.yml', note: null });
    await morning('2026-11-14');
    const [open] = await context.store.listOpenCases();
    const caseId = open?.id ?? 0;
    const first = await acknowledgeAlert(context, { caseId, viewer, comment: 'evaluation run' });
    expect(first).toMatchObject({ state: 'acknowledged', acknowledgedBy: 'Fin Ops' });
    context.testClock.advance(60_000);
    const other = { ...context, actor: { kind: 'slack', userId: 'U2', name: 'Bo' } as const };
    expect(await acknowledgeAlert(other, { caseId, viewer, comment: null })).toEqual(first);
    expect(await figuresOf(`alert:case:${caseId}`)).toMatchObject({
      state: 'acknowledged',
      acknowledgedBy: 'Fin Ops',
    });
    expect(await context.store.findNotice(`alert:case:${caseId}:acknowledged`)).toMatchObject({
      revision: 1,
      notice: {
        parentKey: `alert:case:${caseId}`,
        body: { kind: 'alert-acknowledged', by: 'Fin Ops', comment: 'evaluation run' },
      },
    });
    expect((await context.store.findNotice(`alert:case:${caseId}`))?.revision).toBe(2);
    const actions = (await context.store.listAudit(50)).map(({ action }) => action);
    expect(actions.filter((action) => action === 'alert.acknowledged')).toHaveLength(1);
  });

  it('stays acknowledged while it grows, and closes when it is over', async () => {
    await importRules(context, { ruleset: rules('Search'), file: 'rules.yml', note: null });
    await morning('2026-11-13');
    const [open] = await context.store.listOpenCases();
    await acknowledgeAlert(context, { caseId: open?.id ?? 0, viewer, comment: null });
    expect(await morning('2026-11-15')).toMatchObject({ opened: 0, updated: 1 });
    expect(await context.store.findCase(open?.id ?? 0)).toMatchObject({
      state: 'acknowledged',
      acknowledgedBy: 'Fin Ops',
    });
    expect(await morning('2026-11-18')).toMatchObject({ closed: 1 });
    const told = await figuresOf(`alert:case:${open?.id}`);
    expect(told).toMatchObject({ state: 'closed', acknowledgedBy: 'Fin Ops' });
  });

  it('of a case that does not exist is refused', async () => {
    await expect(acknowledgeAlert(context, { caseId: 99, viewer, comment: null })).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});
