import type { Day } from '../../../src/core/base/time.js';
import { utcDay } from '../../../src/core/base/time.js';
import type { CursorDataset, CursorEvent } from '../../../src/sandbox/vendors/cursor-dataset.js';
import { answerCursor } from '../../../src/sandbox/vendors/cursor-server.js';
import { Refused } from '../../../src/sandbox/vendors/listen.js';
import { exactUnits } from './all.js';
import { type FakeCall, FakeReply, refuse, startFake, type Trouble } from './server.js';

export const CURSOR_KEY = 'crsr_TopSecretOfLarkspur';
const MEMBERS = [
  { id: 'user_Ana', number: 101, email: 'Ana.Ruiz@larkspur.example', name: 'Ana Ruiz', isRemoved: false },
  { id: 'user_Tom', number: 102, email: 'tom.brandt@larkspur.example', name: 'Tom Brandt', isRemoved: false },
  { id: 'user_Ina', number: 103, email: 'ina.idle@larkspur.example', name: 'Ina Idle', isRemoved: false },
  { id: 'user_Old', number: 104, email: 'lea.novak@larkspur.example', name: 'Lea Novak', isRemoved: true },
];

/** One event on a day, at a second of it, on demand unless said otherwise. */
export function cursorEvent(day: string, second: number, changes: Partial<CursorEvent> = {}): CursorEvent {
  return {
    timestamp: Date.parse(`${day}T00:00:00Z`) + second * 1000 + 417,
    userEmail: 'ana.ruiz@larkspur.example',
    model: 'claude-opus-5.5',
    kind: 'Usage-based',
    isChargeable: true,
    chargedCents: '59.62475',
    tokens: { input: 4120, output: 6210, cacheWrite: 51_800, cacheRead: 402_300 },
    ...changes,
  };
}

/** November's events: on demand, included, by an automation, and free. */
function novemberEvents(): CursorEvent[] {
  return Array.from({ length: 23 }, (_, index): CursorEvent[] => {
    const day = `2026-11-${String(index + 1).padStart(2, '0')}`;
    const cents = `${index * 7 + 1}.${String(index * 104_729 + 7).padStart(9, '0')}`;
    return [
      cursorEvent(day, 10, { chargedCents: cents }),
      cursorEvent(day, 10, { chargedCents: cents }),
      cursorEvent(day, 86_399, {
        kind: 'Included in Business',
        isChargeable: false,
        chargedCents: '13.2435',
      }),
      cursorEvent(day, 40, {
        userEmail: 'tom.brandt@larkspur.example',
        model: 'composer-2.5',
        kind: 'Included in Business',
        isChargeable: false,
        chargedCents: '4.675',
      }),
      cursorEvent(day, 50, {
        userEmail: 'agents@larkspur.example',
        serviceAccount: { id: 'sa_Nightly', name: 'Nightly bot' },
        automationId: 'auto-1',
        cloudAgentId: `bc-${index}`,
        chargedCents: '0.000000333',
      }),
      cursorEvent(day, 60, { kind: 'Errored, No Charge', isChargeable: false, chargedCents: '0' }),
    ];
  }).flat();
}

/** A mutable copy of the team's data; `events` may be changed between pulls. */
export function cursorTeam(changes: Partial<CursorDataset> = {}): CursorDataset & { all: CursorEvent[] } {
  const team = {
    all: novemberEvents(),
    apiKey: CURSOR_KEY,
    cycleStartMs: Date.parse('2026-11-03T00:00:00Z'),
    members: MEMBERS,
    groups: [{ id: 'group_Platform', name: 'Platform', emails: ['ana.ruiz@larkspur.example'] }],
    seatChanges: [],
    events: (day: Day): readonly CursorEvent[] =>
      team.all.filter(({ timestamp }) => utcDay(timestamp) === day),
    ...changes,
  };
  return team;
}

/** What of some events is billed, in nanos with as many decimals as the vendor gives: cents x 1e9, by string surgery. */
export function billedCents(events: readonly CursorEvent[]): bigint {
  return events
    .filter(({ kind, isChargeable }) => isChargeable && kind === 'Usage-based')
    .reduce((sum, { chargedCents }) => sum + exactUnits(chargedCents, 9), 0n);
}

/** Serves the team, with so many events a page. */
export async function startCursor(team: CursorDataset, trouble?: Trouble, perPage = 50) {
  return await startFake((call) => answer(team, call, perPage), trouble);
}

function answer(team: CursorDataset, call: FakeCall, perPage: number): FakeReply | null {
  try {
    return new FakeReply(JSON.parse(answerCursor(team, call, perPage).body));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return error.status === 404 ? null : refuse(error.status, error.message);
  }
}
