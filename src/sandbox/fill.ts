import { type AssembledApp, JOBS } from '../app/running-app.js';
import { sumNanos } from '../core/base/money.js';
import { addMonths, dayIn, type Month, monthOf } from '../core/base/time.js';
import { SettingsArea } from '../core/settings/settings.js';
import { parsePeople } from '../hr/csv.js';
import { setPlans } from '../usecases/budgets/set-plans.js';
import type { Context } from '../usecases/context.js';
import { NO_READERS } from '../usecases/digests/write-digests.js';
import { enterInvoices } from '../usecases/invoices/enter-invoice.js';
import { importPeople } from '../usecases/people/import-people.js';
import { importRules } from '../usecases/rules/import-rules.js';
import { changeSettings } from '../usecases/settings/change-settings.js';
import type { Larkspur } from './larkspur/index.js';
import { invoicesOf } from './larkspur/invoices.js';
import { startingBudgets } from './larkspur/starting-budgets.js';
import { startingSettings } from './larkspur/starting-settings.js';

/** As FinOps of Larkspur does things before the visitor came. */
const BY = { roles: ['finops'] } as const;

/** The company's first morning with Apportion: people and rules in, bills pulled, everyone told; then the timetable. */
export async function fill(running: AssembledApp, larkspur: Larkspur): Promise<void> {
  const { context, background, deliver } = running;
  const finops = asFinOps(context, larkspur);
  const now = context.clock();
  await prepare(running, finops, larkspur);
  for (const name of ['ingest', 'reallocate', 'raise-alerts', 'raise-claims', 'write-digests'] as const) {
    // Rules after the first bills: their preview then says in money what they do.
    if (name === 'reallocate') {
      await importRules(finops, { ruleset: larkspur.ruleset, file: 'rules.yml', note: 'Where we start' });
      await enterDueInvoices(running, larkspur);
    }
    if (name === 'write-digests') await background.run(JOBS, name, { readers: NO_READERS });
    else await background.run(JOBS, name);
    await context.store.recordJobRun({
      job: name,
      scheduledForMs: now,
      finishedAtMs: context.clock(),
      ok: true,
      sentence: null,
    });
  }
  await deliver();
  await running.startSchedule();
}

/**
 * Once a month has ended before the visitor's eyes, FinOps have closed all before it, so that it can be closed too.
 * Not sooner: what a rule moves of closed months is posted in an open one, which is no first lesson.
 */
export async function closeEarlierMonths({ context }: AssembledApp, larkspur: Larkspur): Promise<void> {
  const { store, actor, clock } = asFinOps(context, larkspur);
  const last = addMonths(presentMonth(larkspur, clock()), -1);
  if (last < monthOf(larkspur.calendar.today)) return;
  const override = { reason: 'Closed in the old books', openItems: [] };
  for (const { month, stage } of await store.listMonthRecords()) {
    if (month >= last || stage !== 'open') continue;
    await store.softCloseMonth({ month, actor, atMs: clock() });
    await store.lockMonth({ month, actor, atMs: clock(), override });
  }
}

/** Enters the vendors' invoices of the last whole month, if they are not there yet. */
export async function enterDueInvoices({ context }: AssembledApp, larkspur: Larkspur): Promise<void> {
  const { store, clock } = context;
  const month = addMonths(presentMonth(larkspur, clock()), -1);
  const [totals, known] = await Promise.all([store.listInvoiceTotals(month), store.listInvoices(month)]);
  const billed = new Map(
    [...new Set(totals.map(({ source }) => source))].map((source) => [
      source,
      sumNanos(totals.filter((each) => each.source === source).map((each) => each.billed)),
    ]),
  );
  const invoices = invoicesOf(month, billed)
    .filter(({ invoiceId }) => !known.some((each) => each.invoiceId === invoiceId))
    .map((invoice) => ({ ...invoice, billingAccountId: null }));
  if (invoices.length > 0) await enterInvoices(asFinOps(context, larkspur), { invoices, isNew: true });
}

function presentMonth({ company }: Larkspur, nowMs: number): Month {
  return monthOf(dayIn(company.timeZone, nowMs));
}

/** Larkspur's own first rules need nobody's approval: without the policy they are simply there. */
function asFinOps(context: Context, { company }: Larkspur): Context {
  return { ...context, company, actor: { kind: 'terminal', name: 'larkspur' } };
}

/** People, settings and budgets: what needs no bills. */
async function prepare(running: AssembledApp, finops: Context, larkspur: Larkspur): Promise<void> {
  const teams = { name: 'teams.csv', text: larkspur.teams };
  await importPeople(finops, parsePeople({ name: 'people.csv', text: larkspur.people }, teams));
  await running.linkPeople();
  for (const [name, value] of Object.entries(startingSettings(larkspur.slack)))
    await changeSettings(finops, { area: SettingsArea.parse(name), value, base: null, by: BY });
  const rows = startingBudgets(presentMonth(larkspur, finops.clock()));
  await setPlans(finops, { rows, by: BY });
}
