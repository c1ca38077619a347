import { formatNanos, parseNanos } from '../../core/base/money.js';
import { addDays, type Day, daysIn, monthOf, monthRange, weekday } from '../../core/base/time.js';
import type { GithubCredits, GithubDataset } from '../vendors/github-dataset.js';
import { byKnownDay, type Calendar } from './calendar.js';
import { type Staff, teamOn } from './people.js';
import { createDice, hash } from './random.js';

/** The organisation on GitHub. */
export const GITHUB_ORGANIZATION = 'larkspur';

/** Who has a seat, as a share of each team's people. */
const SHARES: Readonly<Record<string, number>> = {
  Search: 0.7,
  Platform: 0.9,
  'Data Science': 0.6,
  Payments: 0.8,
  Security: 0.8,
  Mobile: 0.3,
};
/** Dollars of a seat and month at list price; Larkspur pays a tenth less. */
const LIST_PRICE = '39';
const NET_OF_TEN = 9n;
/** The vendor's own words for what the bill of a day names. */
const SEAT_SKU = 'Copilot Enterprise';
const CREDIT_SKU = 'Copilot AI Credits';
const CREDIT_PRICE = '0.01';
/** Since when the company lets people use models that cost credits. */
const CREDIT_DAYS = 45;
const MODELS = ['claude-sonnet-5', 'gpt-6-sol'] as const;

/** Someone with a seat. */
interface Holder {
  readonly staff: Staff;
  readonly login: string;
  /** Days since they last used it; null: they do, on working days. */
  readonly idleDays: number | null;
  /** Never linked to single sign-on: their seat has no owner until someone claims it. */
  readonly isUnlinked: boolean;
}

function holdersOf(calendar: Calendar, people: readonly Staff[]): readonly Holder[] {
  return people.flatMap((staff): Holder[] => {
    const dice = createDice(hash(calendar.seed, 'github-copilot', staff.email));
    const [wants, idle, long] = [dice(), dice(), dice()];
    const last = staff.stays.at(-1);
    const hasSeat = staff.kind === 'service' || wants < (SHARES[last?.team ?? ''] ?? 0);
    if (!hasSeat || last?.to !== null) return [];
    const isIdle = staff.kind !== 'service' && idle < 0.12;
    return [
      {
        staff,
        login: `${staff.email.split('@')[0]?.replace('.', '-') ?? ''}-lk`,
        idleDays: isIdle ? 35 + Math.floor(80 * long) : null,
        isUnlinked: hash('sso', staff.email) % 16 === 0,
      },
    ];
  });
}

function creditsOn(calendar: Calendar, holders: readonly Holder[], day: Day): readonly GithubCredits[] {
  if (weekday(day) >= 6 || day < addDays(calendar.today, -CREDIT_DAYS)) return [];
  return holders.flatMap(({ staff, login, idleDays }): GithubCredits[] => {
    if (teamOn(staff, day) === null) return [];
    if (idleDays !== null && day > addDays(calendar.today, -idleDays)) return [];
    const dice = createDice(hash(calendar.seed, 'credits', login, day));
    if (dice() > 0.4) return [];
    const credits = 5 + Math.floor(60 * dice());
    const amount = formatNanos(parseNanos(CREDIT_PRICE) * BigInt(credits));
    const model = MODELS[Math.floor(dice() * MODELS.length)] ?? MODELS[0];
    // The pool that comes with the seats covers it all.
    return [
      { login, model, credits: String(credits), grossAmount: amount, discountAmount: amount, netAmount: '0' },
    ];
  });
}

function seatsOn(holders: readonly Holder[], day: Day): number {
  return holders.filter(({ staff }) => teamOn(staff, day) !== null).length;
}

function billOn(
  holders: readonly Holder[],
  credits: readonly GithubCredits[],
  day: Day,
): ReturnType<GithubDataset['bill']> {
  const common = { product: 'Copilot', organization: GITHUB_ORGANIZATION, costCenterId: null };
  const [seats, days] = [BigInt(seatsOn(holders, day)), BigInt(daysIn(monthRange(monthOf(day))).length)];
  const gross = (parseNanos(LIST_PRICE) * seats) / days;
  const net = (gross * NET_OF_TEN) / 10n;
  const used = credits.reduce((sum, row) => sum + Number(row.credits), 0);
  const value = formatNanos(parseNanos(CREDIT_PRICE) * BigInt(used));
  const seatRow = {
    ...common,
    sku: SEAT_SKU,
    quantity: (Number(seats) / Number(days)).toFixed(6),
    unitType: 'user-months',
    pricePerUnit: LIST_PRICE,
    grossAmount: formatNanos(gross),
    discountAmount: formatNanos(gross - net),
    netAmount: formatNanos(net),
  };
  const creditRow = {
    ...common,
    sku: CREDIT_SKU,
    quantity: String(used),
    unitType: 'credits',
    pricePerUnit: CREDIT_PRICE,
    grossAmount: value,
    discountAmount: value,
    netAmount: '0',
  };
  return used === 0 ? [seatRow] : [seatRow, creditRow];
}

function githubId(login: string): number {
  return 20_000_000 + (hash('github', login) % 90_000_000);
}

/** The company's organisation on GitHub: Copilot seats by single sign-on, some idle, a few that nobody linked. */
export function createCopilot(calendar: Calendar, people: readonly Staff[]): GithubDataset {
  const holders = holdersOf(calendar, people);
  const credits = byKnownDay(calendar, (day) => creditsOn(calendar, holders, day));
  return {
    token: 'ghp_larkspur-sandbox',
    organization: GITHUB_ORGANIZATION,
    enterprise: null,
    hasUserReports: false,
    get seats() {
      return holders.map(({ staff, login, idleDays }) => {
        const used = addDays(idleDays === null ? calendar.present() : calendar.today, -(idleDays ?? 1));
        return {
          login,
          id: githubId(login),
          createdAt: `${staff.stays[0]?.from ?? calendar.start}T09:00:00Z`,
          cancelsOn: null,
          lastActivityAt: `${used}T15:00:00Z`,
          plan: 'enterprise' as const,
          organizations: [GITHUB_ORGANIZATION],
        };
      });
    },
    costCenters: [],
    saml: holders.flatMap(({ staff, login, isUnlinked }) =>
      isUnlinked ? [] : [{ nameId: staff.email, login, id: githubId(login) }],
    ),
    bill: byKnownDay(calendar, (day) => billOn(holders, credits(day), day)),
    credits,
    premium: () => [],
  };
}
