import { expect, it } from 'vitest';
import { NANOS_PER_UNIT } from '../../../src/core/base/money.js';
import { parseMonth } from '../../../src/core/base/time.js';
import { type HeadKind, headcount } from '../../../src/core/people/headcount.js';
import { day, directoryData, member, person } from '../../support/build/directory.js';

/** Person-days by team, or by another kind of owner. */
function count(
  data: Parameters<typeof directoryData>[0],
  month = '2026-10',
  by: HeadKind = 'team',
): Record<string, bigint> {
  const totals = headcount(directoryData(data), parseMonth(month), by);
  return Object.fromEntries([...totals].map(([team, days]) => [team, days / NANOS_PER_UNIT]));
}

it('Heads are counted by days: who moves in mid-month counts for both teams, who leaves counts until then', () => {
  const data = {
    people: [person('ana'), person('bo'), person('cy'), person('di')],
    memberships: [
      member('ana', 'Search', '2026-01-01', { to: day('2026-10-11') }),
      member('ana', 'Ads', '2026-10-11'),
      member('bo', 'Ads', '2026-01-01'),
      member('cy', 'Ads', '2026-01-01', { to: day('2026-10-02') }),
      member('cy', 'Search', '2026-10-31'),
      member('di', 'Search', '2026-11-01'),
    ],
  };
  expect(count(data)).toEqual({ Search: 10n + 1n, Ads: 21n + 31n + 1n });
  expect(count(data, '2026-11')).toEqual({ Search: 60n, Ads: 60n });
});

it('Heads are people: service accounts and memberships of nobody do not count', () => {
  const data = {
    people: [person('ana', { kind: 'contractor' }), person('bot', { kind: 'service' })],
    memberships: [
      member('ana', 'Search', '2026-01-01'),
      member('bot', 'Search', '2026-01-01'),
      member('x', 'Ads', '2026-01-01'),
    ],
  };
  expect(count(data, '2026-02')).toEqual({ Search: 28n });
});

it('Heads are counted by cost centre or by person where those are the owners', () => {
  const data = {
    people: [person('ana'), person('bo')],
    memberships: [
      member('ana', 'Search', '2026-01-01', { costCentre: 'CC-100', to: day('2026-10-11') }),
      member('ana', 'Ads', '2026-10-11', { costCentre: 'CC-110' }),
      member('bo', 'Ads', '2026-01-01'),
    ],
  };
  expect(count(data, '2026-10', 'costCentre')).toEqual({ 'CC-100': 10n, 'CC-110': 21n });
  expect(count(data, '2026-10', 'person')).toEqual({ 'ana@larkspur.test': 31n, 'bo@larkspur.test': 31n });
});
