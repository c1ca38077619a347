import { dayIn, MS_PER_DAY } from '../../core/base/time.js';
import type { Context } from '../context.js';

/** Questions that one person, and everybody together, may get on a day in the company's time zone. */
const PER_PERSON = 2;
const PER_DAY = 20;
/** Claims nobody answers for that reach FinOps on a day, most expensive first; the rest wait, and stand in the list of claims. */
const FINOPS_PER_DAY = 5;
const TWO_DAYS_MS = 2 * MS_PER_DAY;

/** How many more people may be asked today. */
export interface AskingBudget {
  readonly mayAsk: (email: string) => boolean;
  /** Counts a question that was put. */
  readonly spend: (email: string) => void;
  readonly mayAskFinOps: () => boolean;
  /** Counts a claim that was put to FinOps. */
  readonly spendFinOps: () => void;
}

/** What is left of today's questions, by what the store says was asked. */
export async function askingBudget({ store, company, clock }: Context): Promise<AskingBudget> {
  const now = clock();
  const today = dayIn(company.timeZone, now);
  const claims = await store.listClaims(now - TWO_DAYS_MS);
  let escalated = claims.filter(
    ({ escalatedAtMs: at }) => at !== null && dayIn(company.timeZone, at) === today,
  ).length;
  const asked = claims
    .flatMap(({ asks }) => asks)
    .filter(({ askedAtMs }) => dayIn(company.timeZone, askedAtMs) === today)
    .map(({ email }) => email);
  return {
    mayAsk: (email) => asked.length < PER_DAY && asked.filter((each) => each === email).length < PER_PERSON,
    spend: (email) => void asked.push(email),
    mayAskFinOps: () => escalated < FINOPS_PER_DAY,
    spendFinOps: () => {
      escalated += 1;
    },
  };
}
