import type { Command } from 'commander';
import { invalid } from '../core/base/errors.js';
import { formatNanos } from '../core/base/money.js';
import { IDLE_DAYS, type Seat } from '../core/seats/seat.js';
import { type IdleSeatReport, listIdleSeats, type OwnedIdleSeat } from '../usecases/seats/list-idle-seats.js';
import { columns, type Session } from './session.js';

/** seats list. */
export function addSeatCommands(program: Command, session: Session): void {
  program
    .command('seats')
    .description('licence seats of people')
    .command('list')
    .description('seats that nobody uses, with what they cost a month')
    .option('--idle <days>', `days without activity that make a seat idle (default ${IDLE_DAYS})`)
    .action((options: { idle?: string }) => listSeats(session, options.idle));
}

async function listSeats(session: Session, idle: string | undefined): Promise<void> {
  const idleDays = idle === undefined ? undefined : parseDays(idle);
  const report = await listIdleSeats(await session.context(), { idleDays });
  session.answer(toJson(report), toText(report));
}

function parseDays(text: string): number {
  return /^[1-9]\d{0,3}$/.test(text)
    ? Number(text)
    : invalid(`--idle ${text}: write a number of days from 1 to 9999, for example --idle ${IDLE_DAYS}.`);
}

/** Who sits there, by the best name there is. */
function holderName({ holder }: Seat): string {
  if (holder === null) return '(vacant)';
  return holder.email ?? holder.login ?? holder.name ?? holder.userId ?? '(unnamed)';
}

function toJson({ today, idleDays, seats, savings, unpriced }: IdleSeatReport) {
  return {
    today,
    idleDays,
    savings: savings.map(({ currency, perMonth }) => ({ currency, perMonth: formatNanos(perMonth) })),
    unpriced,
    seats: seats.map(({ seat, team, idleDays: idle, savingPerMonth }) => ({
      source: seat.source,
      product: seat.product,
      plan: seat.plan,
      seatId: seat.seatId,
      holder: seat.holder,
      team,
      assignedFrom: seat.assignedFrom,
      lastActiveDay: seat.lastActiveDay,
      idleDays: idle,
      cancelsOn: seat.cancelsOn,
      releasesOn: seat.releasesOn,
      savingPerMonth:
        savingPerMonth === null
          ? null
          : { amount: formatNanos(savingPerMonth.nanos), currency: savingPerMonth.currency },
    })),
  };
}

function toText(report: IdleSeatReport): string {
  if (report.seats.length === 0) return `No seat is idle for ${report.idleDays} days or longer.`;
  const heading = ['source', 'plan', 'holder', 'team', 'last active', 'ends or could end', 'saving/month'];
  const rows = columns([heading, ...report.seats.map(toRow)]);
  const savings = report.savings.map(({ currency, perMonth }) => `${formatNanos(perMonth)} ${currency}`);
  const sum = savings.length === 0 ? 'an unknown amount' : savings.join(' and ');
  const unpriced = report.unpriced === 0 ? '' : `, and ${report.unpriced} whose price is not known`;
  return `${rows}\nGiving back ${count(report.seats.length)} saves ${sum} a month${unpriced}.`;
}

function count(seats: number): string {
  return seats === 1 ? 'the idle seat' : `all ${seats} idle seats`;
}

function toRow({ seat, team, savingPerMonth }: OwnedIdleSeat): readonly string[] {
  const saving = savingPerMonth === null ? 'unknown' : formatNanos(savingPerMonth.nanos);
  return [
    seat.source,
    seat.plan ?? '-',
    holderName(seat),
    team ?? '-',
    seat.lastActiveDay ?? 'never',
    seat.cancelsOn ?? seat.releasesOn ?? '-',
    savingPerMonth === null ? saving : `${saving} ${savingPerMonth.currency}`,
  ];
}
