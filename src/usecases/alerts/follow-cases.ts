import { type AlertFigures, type CaseNote, causeId, causeOf, type Silence } from '../../core/alerts/alert.js';
import { figuresOfCause, joinedDriver, teamOfAlert } from '../../core/alerts/figures.js';
import { followCause, type Watch } from '../../core/alerts/watch.js';
import { canonicalJson } from '../../core/base/json.js';
import type { Notice } from '../../core/notices/notice.js';
import type { AlertCase, CaseEdit } from '../../store/contract/alerts.js';
import type { Context } from '../context.js';
import { explainAlert } from './explain-alert.js';
import { caseNote, caseNotices } from './notices.js';

/** A case is raised again once its excess has grown by this factor. */
const GROWTH = 2n;

type Closing = (CaseNote & { readonly is: 'closed' })['why'];

/** What a look at a case has found. */
interface Look {
  readonly figures: AlertFigures;
  readonly closing: Closing | null;
  readonly silence: Silence | null;
}

/** Brings an open case up to date: closed, edited or (null) as it was. */
export async function followCase(
  context: Context,
  { watch, open, silences }: { watch: Watch; open: AlertCase; silences: readonly Silence[] },
): Promise<'updated' | 'closed' | null> {
  const look = lookAt(watch, open, silences);
  const isNews = look.closing !== null || growthOf(open, look, watch) !== null;
  const change = isNews ? await tryExplaining(context, look.figures) : (open.figures.change ?? null);
  const figures = { ...look.figures, change };
  let outcome: 'updated' | 'closed' | null = null;
  const notes: ((after: AlertCase) => Notice)[] = [];
  await context.store.editCase({
    id: open.id,
    actor: context.actor,
    atMs: context.clock(),
    once: null,
    edit: (held) => {
      if (held.state === 'closed') return null;
      const edit = editOf(held, { ...look, figures }, { watch, nowMs: context.clock(), notes });
      if (edit === null) return null;
      outcome = edit.state === 'closed' ? 'closed' : 'updated';
      return edit;
    },
    notices: (after) => [...caseNotices(after), ...notes.map((note) => note(after))],
  });
  return outcome;
}

/** Without an explanation a case is told all the same. */
export async function tryExplaining(
  context: Context,
  figures: AlertFigures,
): Promise<NonNullable<AlertFigures['change']> | null> {
  try {
    return await explainAlert(context, figures);
  } catch (error) {
    context.log.warn('An alert could not be explained.', { owner: figures.owner, error });
    return null;
  }
}

function lookAt(watch: Watch, open: AlertCase, silences: readonly Silence[]): Look {
  const cause = causeOf(open.figures);
  const silence = silences.find((each) => causeId(each.cause) === causeId(cause)) ?? null;
  const { verdicts, run, parts } = followCause(watch, cause, open);
  // No run any more: money was restated, or moved to another owner.
  if (run === null) return { figures: open.figures, closing: 'moved', silence };
  const figures = figuresOfCause(watch, { cause, verdicts, run, parts }, open.figures.currency);
  if (teamOfAlert(figures) !== teamOfAlert(open.figures) && figures.owner !== open.figures.owner)
    return { figures: open.figures, closing: 'moved', silence };
  const isNewNormal = run.days.length >= watch.options.acceptAfterDays;
  return { figures, closing: run.over ? (isNewNormal ? 'new-normal' : 'calm') : null, silence };
}

/** What makes a case worth another word; null: nothing. */
function growthOf(
  { care, figures: before }: AlertCase,
  { figures, closing, silence }: Look,
  { options }: Watch,
): { readonly joined: string | null } | null {
  if (closing !== null || silence !== null) return null;
  const joined = joinedDriver(before, figures);
  const grown = figures.excess >= GROWTH * care.raisedExcess;
  const isWorth = figures.excess - care.raisedExcess >= options.minExcess;
  return isWorth && (grown || joined !== null) ? { joined } : null;
}

function editOf(
  held: AlertCase,
  look: Look,
  at: { watch: Watch; nowMs: number; notes: ((after: AlertCase) => Notice)[] },
): CaseEdit | null {
  const { care } = held;
  const { silence, closing } = look;
  const told = silence && { kind: silence.kind, until: silence.until, by: silence.by, limit: silence.limit };
  const figures = { ...look.figures, silence: told };
  if (closing !== null) {
    at.notes.push((after) =>
      caseNote(after, 'closed', { is: 'closed', figures: after.figures, why: closing }),
    );
    return { state: 'closed', figures };
  }
  // What somebody has said of these days is over, exceeded or taken back: it waits for an answer again.
  const isRaisedAgain = told === null && (held.figures.silence ?? null) !== null;
  const growth = growthOf(held, look, at.watch);
  if (growth === null && !isRaisedAgain) {
    return isSame(held.figures, figures) ? null : { figures };
  }
  if (growth !== null) {
    const times = Number((figures.excess * 10n) / (care.raisedExcess > 0n ? care.raisedExcess : 1n)) / 10;
    const note = { is: 'grown' as const, times, joined: growth.joined };
    at.notes.push((after) =>
      caseNote(after, `grown:${care.raises + 1}`, { ...note, figures: after.figures }),
    );
  }
  const raised = growth === null ? {} : { raises: care.raises + 1, raisedExcess: figures.excess };
  const waiting = isRaisedAgain ? { waitingSinceMs: at.nowMs, escalated: 'no' as const } : {};
  return {
    figures,
    care: { ...care, ...raised, ...waiting },
    ...(isRaisedAgain ? { state: 'open' as const } : {}),
  };
}

/** Whether anything that is told is new. */
function isSame(before: AlertFigures, after: AlertFigures): boolean {
  return whatIsTold(before) === whatIsTold(after);
}

function whatIsTold(figures: AlertFigures): string {
  const silence = figures.silence ?? null;
  const answered = { state: 'open', acknowledgedBy: null, assignee: null };
  return canonicalJson({ ...figures, ...answered, silence, caseId: 0 });
}
