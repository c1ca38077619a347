import type { Command } from 'commander';
import { invalid } from '../core/base/errors.js';
import { encodeJson } from '../core/base/json.js';
import { listAudit, verifyAudit } from '../usecases/audit/verify-audit.js';
import { columns, type Session } from './session.js';

/** audit list | verify. */
export function addAuditCommands(program: Command, session: Session): void {
  const audit = program.command('audit').description('who did what: append-only and hash-chained');
  audit
    .command('list')
    .description('the latest entries, newest first')
    .option('--limit <count>', 'how many', '50')
    .action((options: { limit: string }) => list(session, options.limit));
  audit
    .command('verify')
    .description('prove that no audit entry, rule version or locked month was changed or removed')
    .action(async () => {
      const { entries, lockedMonths } = await verifyAudit(await session.context());
      const months =
        lockedMonths.length === 0 ? 'no month is locked' : `as locked: ${lockedMonths.join(', ')}`;
      session.answer(
        { entries, lockedMonths, whole: true },
        `All ${entries} entries follow from one another; ${months}.`,
      );
    });
}

async function list(session: Session, limit: string): Promise<void> {
  const count = Number(limit);
  if (!Number.isInteger(count) || count < 1) invalid(`--limit ${limit}: give a whole number above 0.`);
  const entries = (await listAudit(await session.context(), count)).map(({ atMs, ...entry }) => ({
    ...entry,
    at: new Date(atMs).toISOString(),
  }));
  const lines = entries.map(({ id, at, actor, action, subject }) => [`${id}`, at, actor, action, subject]);
  // Encoded and parsed, so that money in a detail is the text it is stored as.
  session.answer(
    JSON.parse(encodeJson(entries)) as unknown,
    lines.length === 0 ? 'Nothing has happened yet.' : columns(lines),
  );
}
