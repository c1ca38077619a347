import type { Nanos } from '../base/money.js';
import type { Day, DayRange } from '../base/time.js';
import type { ChangeExplanation } from '../explain/change.js';
import type { SpendFilter } from '../spend/spend.js';

/** State of an alert case: open until someone acknowledges it or it falls back into its band. */
export type CaseState = 'open' | 'acknowledged' | 'closed';

/** What kind of thing a cause is; a model or a service is one where several teams are hit, `company` where everything is. */
export type CauseKind = 'key' | 'model' | 'service' | 'team' | 'company';

/** What runs away: one cause is one case. `label` is what people call it; empty for the company. */
export interface AlertCause {
  readonly kind: CauseKind;
  readonly label: string;
}

/** One contributor to the excess, largest first; both costs are sums over the case's days, as those of the figures. */
export interface AlertDriver {
  /** What kind of thing `label` names: key, person, model ... `people` stands for persons that are not named. */
  readonly by: string;
  /** Of `people`, how many they are, in digits. */
  readonly label: string;
  readonly expected: Nanos;
  readonly actual: Nanos;
}

/** A day of an alert's history; `upper` is the upper edge of the normal band. */
export interface AlertDay {
  readonly day: Day;
  readonly actual: Nanos;
  readonly expected: Nanos;
  readonly upper: Nanos;
}

/** What a team bears of a case. */
export interface AlertTeam {
  readonly team: string;
  readonly expected: Nanos;
  readonly actual: Nanos;
}

/** Why the days of a case cost more than the same weekdays before: price, volume and mix. */
export interface AlertChange {
  /** Half-open. */
  readonly before: DayRange;
  readonly after: DayRange;
  readonly explanation: ChangeExplanation;
}

/** Somebody in Slack. */
export interface CasePerson {
  readonly userId: string;
  readonly name: string;
}

/** What somebody has said of the time to come; the case keeps still until then. */
interface CaseSilence {
  readonly kind: 'expected' | 'muted';
  /** The last day it is in force. */
  readonly until: Day;
  readonly by: string;
  /** What a day may cost meanwhile; null of a mute. */
  readonly limit: Nanos | null;
}

/** The figures of an alert: what was spent, what was expected, and who drove the difference. */
export interface AlertFigures {
  readonly caseId: number;
  readonly dimension: string;
  /** Who bears most of it. */
  readonly owner: string;
  readonly currency: string;
  readonly state: CaseState;
  /** The day that crossed the band first, and the latest day that is still above it. */
  readonly firstDay: Day;
  readonly lastDay: Day;
  /** Sums over the case's days, which are those from `firstDay` to `lastDay` that were above the band. */
  readonly actual: Nanos;
  readonly expected: Nanos;
  /** Upper edge of the normal band on `lastDay`. */
  readonly upper: Nanos;
  /** `actual` - `expected`. */
  readonly excess: Nanos;
  readonly drivers: readonly AlertDriver[];
  /** Daily history of the cause, ascending, ends with `lastDay`. */
  readonly series: readonly AlertDay[];
  readonly acknowledgedBy: string | null;
  /** Absent in cases of an older version, which were all of a team. */
  readonly cause?: AlertCause;
  /** Everyone who bears a part, largest excess first, at most eight; `moreTeams` counts the others. */
  readonly teams?: readonly AlertTeam[];
  readonly moreTeams?: number;
  /** What the chart shows where that is not `series`: the whole team, and what of it the cause is. */
  readonly chart?: {
    readonly label: string;
    readonly series: readonly AlertDay[];
    readonly suspect: {
      readonly label: string;
      readonly days: readonly { readonly day: Day; readonly cost: Nanos }[];
    };
  };
  readonly change?: AlertChange | null;
  readonly assignee?: CasePerson | null;
  readonly silence?: CaseSilence | null;
}

/** What runs away. */
export function causeOf({ cause, owner }: Pick<AlertFigures, 'cause' | 'owner'>): AlertCause {
  return cause ?? { kind: 'team', label: owner };
}

/** The same for the same cause, and for no other. */
export function causeId({ kind, label }: AlertCause): string {
  return `${kind}\u0000${label}`;
}

/** The cause as a filter of spend queries; the company needs none. */
export function causeFilters({ kind, label }: AlertCause): readonly SpendFilter[] {
  return kind === 'company' ? [] : [{ key: kind, values: [label] }];
}

/** Everyone who bears a part of a case. */
export function teamsOf({ teams, owner }: Pick<AlertFigures, 'teams' | 'owner'>): readonly string[] {
  return teams === undefined || teams.length === 0 ? [owner] : teams.map(({ team }) => team);
}

/** What a case remembers besides its figures. */
export interface CaseCare {
  readonly assignee: CasePerson | null;
  /** Excess at the latest raise; the next is news once it has grown by a factor. */
  readonly raisedExcess: Nanos;
  readonly raises: number;
  /** Since when it waits for an answer. */
  readonly waitingSinceMs: number;
  readonly escalated: 'no' | 'manager' | 'finops';
  /** The roll-up whose thread it is in, where the day had parent messages enough; null: it has its own. */
  readonly rollup: string | null;
}

/** A booking or a mute: what nobody is alerted about. */
export interface Silence extends CaseSilence {
  readonly id: number;
  readonly caseId: number;
  readonly cause: AlertCause;
  readonly currency: string;
  readonly from: Day;
  readonly comment: string | null;
  /** Null while it is in force. */
  readonly outcome: 'used' | 'unused' | 'exceeded' | 'lifted' | null;
}

/** Something in the thread of a case. */
export type CaseNote =
  | {
      readonly is: 'grown';
      readonly figures: AlertFigures;
      readonly times: number;
      readonly joined: string | null;
    }
  | { readonly is: 'closed'; readonly figures: AlertFigures; readonly why: 'calm' | 'new-normal' | 'moved' }
  | { readonly is: 'comment'; readonly by: string; readonly text: string }
  | { readonly is: 'silenced'; readonly silence: Omit<Silence, 'id'> }
  | { readonly is: 'silence-over'; readonly silence: Silence; readonly by: string | null }
  | { readonly is: 'assigned'; readonly to: CasePerson; readonly by: string; readonly comment: string | null }
  | { readonly is: 'escalated'; readonly to: string };
