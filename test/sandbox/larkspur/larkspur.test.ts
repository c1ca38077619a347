import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Papa from 'papaparse';
import { afterAll, describe, expect, it } from 'vitest';
import { formatNanos, parseNanos, sumNanos } from '../../../src/core/base/money.js';
import { addDays, type Day, daysIn, type Month, monthOf, parseDay } from '../../../src/core/base/time.js';
import { Ruleset } from '../../../src/core/rules/rule.js';
import { parsePeople } from '../../../src/hr/csv.js';
import { createFocusFileProvider } from '../../../src/providers/vendors/focus-file/index.js';
import { createLarkspur, type Larkspur } from '../../../src/sandbox/larkspur/index.js';

const TODAY = parseDay('2026-11-23');
const larkspur = createLarkspur({ today: TODAY });
const { calendar } = larkspur;
const STORY = daysIn({ from: calendar.start, to: TODAY });
const folder = mkdtempSync(join(tmpdir(), 'larkspur-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Row = Readonly<Record<string, string>>;

function readCsv(text: string): readonly Row[] {
  const { data, errors } = Papa.parse<Row>(text, { header: true, skipEmptyLines: true });
  expect(errors).toEqual([]);
  return data;
}

/** Dollars of one Anthropic key on a day. */
function keyUsd(company: Larkspur, name: string, day: Day): number {
  const id = company.anthropic.apiKeys.find((key) => key.name === name)?.id;
  const lines = company.anthropic
    .usage(day)
    .filter(({ apiKeyId }) => apiKeyId === id)
    .flatMap((usage) => usage.lines);
  return Number(formatNanos(sumNanos(lines.map(({ amountCents }) => parseNanos(amountCents))))) / 100;
}

function modelsOf(name: string, day: Day): readonly string[] {
  const id = larkspur.anthropic.apiKeys.find((key) => key.name === name)?.id;
  return larkspur.anthropic
    .usage(day)
    .filter(({ apiKeyId }) => apiKeyId === id)
    .map(({ model }) => model);
}

describe('Larkspur', () => {
  it('is the same company for the same day and another for another seed', () => {
    const again = createLarkspur({ today: TODAY });
    const day = addDays(TODAY, -10);
    expect(again.anthropic.usage(day)).toEqual(larkspur.anthropic.usage(day));
    expect(again.openai.costs(day)).toEqual(larkspur.openai.costs(day));
    expect([again.people, again.focusFiles(), again.slack]).toEqual([
      larkspur.people,
      larkspur.focusFiles(),
      larkspur.slack,
    ]);
    expect(createLarkspur({ today: TODAY, seed: 2 }).anthropic.usage(day)).not.toEqual(
      larkspur.anthropic.usage(day),
    );
  });

  it.each(['2027-01-01', '2028-02-29', '2027-03-31'])('can be built on %s', (today) => {
    const company = createLarkspur({ today: parseDay(today) });
    expect(company.anthropic.usage(addDays(parseDay(today), -1)).length).toBeGreaterThan(10);
    expect(company.anthropic.usage(parseDay(today))).toEqual([]);
    expect(company.openai.costs(addDays(company.calendar.start, -1))).toEqual([]);
  });

  it('stays small enough to pull in seconds', () => {
    const anthropicRows = STORY.flatMap((day) => larkspur.anthropic.usage(day).flatMap(({ lines }) => lines));
    const openAiRows = STORY.flatMap((day) => larkspur.openai.costs(day));
    expect(anthropicRows.length).toBeGreaterThan(15_000);
    expect(anthropicRows.length).toBeLessThan(45_000);
    expect(openAiRows.length).toBeGreaterThan(5_000);
    expect(openAiRows.length).toBeLessThan(12_000);
  });

  it('spends 50 to 120 thousand dollars a month, growing, each month in exact decimals', () => {
    const months = new Map<Month, bigint>();
    const add = (day: Day, nanos: bigint) =>
      months.set(monthOf(day), (months.get(monthOf(day)) ?? 0n) + nanos);
    for (const day of STORY) {
      for (const { lines } of larkspur.anthropic.usage(day))
        for (const { amountCents } of lines) add(day, parseNanos(amountCents) / 100n);
      for (const { amountUsd } of larkspur.openai.costs(day)) add(day, parseNanos(amountUsd));
      for (const { netAmount } of larkspur.github.bill(day)) add(day, parseNanos(netAmount));
      for (const event of larkspur.cursor.events(day))
        if (event.isChargeable) add(day, parseNanos(event.chargedCents) / 100n);
    }
    for (const { source, text } of larkspur.focusFiles())
      for (const row of source === 'anthropic-2025' ? [] : readCsv(text))
        add(parseDay(row['ChargePeriodStart']!.slice(0, 10)), parseNanos(row['EffectiveCost']!));
    const whole = [...months.values()].slice(0, -1).map((nanos) => Number(nanos / 1_000_000_000n));
    expect(whole).toHaveLength(12);
    expect(Math.min(...whole)).toBeGreaterThan(50_000);
    expect(Math.max(...whole)).toBeLessThan(120_000);
    expect(whole.at(-1)).toBeGreaterThan(whole[0]! * 1.3);
  });

  it('pays Anthropic exactly 8 % less than list', () => {
    for (const { lines } of larkspur.anthropic.usage(addDays(TODAY, -5))) {
      for (const { amountCents, listCents, tokens } of lines) {
        expect(parseNanos(amountCents) * 100n).toBe(parseNanos(listCents) * 92n);
        expect(tokens).toBeGreaterThan(0);
      }
    }
  });

  it('names only keys, workspaces, projects and users that are listed', () => {
    const { anthropic, openai } = larkspur;
    const keys = new Set(anthropic.apiKeys.map(({ id }) => id));
    const workspaces = new Set(anthropic.workspaces.map(({ id }) => id));
    const projects = new Map(openai.projects.map(({ id, apiKeys }) => [id, apiKeys.map((key) => key.id)]));
    for (const usage of STORY.flatMap((day) => anthropic.usage(day))) {
      expect(usage.apiKeyId === null || keys.has(usage.apiKeyId)).toBe(true);
      expect(workspaces.has(usage.workspaceId ?? '')).toBe(true);
    }
    for (const cost of STORY.flatMap((day) => openai.costs(day)))
      expect(cost.apiKeyId === null || projects.get(cost.projectId)?.includes(cost.apiKeyId)).toBe(true);
    expect(keys.size + [...projects.values()].flat().length).toBeGreaterThan(35);
  });
});

describe('the people of Larkspur', () => {
  const people = readCsv(larkspur.people);
  const teams = readCsv(larkspur.teams);

  it('are about 120 with unique addresses, in teams that exist, under managers who exist', () => {
    const emails = new Set(people.map((row) => row['email']));
    const names = new Set(teams.map((row) => row['team']));
    expect(emails.size).toBeGreaterThan(110);
    expect(emails.size).toBeLessThan(130);
    for (const row of people) {
      expect(names).toContain(row['team']);
      expect(row['manager_email'] === '' || emails.has(row['manager_email'])).toBe(true);
      expect(row['email']).toMatch(/^[a-z.-]+@larkspur\.example$/);
      expect(row['effective_to'] === '' || row['effective_from']! < row['effective_to']!).toBe(true);
    }
    expect(people.filter((row) => row['manager_email'] === '').map((row) => row['name'])).toEqual([
      'Ingrid Solheim',
    ]);
  });

  it('are read by the HR import without a remark', () => {
    const snapshot = parsePeople(
      { name: 'people.csv', text: larkspur.people },
      { name: 'teams.csv', text: larkspur.teams },
    );
    expect(snapshot.remarks).toEqual([]);
    expect(snapshot.memberships).toHaveLength(people.length);
    expect(snapshot.people).toHaveLength(new Set(people.map((row) => row['email'])).size);
    expect(snapshot.teams).toHaveLength(teams.length);
  });

  it('include a mid-month transfer, a re-org, joiners and leavers', () => {
    const of = (name: string) => people.filter((row) => row['name'] === name);
    expect(of('Diego Paredes').map((row) => [row['team'], row['effective_to']])).toEqual([
      ['Mobile', calendar.transfer],
      ['Payments', ''],
    ]);
    expect(calendar.transfer.slice(8)).toBe('15');
    const moved = people.filter((row) => row['effective_from'] === calendar.reorg);
    expect(moved.map((row) => row['team'])).toEqual(Array.from({ length: 6 }, () => 'Support Automation'));
    expect(of('Sam Whitlock').map((row) => row['effective_to'])).toEqual([calendar.departure]);
    expect(people.filter((row) => row['effective_from']! > calendar.start).length).toBeGreaterThan(10);
  });

  it('meet in a workspace with a channel for every team that has one', () => {
    const { slack } = larkspur;
    const ids = new Set(slack.people.map(({ id }) => id));
    expect(ids.size).toBe(slack.people.length);
    expect(slack.personas).toHaveLength(8);
    for (const id of [...slack.channels.flatMap(({ members }) => members), ...slack.personas])
      expect(ids).toContain(id);
    const channels = new Set(slack.channels.map(({ name }) => `#${name}`));
    for (const { channel } of teams) expect(channel === '' || channels.has(channel!)).toBe(true);
    const [ana, mia, ben] = slack.personas;
    const group = slack.userGroups.find(({ id }) => id === slack.finopsUserGroup);
    expect(group?.users).toContain(ana);
    expect(group?.users).not.toContain(mia);
    expect(group?.users).not.toContain(ben);
    expect(slack.channels.some(({ id }) => id === slack.finopsChannel)).toBe(true);
  });
});

describe('the story of Larkspur', () => {
  it('has an agent that runs wild three days ago and is calm before', () => {
    const spend = daysIn({ from: addDays(TODAY, -33), to: TODAY }).map((day) =>
      keyUsd(larkspur, 'ci-flaky-test-fixer', day),
    );
    expect(Math.min(...spend.slice(0, 30))).toBeGreaterThan(40);
    expect(Math.max(...spend.slice(0, 30))).toBeLessThan(80);
    expect(spend.slice(30).map(Math.round)).toEqual([655, 890, 310]);
  });

  it('has a team that changed its model six weeks ago and halved its bill', () => {
    const before = addDays(calendar.modelSwitch, -7);
    expect(modelsOf('search-ranker-prod', before)).toEqual(['claude-opus-5-5']);
    expect(modelsOf('search-ranker-prod', calendar.modelSwitch)).toEqual(['claude-sonnet-5']);
    expect(keyUsd(larkspur, 'search-ranker-prod', calendar.modelSwitch)).toBeLessThan(
      keyUsd(larkspur, 'search-ranker-prod', before) * 0.65,
    );
  });

  it('has an expensive key whose creator is gone and which names nobody', () => {
    const key = larkspur.anthropic.apiKeys.find(({ name }) => name === 'tmp-migration-2');
    expect(key?.principal).toBeNull();
    expect(larkspur.anthropic.users.some(({ id }) => id === key?.createdByUserId)).toBe(false);
    expect(keyUsd(larkspur, 'tmp-migration-2', addDays(TODAY, -9))).toBeGreaterThan(80);
  });

  it('has quiet weekends and a busy month end', () => {
    expect(keyUsd(larkspur, 'ci-review', parseDay('2026-11-21'))).toBe(0);
    expect(keyUsd(larkspur, 'ds-batch-enrichment', parseDay('2026-10-30'))).toBeGreaterThan(
      keyUsd(larkspur, 'ds-batch-enrichment', parseDay('2026-10-28')) * 2,
    );
  });

  it('starts with rules that are valid and leave something to find', () => {
    expect(Ruleset.parse(larkspur.ruleset)).toEqual(larkspur.ruleset);
    const text = JSON.stringify(larkspur.ruleset);
    const unowned = larkspur.anthropic.workspaces.find(({ name }) => name === 'Default');
    expect(unowned).toBeDefined();
    expect(text).not.toContain(unowned?.id);
  });
});

describe('the bills that come as files', () => {
  it.each(larkspur.focusFiles())('$fileName is a FOCUS file from which no row is dropped', async (file) => {
    const path = join(folder, file.fileName);
    writeFileSync(path, file.text);
    const provider = createFocusFileProvider({
      source: file.source,
      path,
      clock: () => Date.parse(`${TODAY}T08:00:00Z`),
    });
    const pull = await provider.pull({ from: calendar.start, to: TODAY }, []);
    const rows = readCsv(file.text);
    expect(sumNanos(pull.charges.map(({ billedCost }) => billedCost))).toBe(
      sumNanos(rows.map((row) => parseNanos(row['BilledCost']!))),
    );
    expect(pull.remarks).toEqual([]);
    expect(pull.completeThrough).toBe(file.source === 'anthropic-2025' ? '2025-12-31' : addDays(TODAY, -1));
  });

  it('leave some cloud resources without a tag', () => {
    const aws = readCsv(larkspur.focusFiles().find(({ source }) => source === 'aws')!.text);
    expect(new Set(aws.map((row) => row['ServiceName'])).size).toBe(3);
    expect(aws.some((row) => row['Tags'] === '{}')).toBe(true);
    expect(aws.some((row) => row['Tags']!.includes('"team":"Data Science"'))).toBe(true);
  });
});

describe('the seats of Larkspur', () => {
  const { cursor, github } = larkspur;
  const yesterday = addDays(TODAY, -1);
  const month = daysIn({ from: addDays(TODAY, -30), to: TODAY });

  it('cost about what forty seats of Cursor and sixty of Copilot cost', () => {
    const held = cursor.members.filter(({ isRemoved }) => !isRemoved).length;
    expect(held).toBeGreaterThan(25);
    expect(held).toBeLessThan(60);
    const bill = sumNanos(month.flatMap((day) => github.bill(day).map((row) => parseNanos(row.netAmount))));
    expect(Number(bill / 1_000_000_000n)).toBeGreaterThan(1_200);
    expect(Number(bill / 1_000_000_000n)).toBeLessThan(2_600);
  });

  it('are in part idle, and a few of Copilot have no e-mail', () => {
    const active = new Set(month.flatMap((day) => cursor.events(day).map(({ userEmail }) => userEmail)));
    const idle = cursor.members.filter(({ email, isRemoved }) => !isRemoved && !active.has(email));
    expect(idle.length).toBeGreaterThan(1);
    expect(idle.length).toBeLessThan(10);
    expect(github.seats.some(({ lastActivityAt }) => lastActivityAt!.slice(0, 10) < month[0]!)).toBe(true);
    const linked = new Set(github.saml?.map(({ login }) => login));
    const unlinked = github.seats.filter(({ login }) => !linked.has(login));
    expect(unlinked.length).toBeGreaterThan(0);
    expect(unlinked.length).toBeLessThan(github.seats.length / 5);
  });

  it('are charged on demand about what the tokens cost at list price', () => {
    const events = month.flatMap((day) => cursor.events(day)).filter(({ isChargeable }) => isChargeable);
    expect(events.length).toBeGreaterThan(5);
    for (const { tokens, chargedCents } of events) {
      const { input, output, cacheWrite, cacheRead } = tokens;
      const list = (input * 2 + output * 10 + cacheWrite * 2.5 + cacheRead * 0.2) / 10_000;
      expect(Number(chargedCents) / list).toBeGreaterThan(0.5);
      expect(Number(chargedCents) / list).toBeLessThan(2);
    }
  });

  it('have their pool cover the credits, to the cent', () => {
    for (const day of [yesterday, addDays(TODAY, -5)]) {
      const [, credits] = github.bill(day);
      const used = github.credits(day).map((row) => parseNanos(row.grossAmount));
      expect(parseNanos(credits?.grossAmount ?? '0')).toBe(sumNanos(used));
      expect(credits?.netAmount ?? '0').toBe('0');
    }
  });
});
