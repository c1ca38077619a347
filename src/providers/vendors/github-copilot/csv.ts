import { z } from 'zod';
import type { Charge, ChargeCategory, ChargeKind, DimensionSet } from '../../../core/ledger/charge.js';
import { sharedUsage } from '../../../core/ledger/source-overlap.js';
import { describeConnector } from '../../connector.js';
import { createCsvProvider } from '../../files/csv-source.js';
import { FILE_OPTIONS } from '../../files/read-file.js';
import { CODING } from '../../parts/bill-rows.js';
import { createCache, createDailyCarries, createMonthlyBills } from '../../parts/charge-parts.js';
import { COPILOT } from './focus.js';
import { isCopilot, kindOfSku, normaliseSku, unitOf } from './sku.js';
import { parseUsageReport, type ReportRow } from './usage-report.js';

const CopilotCsvOptions = z.strictObject({
  ...FILE_OPTIONS,
  /** Whose bill it is, so that it meets the same money pulled by API; absent: not known. */
  account: z.string().min(1).optional(),
  /** E-mails by login. */
  logins: z.record(z.string(), z.email()).default({}),
});

/** The usage report of GitHub Copilot as a file: who used what is the vendor's word here, so nothing is spread. */
export const copilotCsv = describeConnector({
  kind: 'github-copilot-csv',
  needs: 'file',
  options: CopilotCsvOptions,
  form: { label: 'GitHub Copilot usage report (CSV)' },
  create: (file) =>
    createCsvProvider({
      source: file.source,
      path: file.path,
      clock: file.clock,
      kind: 'github-copilot-csv',
      overlaps: [
        sharedUsage('github-copilot', 'export', ({ attributes }) => attributes.chargeCategory === 'Usage'),
        sharedUsage(
          'github-copilot-seats',
          'export',
          ({ attributes }) => attributes.chargeCategory === 'Purchase',
        ),
      ],
      options: file.options,
      read: (csv) => toCharges(parseUsageReport(csv), file),
    }),
});

function toCharges(
  rows: readonly ReportRow[],
  { source, options }: { readonly source: string; readonly options: z.infer<typeof CopilotCsvOptions> },
): { readonly charges: readonly Charge[]; readonly remarks: readonly string[] } {
  const carry = createDailyCarries();
  const sets = createCache<DimensionSet>();
  const kinds = createCache<ChargeKind>();
  const account = options.account ?? source;
  const names = { billingAccountId: account, billingAccountName: options.account ?? null };
  const billOf = createMonthlyBills({ ...names, invoiceIssuerName: COPILOT.invoiceIssuerName });
  const logins = new Map(
    Object.entries(options.logins).map(([login, email]) => [login.toLowerCase(), email.toLowerCase()]),
  );
  const own = rows.filter(({ product, sku }) => isCopilot(product, sku));
  const charges = own.map((row): Charge => {
    const category: ChargeCategory = kindOfSku(normaliseSku(row.sku)) === 'seat' ? 'Purchase' : 'Usage';
    const email = logins.get(row.login?.toLowerCase() ?? '') ?? null;
    const set = toSet(row, { source, account, category, email });
    const cost = carry('net', 'USD', row.day).add(row.netAmount);
    return {
      set: sets(JSON.stringify(set), () => set),
      kind: kinds(`${row.sku}|${row.unit}`, () => toKind(row, category)),
      bill: billOf(row.day, 'USD'),
      chargeDay: row.day,
      billedCost: cost,
      effectiveCost: cost,
      listCost: carry('gross', 'USD', row.day).add(row.grossAmount),
      contractedCost: cost,
      consumedQuantity: row.quantity,
      pricingQuantity: row.quantity,
    };
  });
  const others = rows.length - own.length;
  const remark = `${others} rows of other products than Copilot were left out.`;
  return { charges, remarks: others === 0 ? [] : [remark] };
}

function toSet(
  row: ReportRow,
  parts: {
    readonly source: string;
    readonly account: string;
    readonly category: ChargeCategory;
    readonly email: string | null;
  },
): DimensionSet {
  return {
    attributes: {
      ...COPILOT,
      billingAccountId: parts.account,
      ...(row.organization !== null && { subAccountId: row.organization, subAccountName: row.organization }),
      skuId: normaliseSku(row.sku),
      skuMeter: parts.category === 'Purchase' ? 'Seats' : unitOf(row.sku, row.unit),
      chargeCategory: parts.category,
      source: parts.source,
      ...(row.login !== null && { principalId: row.login }),
      ...(parts.email !== null && { email: parts.email }),
      ...(row.model !== null && { model: row.model }),
    },
    tags: row.costCentre === null ? {} : { costCentre: row.costCentre },
  };
}

function toKind({ sku, unit }: ReportRow, category: ChargeCategory): ChargeKind {
  const units = category === 'Purchase' ? 'User-Months' : unitOf(sku, unit);
  return {
    chargeClass: null,
    chargeDescription: normaliseSku(sku),
    chargeFrequency: category === 'Purchase' ? 'Recurring' : 'Usage-Based',
    pricingCategory: 'Standard',
    pricingUnit: units,
    consumedUnit: category === 'Purchase' ? null : units,
    skuPriceId: null,
    serviceSubcategory: CODING.subcategory,
    confidence: 'billed',
    extra: category === 'Purchase' ? {} : { x_IncludedValue: 'ListCost - BilledCost' },
  };
}
