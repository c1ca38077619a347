import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_MATERIALITY } from '../../../src/core/close/checklist.js';
import { mappingFor } from '../../../src/core/invoices/csv.js';
import { type TieOut, tieOut } from '../../../src/core/invoices/tie-out.js';
import { isMessageTooLong, validateBlocks, validateView } from '../../../src/sandbox/slack/validate.js';
import { csvFileView, readCsvFile } from '../../../src/slack/invoices/csv-form.js';
import { csvMappingView, csvPreviewView } from '../../../src/slack/invoices/csv-mapping-form.js';
import { invoiceEntryView } from '../../../src/slack/invoices/entry-form.js';
import { acceptResidualView, invoiceLinesView } from '../../../src/slack/invoices/forms.js';
import { tieOutMessage } from '../../../src/slack/invoices/message.js';
import { day, month } from '../../support/build/charges.js';
import { invoiceOf } from '../../support/build/invoices.js';

const OCT = month('2026-10');
const name = fc.oneof(
  fc.constantFrom(
    '<!channel>',
    '*x*',
    '<@U0ANA00001>',
    '"'.repeat(200),
    '\\'.repeat(200),
    '🙂'.repeat(80),
    ':boom:',
  ),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }),
);
const nanos = fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n });
const kind = fc.constantFrom('usage', 'seat', 'tax', 'fee', 'rounding');
const anyInvoice = fc
  .tuple(name, name, fc.array(fc.tuple(kind, name, nanos), { minLength: 1, maxLength: 60 }), nanos, name)
  .map(([source, invoiceId, lines, residual, reason]) => {
    const invoice = invoiceOf(
      lines.map(([each, description, amount]) => ({ kind: each, description, amount })),
      { source, invoiceId, corrects: reason },
    );
    const accepted = { amount: residual, reason, by: `slack:U1 (${reason})`, atMs: 1 };
    const stored = { ...invoice, version: 1, enteredBy: reason, enteredAtMs: 1, accepted };
    const figures = {
      invoice: stored,
      costTypes: [],
      ledger: invoice.payable - residual,
      allocated: 0n,
      unallocated: residual,
    };
    const causes = [{ kind: 'gateway-difference', amount: residual, sentence: reason }] as const;
    return tieOut(figures, {
      materiality: DEFAULT_MATERIALITY,
      completeThrough: day('2026-10-05'),
      lastDay: day('2026-10-31'),
      causes,
    });
  });

function causesOf({ invoice: { source }, causes }: TieOut) {
  return causes.map((cause) => ({ ...cause, source }));
}

describe('the tie-out in Slack', () => {
  it('is taken by Slack whatever invoices, names and amounts there are, and its reasons add up', () => {
    fc.assert(
      fc.property(fc.array(anyInvoice, { maxLength: 40 }), fc.boolean(), (tieOuts, mayEdit) => {
        for (const each of tieOuts)
          expect(each.reasons.reduce((sum, { amount }) => sum + amount, 0n)).toBe(each.residual);
        const { text, blocks } = tieOutMessage(
          { period: OCT, tieOuts, notInvoiced: [], otherCauses: tieOuts.flatMap(causesOf) },
          { mayEdit },
        );
        expect(validateBlocks('message', blocks)).toEqual([]);
        expect(isMessageTooLong(blocks as never)).toBe(false);
        expect(text).not.toMatch(/<[!@#]/);
        for (const { invoice } of tieOuts.slice(0, 2))
          expect(validateView(invoiceLinesView([invoice, invoice]))).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  it('has forms that Slack takes, whatever the sources, the header and the rows are called', () => {
    const uniqueNames = fc.uniqueArray(name, { minLength: 1, maxLength: 120 });
    fc.assert(
      fc.property(uniqueNames, fc.array(anyInvoice, { minLength: 1, maxLength: 12 }), (names, tieOuts) => {
        const mapping = mappingFor(names, null);
        const invoices = tieOuts.map(({ invoice }) => invoice);
        for (const view of [
          invoiceEntryView(OCT, { sources: names, currency: 'USD' }),
          invoiceEntryView(OCT, { sources: [], currency: 'USD' }),
          acceptResidualView('{}', names[0] ?? ''),
          csvFileView(OCT),
          csvMappingView('csv-1', { header: names, mapping }, names.join(' ')),
          csvPreviewView('csv-1', { header: names, mapping, invoices, remarks: names }),
        ])
          expect(validateView(view)).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });

  it('reads an uploaded file where Slack puts it, and wants either that or a paste', () => {
    const values = (files: readonly object[], pasted: string) =>
      ({
        state: {
          values: {
            'csv-vendor': { 'invoices.csv-vendor': { type: 'plain_text_input', value: 'replit' } },
            'csv-paste': { 'invoices.csv-paste': { type: 'plain_text_input', value: pasted } },
            'csv-file': { 'invoices.csv-file': { type: 'file_input', files } },
          },
        },
      }) as unknown as Parameters<typeof readCsvFile>[0];
    const upload = { id: 'F1', size: 12, url_private_download: 'https://files.slack.com/F1/download/b.csv' };
    expect(readCsvFile(values([upload], ''))).toMatchObject({
      errors: null,
      form: { vendor: 'replit', file: { url: upload.url_private_download, size: 12 } },
    });
    expect(readCsvFile(values([upload], 'a,b'))).toMatchObject({
      errors: { 'csv-paste': expect.stringContaining('not both') as string },
    });
  });
});
