import {
  type AlertCause,
  type AlertDriver,
  type AlertFigures,
  causeOf,
  teamsOf,
} from '../../core/alerts/alert.js';
import { assertNever } from '../../core/base/errors.js';
import { addDays } from '../../core/base/time.js';
import { authorName, count, displayName, formatDay, formatMoney, formatRange } from '../kit/text.js';

/** A cause as people say it: `key ci-nightly`, `team Search`, `the whole company`. */
export function causeWords({ kind, label }: AlertCause): string {
  switch (kind) {
    case 'company':
      return 'the whole company';
    case 'team':
    case 'key':
    case 'model':
    case 'service':
      return `${kind} ${displayName(label, 80)}`;
    default:
      return assertNever(kind);
  }
}

/** The cause of an alert, with who bears it: `key ci-nightly (Search)`, `model gpt-5 (3 teams)`, `Search`. */
export function causeName(figures: AlertFigures): string {
  const cause = causeOf(figures);
  if (cause.kind === 'team') return displayName(cause.label, 80);
  if (cause.kind === 'company') return causeWords(cause);
  const teams = teamsOf(figures).length + (figures.moreTeams ?? 0);
  const who = teams === 1 ? displayName(figures.owner, 60) : count(teams, 'team');
  return `${causeWords(cause)} (${who})`;
}

/** `on 12 Nov 2026` or `over 12–15 Nov 2026`: the first and the last day both belong to the case. */
export function caseDays({ firstDay, lastDay }: AlertFigures): string {
  const days = formatRange({ from: firstDay, to: addDays(lastDay, 1) });
  return `${firstDay === lastDay ? 'on' : 'over'} ${days}`;
}

/** `key ci-nightly`; people who are not named are `one person` or `3 people`. */
export function driverName({ by, label }: AlertDriver): string {
  if (by === 'people') return label === '1' ? 'one person' : `${displayName(label, 20)} people`;
  return `${by} ${displayName(label, 60)}`;
}

/** What has been said of the days to come; nothing where nothing has. */
export function silenceLines({ silence, currency }: Pick<AlertFigures, 'silence' | 'currency'>): string[] {
  if (silence === null || silence === undefined) return [];
  const by = `by ${authorName(silence.by)}`;
  const until = formatDay(silence.until);
  if (silence.kind === 'muted') return [`Muted until ${until} ${by}.`];
  const limit = silence.limit === null ? '' : `, up to ${formatMoney(silence.limit, currency)} a day`;
  return [`Expected until ${until}${limit}, said ${by}.`];
}
