import { beforeEach, describe, expect, it } from 'vitest';
import { formatNanos } from '../../../src/core/base/money.js';
import { parseDay, parseMonth } from '../../../src/core/base/time.js';
import { ANA, BEN, createWorld, FINOPS, textOf, type World } from '../../support/slack/world.js';

let world: World;
beforeEach(async () => {
  // Search 100, Support 40, and 10 of a stray key on each of October's days: 4,650.
  world = await createWorld();
});

async function ask(words = 'invoices 2026-10', who = ANA) {
  await world.slack.runCommand(who, FINOPS, `/apportion ${words}`);
  await world.slack.idle();
  return textOf(world.lastMessage(who, FINOPS).blocks);
}
async function click(actionId: string, who = ANA) {
  const { ts } = world.lastMessage(who, FINOPS);
  expect(await world.slack.clickAction(who, { kind: 'message', channel: FINOPS, ts }, { actionId })).toEqual({
    ok: true,
  });
  await world.slack.idle();
}
const modal = (who = ANA) => {
  const view = world.slack.see(who).modals.at(-1);
  if (view === undefined) throw new Error('no form is open');
  return view;
};
async function submit(state: Parameters<World['slack']['submitView']>[2], who = ANA) {
  const outcome = await world.slack.submitView(who, modal(who).id, state);
  await world.slack.idle();
  return outcome;
}
const field = (name: string, value: unknown) => ({
  [`invoice-${name}`]: { [`invoices.field-${name}`]: value },
});
/** The form's fields as a person fills them in. */
const filled = (changes: Readonly<Record<string, unknown>> = {}) =>
  Object.entries({
    source: 'claude',
    number: 'INV-2026-10',
    period: '2026-10',
    issued: '2026-11-02',
    currency: 'USD',
    total: '4,669.00',
    tax: '19',
    ...changes,
  }).reduce((state, [name, value]) => ({ ...state, ...field(name, value) }), {});

async function invoices() {
  return (await world.context.store.listInvoices(null)).map(({ source, invoiceId, payable, lines }) => [
    source,
    invoiceId,
    formatNanos(payable),
    lines.map(({ kind, amount }) => `${kind} ${formatNanos(amount)}`).join(', '),
  ]);
}

describe('/apportion invoices', () => {
  it('says what has no invoice yet, and takes one in by form', async () => {
    expect(await ask()).toContain('Charges whose invoice is not entered: claude ($4,650.00)');
    await click('invoices.enter');
    expect(await submit(filled())).toEqual({ outcome: 'updated' });
    expect(textOf(modal().view.blocks)).toContain('Invoice INV-2026-10 of claude is entered.');
    expect(await invoices()).toEqual([['claude', 'INV-2026-10', '4669', 'usage 4650, tax 19']]);
    const text = await ask();
    expect(text).toContain('1 invoice, all tied to the ledger.');
    expect(text).toContain('$4,669.00');
    expect(world.jobs).toContain('reallocate');
  });

  it('names every wrong field, and refuses a number that is there already', async () => {
    await ask();
    await click('invoices.enter');
    const outcome = await submit(filled({ period: 'October', total: 'a lot', currency: '12' }));
    expect(JSON.stringify(outcome)).toContain('Write the month as 2026-10.');
    expect(JSON.stringify(outcome)).toContain('Write an amount such as 1234.56.');
    expect(JSON.stringify(outcome)).toContain('Write an ISO 4217 code such as USD.');
    expect(await invoices()).toEqual([]);
    await submit(filled({ number: 'INV-9' }));
    expect(textOf(modal().view.blocks)).toContain(
      'are billed on INV-2026-10 already; enter the invoice under that number.',
    );
    expect(await invoices()).toEqual([]);
    await ask();
    await click('invoices.enter');
    await submit(filled());
    await ask();
    await click('invoices.enter');
    const again = JSON.stringify(await submit(filled({ total: '50' })));
    expect(again).toContain('This number is there already; see it under /apportion invoices.');
    // Who sends the form is asked for only after the ack: until then no figure is told.
    expect(again).not.toContain('4669');
    expect(await invoices()).toHaveLength(1);
  });

  it('shows what differs with its reasons, and books it when finance accepts it with a reason', async () => {
    await ask();
    await click('invoices.enter');
    await submit(filled({ total: '5669' }));
    const text = await ask();
    expect(text).toContain('1 of 1 invoice not tied.');
    expect(text).toContain('differs by +$1,000.00; $250.00 would be tolerated.');
    expect(text).toContain('Unknown');
    await click('invoices.lines');
    expect(textOf(modal().view.blocks)).toContain('$5,650.00');
    await click('invoices.accept');
    await submit({ 'invoice-reason': { 'invoices.reason': 'priority tier, see ticket 12' } });
    expect(textOf(modal().view.blocks)).toContain('is accepted and booked');
    const after = await ask();
    expect(after).toContain('1 invoice, all tied to the ledger.');
    expect(after).toContain('by ana.ruiz: “priority tier, see ticket 12”');
    expect(await world.context.store.listAudit(1)).toMatchObject([
      { action: 'invoice.accept-residual', actor: `slack:${ANA} (ana.ruiz)` },
    ]);
  });

  it('is for FinOps, finance and leaders; entering is re-checked behind the form', async () => {
    expect(await ask('invoices', BEN)).toContain('may see invoices');
    const { store, actor } = world.context;
    world = await createWorld({ settings: { finopsUserGroup: null } });
    const nobody = { users: [], groups: [] };
    const roles = { finops: nobody, finance: { users: [ANA], groups: [] }, leader: nobody };
    const change = { area: 'roles', base: null, actor, atMs: 1 } as const;
    const { number } = await world.context.store.changeSettings({ ...change, value: roles });
    await ask();
    await click('invoices.enter');
    await world.context.store.changeSettings({
      ...change,
      value: { ...roles, finance: nobody },
      base: number,
    });
    await submit(filled());
    expect(textOf(modal().view.blocks)).toContain('may enter invoices and accept residuals');
    expect(await invoices()).toEqual([]);
    await store.close();
  });

  it('is a button of the close checklist', async () => {
    await world.context.store.putInvoices({
      invoices: [
        {
          source: 'test',
          billingAccountId: 'acct',
          invoiceId: '<!channel> *x*',
          invoiceIssuerName: 'Test',
          billingPeriod: parseMonth('2026-09'),
          issuedOn: parseDay('2026-10-01'),
          currency: 'USD',
          lines: [{ kind: 'fee', description: '<@U0BEN00002>', amount: 7_000_000_000n }],
          payable: 7_000_000_000n,
          corrects: null,
        },
      ],
      actor: world.context.actor,
      atMs: 1,
    });
    await ask('close 2026-09');
    await click('invoices.show');
    const { blocks } = world.lastMessage(ANA, FINOPS);
    expect(textOf(blocks)).toContain('Invoices of Sep 2026');
    expect(JSON.stringify(blocks)).toContain('<!channel> *x*');
    expect(blocks.every((block) => block.type !== 'section')).toBe(true);
  });
});

describe('an invoice CSV in Slack', () => {
  const CSV =
    'Invoice No,Month,Item,Cost,Seat Email\nR-1,2026-10,Team seats,105,\nR-1,2026-10,Extra,41.25,bo@larkspur.test\n';
  const pasted = (text: string, vendor = 'replit') => ({
    'csv-vendor': { 'invoices.csv-vendor': vendor },
    'csv-paste': { 'invoices.csv-paste': text },
  });

  it('goes from paste over columns and preview into the ledger, and is remembered', async () => {
    await ask();
    await click('invoices.csv');
    await submit(pasted(CSV));
    expect(textOf(modal().view.blocks)).toContain('Guessed from the header');
    await submit({});
    const preview = textOf(modal().view.blocks);
    expect(preview).toContain('1 invoice, 2 lines, 146.25 USD');
    expect(await invoices()).toEqual([]);
    await submit({});
    expect(textOf(modal().view.blocks)).toContain('1 invoice over 146.25 USD; 1 new or changed.');
    expect(await invoices()).toEqual([['replit', 'R-1', '146.25', 'seat 105, usage 41.25']]);
    expect((await world.context.store.findColumnMapping('replit'))?.columns).toMatchObject({
      amount: 'Cost',
      person: 'Seat Email',
    });
    await ask();
    await click('invoices.csv');
    await submit(pasted(CSV));
    await submit({});
    await submit({});
    expect(textOf(modal().view.blocks)).toContain('all known already, nothing changed');
  });

  it('names the row and the field that is wrong, and keeps nothing', async () => {
    await ask();
    await click('invoices.csv');
    expect(JSON.stringify(await submit(pasted('')))).toContain('Paste the CSV, or upload it below.');
    await submit(pasted(CSV.replace('41.25', 'some')));
    await submit({});
    expect(textOf(modal().view.blocks)).toContain('Row 3, amount (column Cost): "some" is no amount.');
    expect(await invoices()).toEqual([]);
    expect(await world.context.store.findColumnMapping('replit')).toBeNull();
  });
});
