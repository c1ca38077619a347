import type { Command } from 'commander';
import { describeActor } from '../core/base/actor.js';
import { formatNanos } from '../core/base/money.js';
import { parseMonth } from '../core/base/time.js';
import { type ChecklistItem, describeItem, type MonthClose } from '../core/close/checklist.js';
import type { MonthRecord } from '../core/close/month.js';
import { checkMonth, listMonths } from '../usecases/close/check-month.js';
import { lockMonth, signMonth, softCloseMonth, unlockMonth } from '../usecases/close/close-month.js';
import { columns, type Session } from './session.js';

/** months list | check | soft-close | sign | lock | unlock. */
export function addMonthCommands(program: Command, session: Session): void {
  const months = program.command('months').description('closing months: open, soft-closed, locked');
  months
    .command('list')
    .description('every month and how far its close has come')
    .action(() => list(session));
  months
    .command('check <month>')
    .description('what stands in the way of locking a month')
    .action((month: string) => check(session, month));
  months
    .command('soft-close <month>')
    .description('declare it preliminary, so that owners look at it and sign')
    .action(async (month: string) =>
      answerRecord(session, await softCloseMonth(await session.freshContext(), { month: parseMonth(month) })),
    );
  months
    .command('sign <month>')
    .description('sign a month for teams, as FinOps (default: for all that have not signed)')
    .option('--team <name...>', 'only these teams')
    .action((month: string, options: { team?: readonly string[] }) => sign(session, month, options.team));
  months
    .command('lock <month>')
    .description('lock it permanently; later corrections are posted in the month after')
    .option('--override <reason>', 'lock it although items are open; goes into the audit log')
    .action(async (month: string, options: { override?: string }) =>
      answerRecord(
        session,
        await lockMonth(await session.freshContext(), {
          month: parseMonth(month),
          override: options.override ?? null,
        }),
      ),
    );
  months
    .command('unlock <month>')
    .description('ask for a month to be unlocked, or (a second person) confirm it')
    .option('--reason <text>', 'why; needed to ask')
    .action((month: string, options: { reason?: string }) => unlock(session, month, options.reason));
}

async function list(session: Session): Promise<void> {
  const records = await listMonths(await session.context());
  const lines = records.map((record) => [record.month, record.stage, lastStep(record).trim()]);
  session.answer(
    records.map(recordJson),
    lines.length === 0 ? 'The ledger holds no charges yet.' : columns(lines),
  );
}

async function check(session: Session, month: string): Promise<void> {
  const close = await checkMonth(await session.freshContext(), { month: parseMonth(month) });
  const lines = close.items.map((item) => `${item.done ? 'done' : 'OPEN'}  ${describeItem(item)}`);
  session.answer(closeJson(close), [`${close.month} is ${close.stage}.`, ...lines].join('\n'));
}

async function sign(session: Session, month: string, teams: readonly string[] | undefined): Promise<void> {
  const signed = await signMonth(await session.freshContext(), {
    month: parseMonth(month),
    teams: teams ?? null,
    signers: [{ kind: 'finops' }],
  });
  session.answer({ month, signed }, `Signed ${month} for ${signed.join(', ')}.`);
}

async function unlock(session: Session, month: string, reason: string | undefined): Promise<void> {
  const record = await unlockMonth(await session.context(), {
    month: parseMonth(month),
    reason: reason ?? null,
  });
  answerRecord(session, record);
}

function answerRecord(session: Session, record: MonthRecord): void {
  session.answer(recordJson(record), `${record.month} is ${record.stage}${lastStep(record)}.`);
}

/** Who brought the month where it is; a leading blank when there is something to tell. */
function lastStep({ changed, unlockRequest, lock }: MonthRecord): string {
  const by = changed === null ? '' : ` by ${describeActor(changed.by)}`;
  const reason = lock?.override?.reason ?? null;
  const override = reason === null ? '' : ` in spite of open items (${reason})`;
  const asked =
    unlockRequest === null
      ? ''
      : `; ${describeActor(unlockRequest.by)} asks to unlock it: ${unlockRequest.reason}`;
  return `${by}${override}${asked}`;
}

function recordJson(record: MonthRecord): unknown {
  const { month, stage, changed, signOffs, lock, unlockRequest } = record;
  return {
    month,
    stage,
    changed: changed === null ? null : stamp(changed),
    signed: signOffs.map(({ team, costs, ...who }) => ({ team, costs: moneyJson(costs), ...stamp(who) })),
    lock: lock === null ? null : { ...lock, ...stamp(lock), atMs: undefined, totals: moneyJson(lock.totals) },
    unlockRequest: unlockRequest === null ? null : { reason: unlockRequest.reason, ...stamp(unlockRequest) },
  };
}

function stamp({ by, atMs }: NonNullable<MonthRecord['changed']>): { by: string; at: string } {
  return { by: describeActor(by), at: new Date(atMs).toISOString() };
}

function moneyJson(rows: readonly { readonly cost: bigint }[]): readonly unknown[] {
  return rows.map((row) => ({ ...row, cost: formatNanos(row.cost) }));
}

function closeJson({ month, stage, currency, total, items }: MonthClose): unknown {
  return { month, stage, currency, total: formatNanos(total), items: items.map(itemJson) };
}

function itemJson(item: ChecklistItem): unknown {
  const sentence = describeItem(item);
  if (item.kind === 'rates') {
    const missing = item.missing.map(({ currency, cost }) => ({ currency, cost: formatNanos(cost) }));
    return { ...item, missing, sentence };
  }
  if (item.kind !== 'unallocated') return { ...item, sentence };
  const costs = item.costs.map(({ currency, cost, limit }) => {
    return { currency, cost: formatNanos(cost), limit: formatNanos(limit) };
  });
  return { ...item, costs, sentence };
}
