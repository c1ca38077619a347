import { teamOfAlert } from '../../core/alerts/figures.js';
import type { Day } from '../../core/base/time.js';
import type { Notice } from '../../core/notices/notice.js';
import type { DirectoryData } from '../../core/people/data.js';
import { createDirectory } from '../../core/people/directory.js';
import type { Settings } from '../../core/settings/settings.js';
import type { AlertCase } from '../../store/contract/alerts.js';
import type { Context } from '../context.js';
import { caseKey, caseNote, caseNotices } from './notices.js';

const HOUR_MS = 3_600_000;

/**
 * Hands what nobody has answered for the hours of the settings to the manager of the team's lead, once, by direct
 * message; after as many hours again (or at once where the directory names no manager) to FinOps.
 */
export async function escalateCases(
  context: Context,
  { today, alerts }: { readonly today: Day; readonly alerts: Settings['alerts'] },
): Promise<void> {
  const hours = alerts.escalateAfterHours;
  if (hours === null) return;
  const { store, clock } = context;
  const nowMs = clock();
  const due = (await store.listOpenCases()).filter((open) => isDue(open, nowMs - hours * HOUR_MS));
  if (due.length === 0) return;
  const directory = await store.directory();
  for (const open of due) {
    const manager = open.care.escalated === 'no' ? managerOf(directory, open, today) : null;
    await escalate(context, open, { manager, hours, beforeMs: nowMs - hours * HOUR_MS });
  }
}

function isDue({ state, figures, care }: AlertCase, beforeMs: number): boolean {
  const isWaiting = state === 'open' && care.escalated !== 'finops' && care.waitingSinceMs <= beforeMs;
  return isWaiting && (figures.silence ?? null) === null && teamOfAlert(figures) !== null;
}

async function escalate(
  context: Context,
  open: AlertCase,
  to: { readonly manager: string | null; readonly hours: number; readonly beforeMs: number },
): Promise<void> {
  const { store, clock, actor } = context;
  const escalated = to.manager === null ? 'finops' : 'manager';
  await store.editCase({
    id: open.id,
    actor,
    atMs: clock(),
    once: null,
    edit: (held) =>
      isDue(held, to.beforeMs) && held.care.escalated === open.care.escalated
        ? {
            care: { ...held.care, escalated, waitingSinceMs: clock() },
            audit: { action: 'alert.escalated', detail: { to: to.manager ?? 'FinOps' } },
          }
        : null,
    notices: (after) => [
      ...caseNotices(after),
      handed(after, to),
      caseNote(after, `escalated:${escalated}`, { is: 'escalated', to: to.manager ?? 'FinOps' }),
    ],
  });
}

function handed(
  { id, figures }: AlertCase,
  { manager, hours }: { readonly manager: string | null; readonly hours: number },
): Notice {
  return {
    key: caseKey(id, manager === null ? 'handed:finops' : 'handed:manager'),
    audience: manager === null ? { kind: 'finops' } : { kind: 'person', email: manager },
    parentKey: null,
    body: { kind: 'alert-handed', figures, by: null, hours, comment: null },
  };
}

/** The manager of the team's lead on the day; a team without a lead answers through the one above it. */
function managerOf(data: DirectoryData, { figures }: AlertCase, today: Day): string | null {
  const directory = createDirectory(data);
  const teams = new Map(data.teams.map((team) => [team.name, team]));
  const seen = new Set<string>();
  for (let at: string | null = teamOfAlert(figures); at !== null && !seen.has(at); ) {
    seen.add(at);
    const team = teams.get(at);
    const lead = team?.ownerEmail ?? null;
    if (lead !== null) return directory.membershipOn(lead, today)?.managerEmail ?? null;
    at = team?.parent ?? null;
  }
  return null;
}
