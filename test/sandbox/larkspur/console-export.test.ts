import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseNanos, sumNanos } from '../../../src/core/base/money.js';
import { addDays, type Day, daysIn, parseDay } from '../../../src/core/base/time.js';
import type { Charge } from '../../../src/core/ledger/charge.js';
import { createFocusFileProvider } from '../../../src/providers/vendors/focus-file/index.js';
import { createLarkspur, type Larkspur } from '../../../src/sandbox/larkspur/index.js';
import { startAnthropicServer } from '../../../src/sandbox/vendors/anthropic-server.js';
import { connect } from '../../support/vendors/all.js';

const folder = mkdtempSync(join(tmpdir(), 'console-export-'));
afterAll(() => rmSync(folder, { recursive: true }));

const larkspur = createLarkspur({ today: parseDay('2026-11-23') });

function exportOf(company: Larkspur) {
  return company.focusFiles().find(({ source }) => source.startsWith('anthropic'));
}

async function chargesOf(company: Larkspur): Promise<readonly Charge[]> {
  const file = exportOf(company);
  const path = join(folder, file?.fileName ?? 'none');
  writeFileSync(path, file?.text ?? '');
  const clock = () => Date.parse(`${company.calendar.today}T08:00:00Z`);
  const provider = createFocusFileProvider({ source: file?.source ?? 'none', path, clock });
  return (await provider.pull({ from: company.calendar.start, to: company.calendar.today }, [])).charges;
}

/** A charge without what the two may differ in: the source's name, the day and its month. */
function comparable({ set, bill, ...charge }: Charge) {
  const attributes = { ...set.attributes, source: '' };
  return { ...charge, chargeDay: '', attributes, tags: set.tags, account: bill.billingAccountId };
}

describe('what was exported from the Console', () => {
  it('holds every cent of the days before the API begins, and no other day', async () => {
    const { calendar, anthropic } = larkspur;
    const charges = await chargesOf(larkspur);
    const days = daysIn({ from: calendar.start, to: '2026-01-01' as Day });
    const usage = days.flatMap((day) => anthropic.usage(day)).flatMap(({ lines }) => lines);
    expect(sumNanos(charges.map(({ effectiveCost }) => effectiveCost))).toBe(
      sumNanos(usage.map(({ amountCents }) => parseNanos(amountCents))) / 100n,
    );
    expect(new Set(charges.map(({ chargeDay }) => chargeDay))).toEqual(new Set(days));
  });

  it('says of a day what the connector would have said', async () => {
    // The API serves the same usage a month later, where it still answers.
    const past = createLarkspur({ today: parseDay('2026-12-10') });
    const shifted = { ...past.anthropic, usage: (day: Day) => past.anthropic.usage(addDays(day, -31)) };
    const clock = () => Date.parse('2026-12-10T08:00:00Z');
    const server = await startAnthropicServer(shifted, { clock });
    const feed = connect('anthropic', {
      clock,
      source: 'anthropic',
      adminKey: past.anthropic.adminKey,
      baseUrl: server.url,
    });
    const pulled = await feed.pull({ from: parseDay('2026-01-10'), to: parseDay('2026-01-12') }, []);
    await server.close();
    const exported = (await chargesOf(past)).filter(
      ({ chargeDay }) => chargeDay === '2025-12-10' || chargeDay === '2025-12-11',
    );
    expect(exported.length).toBeGreaterThan(50);
    expect(exported.map(comparable)).toEqual(pulled.charges.map(comparable));
  });

  it('begins where the story does and ends where the year of the API begins', async () => {
    const late = createLarkspur({ today: parseDay('2027-03-10') });
    const days = (await chargesOf(late)).map(({ chargeDay }) => chargeDay).toSorted();
    expect([exportOf(late)?.source, days[0], days.at(-1)]).toEqual([
      'anthropic-2026',
      '2026-03-01',
      '2026-03-10',
    ]);
    expect(exportOf(createLarkspur({ today: parseDay('2027-03-01') }))?.source).toBe('anthropic-2026');
  });
});
