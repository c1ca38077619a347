/** What a column of an invoice CSV can mean. */
export const CSV_FIELDS = [
  'invoiceId',
  'date',
  'endDate',
  'description',
  'kind',
  'quantity',
  'amount',
  'currency',
  'tax',
  'credit',
  'person',
  'project',
] as const;
export type CsvField = (typeof CSV_FIELDS)[number];

/** How a vendor's CSV is read: remembered per vendor. Columns are named by their header. */
export interface ColumnMapping {
  readonly columns: Readonly<Partial<Record<CsvField, string>>>;
  /** Of days such as 03/11/2026; ISO days need none. */
  readonly dayOrder: 'day-first' | 'month-first';
  /** Whether tax in the file is one that the company gets back. */
  readonly isTaxRecoverable: boolean;
}
