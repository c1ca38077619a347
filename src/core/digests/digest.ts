import type { Nanos } from '../base/money.js';
import type { Day, DayRange, Month } from '../base/time.js';
import type { MoneyOutlook } from '../budgets/month.js';
import type { AgeingLine } from '../claims/ageing.js';
import type { ChecklistItem } from '../close/checklist.js';
import type { MonthStage } from '../close/month.js';
import type { ChangeCause, ChangeExplanation } from '../explain/change.js';

/** What a digest is about: one owner of a dimension, or (null) all spend. */
export type DigestScope = { readonly dimension: string; readonly owner: string } | null;

/** Who reads a digest; it decides what is shown, and whether people are named. */
export type DigestReader = 'team' | 'channel' | 'finops' | 'finance' | 'leader';

/** An ISO week (`2026-W47`) or a month (`2026-10`) of UTC charge days, with the one before it. */
export interface DigestPeriod {
  readonly grain: 'week' | 'month';
  readonly label: string;
  readonly range: DayRange;
  readonly before: DayRange;
}

/** Why a line moved: a cause of the change, or that there was nothing before or is nothing now. */
export type MoverReason = ChangeCause | 'new' | 'gone';

/** One line that moved: its cost against the comparable days before. */
export interface Mover {
  readonly by: 'team' | 'model' | 'key' | 'person';
  readonly label: string;
  readonly previous: Nanos;
  readonly current: Nanos;
  /** Null: no one cause stands out. */
  readonly reason: MoverReason | null;
}

/** A model, key or person that had no cost in the weeks of the chart before. */
export interface Newcomer {
  readonly by: 'model' | 'key' | 'person';
  readonly label: string;
  readonly cost: Nanos;
}

/**
 * Like with like: the days that every feed has closed against the same days before, without the sources that are
 * behind. So a missing day is never a saving.
 */
export interface DigestComparison {
  readonly current: Nanos;
  readonly previous: Nanos;
  readonly after: DayRange;
  readonly before: DayRange;
  /** Sources left out of both sides. */
  readonly without: readonly string[];
}

/** The one biggest cause of a change. */
export interface DigestCause {
  readonly cause: ChangeCause;
  readonly amount: Nanos;
  /** The key, model ... that contributes most of it; null: nothing in particular, or people who are not named. */
  readonly most: { readonly label: string; readonly amount: Nanos } | null;
  /** How many people contribute most of it, where they are not named; else 0. */
  readonly people: number;
  /** Over how many keys, people or models it is spread. */
  readonly spread: number;
}

/** Where a month is heading, or how it ended, against its plan. */
export interface DigestOutlook {
  readonly month: Month;
  /** What is expected of the whole month; exact once it is over. */
  readonly total: MoneyOutlook;
  readonly isOver: boolean;
  /** Null: no plan is set in this currency. */
  readonly plan: Nanos | null;
  /** For all spend the plan is that of all teams together; false: teams with spend have none, so it says less. */
  readonly isPlanWhole: boolean;
}

/** Seats that cost money and are not used. */
export interface DigestIdleSeats {
  readonly seats: number;
  readonly idleDays: number;
  readonly services: readonly { readonly service: string; readonly seats: number }[];
  readonly savings: readonly { readonly currency: string; readonly perMonth: Nanos }[];
}

/** What finance wants to know of a month besides. */
export interface DigestBooks {
  readonly stage: MonthStage;
  /** What stands in the way of its lock. */
  readonly open: readonly ChecklistItem[];
  readonly invoices: {
    readonly tied: number;
    readonly differing: readonly {
      readonly source: string;
      readonly invoiceId: string;
      readonly residual: Nanos;
      readonly currency: string;
    }[];
    /** Sources with charges and no invoice yet. */
    readonly waiting: number;
  };
  /** Cost by treatment (COGS, R&D ...), most expensive first; empty where no rule gives one. */
  readonly treatments: readonly { readonly label: string; readonly cost: Nanos }[];
  /** Cost by how it is known: billed, spread, rated, estimated. */
  readonly confidences: readonly { readonly label: string; readonly cost: Nanos }[];
}

/** The figures of a digest: effective cost of an ISO week or a month of UTC charge days. */
export interface DigestFigures {
  /** Whom it is about, in words. */
  readonly title: string;
  readonly scope: DigestScope;
  readonly reader: DigestReader;
  readonly currency: string;
  readonly grain: DigestPeriod['grain'];
  /** `2026-W47` or `2026-10`. */
  readonly period: string;
  /** Half-open; people are shown the last day. */
  readonly from: Day;
  readonly to: Day;
  readonly total: Nanos;
  readonly previousTotal: Nanos;
  readonly comparison: DigestComparison;
  /** The change is below materiality: two lines say it all. */
  readonly isQuiet: boolean;
  readonly cause: DigestCause | null;
  /** The whole change, for finance's waterfall; absent elsewhere. */
  readonly change?: ChangeExplanation;
  readonly outlook: DigestOutlook | null;
  /** From the first of the month of the last day up to `to`, that day not included. */
  readonly monthToDate: Nanos;
  /** Totals of weeks or months stacked by service for the chart, oldest first; `from` is each one's first day. */
  readonly bars: readonly {
    readonly from: Day;
    readonly byService: readonly { readonly service: string; readonly cost: Nanos }[];
  }[];
  readonly byModel: readonly { readonly label: string; readonly cost: Nanos }[];
  readonly movers: readonly Mover[];
  /** Without people where they are not to be named; these are counted in `newPeople`. */
  readonly newcomers: readonly Newcomer[];
  readonly newPeople: number;
  readonly idle: DigestIdleSeats | null;
  /** Sources of this spend whose feed is not complete through the last day. */
  readonly incomplete: readonly { readonly source: string; readonly completeThrough: Day | null }[];
  /** Unallocated money of the whole company; only for FinOps. */
  readonly unallocated: Nanos | null;
  /** What has no owner and for how long, most expensive first; only for FinOps. */
  readonly ageing?: readonly AgeingLine[];
  /** Only for finance. */
  readonly books?: DigestBooks;
  /** Set when the figures were restated after they were posted: when, and the total as it was first. */
  readonly update: { readonly on: Day; readonly was: Nanos } | null;
}
