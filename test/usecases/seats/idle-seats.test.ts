import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createDirectory } from '../../../src/core/people/directory.js';
import { unusedSeatId } from '../../../src/core/seats/seat.js';
import type { Provider } from '../../../src/providers/provider.js';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { runTerminal } from '../../../src/terminal/program.js';
import { listIdleSeats } from '../../../src/usecases/seats/list-idle-seats.js';
import { ingestSource } from '../../../src/usecases/sources/ingest.js';
import { chargeOf, day, daysScope, setOf } from '../../support/build/charges.js';
import { listingOf, seatOf } from '../../support/build/seats.js';
import { createTestContext } from '../../support/context.js';

const folder = mkdtempSync(join(tmpdir(), 'apportion-seats-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A source that lists these seats, and one charge that nobody but the licence's owner bears. */
function providerOf(seats: ReturnType<typeof listingOf>): Provider {
  const set = setOf({ source: 'cursor', apiKeyId: undefined, seatId: unusedSeatId('cursor') });
  return {
    source: 'cursor',
    kind: 'cursor',
    openWindowDays: 1,
    reachDays: null,
    pull: async () => ({
      scope: daysScope('2026-11-01', '2026-11-18'),
      charges: [chargeOf('2026-11-02', '40', { set })],
      raw: [],
      identities: [],
      completeThrough: day('2026-11-17'),
      remarks: [],
      seats,
    }),
  };
}

describe('idle seats', () => {
  it('are listed with the team of their holder and the saving, and told apart from those without a price', async () => {
    const context = await createTestContext({ now: '2026-11-18' });
    const { store, actor } = context;
    await store.putLink(
      { kind: 'seat', value: 'ana', from: day('2026-01-01'), to: null, owner: { team: 'Search' } },
      actor,
      1,
    );
    const busy = seatOf('tom', { lastActiveDay: day('2026-11-17') });
    const unpriced = seatOf('lea', { price: null, lastActiveDay: day('2026-10-01') });
    await store.putSeats('cursor', listingOf('2026-11-18', [seatOf('ana'), busy, unpriced]));
    const report = await listIdleSeats(context);
    expect(report.seats.map(({ seat, team, idleDays }) => [seat.seatId, team, idleDays])).toEqual([
      ['ana', 'Search', null],
      ['lea', null, 48],
    ]);
    expect(report).toMatchObject({
      today: '2026-11-18',
      idleDays: 30,
      unpriced: 1,
      savings: [{ currency: 'USD', perMonth: 40_000_000_000n }],
    });
    expect((await listIdleSeats(context, { idleDays: 49 })).seats.map(({ seat }) => seat.seatId)).toEqual([
      'ana',
    ]);
  });

  it('are kept by a pull, whose policy gives unused seats to the owner of the licence, said once', async () => {
    const context = await createTestContext({ now: '2026-11-18' });
    const listing = {
      ...listingOf('2026-11-18', [seatOf('ana')]),
      unused: { kind: 'owner', team: 'IT' },
    } as const;
    for (let round = 0; round < 2; round++)
      expect(await ingestSource(context, providerOf(listing), null)).toMatchObject({ ok: true });
    const { links } = await context.store.directory();
    expect(links).toEqual([
      { kind: 'seat', value: 'cursor/unused-seats', from: '1900-01-01', to: null, owner: { team: 'IT' } },
    ]);
    expect(await context.store.listSeats('cursor')).toHaveLength(1);
    const [set] = await context.store.listSets();
    const directory = createDirectory(await context.store.directory());
    expect(set && directory.ownerOf(set.set, day('2026-11-02'))).toMatchObject({ kind: 'team', team: 'IT' });
  });

  it('can be asked for in a terminal, as text and as JSON', async () => {
    const db = join(folder, 'seats.db');
    const store = await openSqliteStore(db);
    await store.putSeats(
      'cursor',
      listingOf('2026-11-01', [seatOf('ana', { lastActiveDay: day('2020-01-01') })]),
    );
    await store.close();
    const out: string[] = [];
    const notes: string[] = [];
    const terminal = { out: (text: string) => out.push(text), note: (line: string) => notes.push(line) };
    expect(await runTerminal(['--db', db, 'seats', 'list', '--idle', '45'], terminal)).toBe(0);
    expect(out.join('')).toContain('ana@larkspur.example');
    expect(out.join('')).toContain('Giving back the idle seat saves 40 USD a month.');
    out.length = 0;
    expect(await runTerminal(['--db', db, '--json', 'seats', 'list'], terminal)).toBe(0);
    expect(JSON.parse(out.join(''))).toMatchObject({
      idleDays: 30,
      savings: [{ currency: 'USD', perMonth: '40' }],
      seats: [
        { seatId: 'ana', lastActiveDay: '2020-01-01', savingPerMonth: { amount: '40', currency: 'USD' } },
      ],
    });
    expect(await runTerminal(['--db', db, 'seats', 'list', '--idle', 'long'], terminal)).toBe(1);
    expect(notes).toEqual(['--idle long: write a number of days from 1 to 9999, for example --idle 30.']);
  });
});
