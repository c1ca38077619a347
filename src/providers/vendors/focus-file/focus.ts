import { lookalikeRemarks } from '../../../core/base/lookalikes.js';
import { createNanoCarry, type NanoCarry, type Nanos, splitNanos } from '../../../core/base/money.js';
import { fitToHeader } from '../../../core/base/table.js';
import { addDays, type Day, daysIn, MS_PER_DAY, monthOf, utcDay } from '../../../core/base/time.js';
import type { BillingPeriodKey, Charge, Costs } from '../../../core/ledger/charge.js';
import { createCache } from '../../parts/charge-parts.js';
import { type Place, refuseCell, toInstantMs, toValue } from './cells.js';
import { type Columns, foldedColumns, readHeader } from './columns.js';
import { type FigureOf, type NumberColumn, plainFigures } from './numbers.js';
import { type ChargeParts, createChargeParts } from './parts.js';

type Cells = readonly string[];

/** Rows looked at before it is decided which columns are too fine to keep. */
const SAMPLE_ROWS = 10_000;
/** A tag with more values names no owners. */
const MOST_TAG_VALUES = 1_000;
/** Longer than any commitment term; a period beyond it is a typing error that would make thousands of charges. */
const LONGEST_PERIOD_DAYS = 5 * 366;

/** What a FOCUS file says, as charges at day grain. */
export interface FocusContent {
  readonly charges: readonly Charge[];
  readonly periods: readonly BillingPeriodKey[];
  /** The last day that came at day grain or finer; of what was spread over days, if there is nothing else. */
  readonly lastDay: Day | null;
  readonly remarks: readonly string[];
}

/** Takes the rows of one file in order, header first. Every method throws AppError `invalid` naming the cell. */
export interface FocusReader {
  row(cells: Cells, rowNumber: number): void;
  /** `isEnded`: whether a line break or a closed quote ends the last row. */
  finish(isEnded?: boolean): FocusContent;
}

/** A reader for one file; `source` is the name under which its charges are kept. */
export function createFocusReader(
  source: string,
  fileName: string,
  figureOf: FigureOf = plainFigures,
): FocusReader {
  const { note, tally, onTag, list } = createRemarks(fileName);
  const waiting: { cells: Cells; rowNumber: number }[] = [];
  let columns: Columns | null = null;
  let mapper: RowMapper | null = null;
  let lastRow = 1;
  const start = (header: Columns): RowMapper => {
    const sample = waiting.map(({ cells }) => cells);
    const folded = foldedColumns(header.extras, sample);
    for (const { name } of folded)
      note(`Column ${name} differs in nearly every row and is only kept in the raw file`);
    const extras = header.extras.filter((column) => !folded.includes(column));
    const parts = createChargeParts({ source, columns: header, extras, note, onTag });
    const started = createRowMapper({ columns: header, parts, tally, figureOf });
    for (const { cells, rowNumber } of waiting.splice(0)) started.row(cells, { fileName, rowNumber });
    return started;
  };
  return {
    row(cells, rowNumber) {
      const place = { fileName, rowNumber };
      lastRow = rowNumber;
      if (columns === null) {
        columns = readHeader(cells, fileName);
        return;
      }
      const own = fitToHeader({ rowNumber, cells }, columns.count, fileName);
      if (mapper !== null) mapper.row(own, place);
      else if (waiting.push({ cells: own, rowNumber }) === SAMPLE_ROWS) mapper = start(columns);
    },
    finish(isEnded = true) {
      if (!isEnded && columns !== null) checkOpenRow(columns, { fileName, rowNumber: lastRow }, note);
      if (columns === null || (mapper === null && waiting.length === 0)) {
        refuseCell({ fileName, rowNumber: 2 }, '(all)', 'the file holds no charges.');
      }
      mapper ??= start(columns);
      return { ...mapper.content(), remarks: list() };
    },
  };
}

/** A file without a last line break may have lost the end of its last cell: a figure or a date is not trusted then. */
function checkOpenRow({ lastId }: Columns, place: Place, note: (remark: string) => void): void {
  if (/Cost$|Quantity$|Price$|Start$|End$/.test(lastId))
    refuseCell(
      place,
      lastId,
      'the file ends within this row, without a line break; export or download it again.',
    );
  note(`${place.fileName} ends without a line break after row ${place.rowNumber}; check that it is whole`);
}

/** Sentences for FinOps: said once, or once with the number of rows. */
interface Remarks {
  readonly note: (remark: string) => void;
  readonly tally: (remark: string) => void;
  /** Tags whose values look alike are remarked on. */
  readonly onTag: (key: string, value: string) => void;
  readonly list: () => readonly string[];
}

function createRemarks(fileName: string): Remarks {
  const tags = new Map<string, Set<string>>();
  const notes = new Set<string>();
  const rows = new Map<string, number>();
  return {
    note: (remark) => void notes.add(`${remark}.`),
    tally: (remark) => void rows.set(remark, (rows.get(remark) ?? 0) + 1),
    onTag(key, value) {
      const values = tags.get(key) ?? new Set();
      if (values.size < MOST_TAG_VALUES) tags.set(key, values.add(value));
    },
    list: () => [
      ...notes,
      ...[...rows].map(([remark, count]) => `${remark} in ${count} row${count === 1 ? '' : 's'}.`),
      ...[...tags]
        .flatMap(([key, values]) => lookalikeRemarks(fileName, `values of the tag ${key}`, values))
        .slice(0, 10),
    ],
  };
}

interface RowMapper {
  row(cells: Cells, place: Place): void;
  content(): Omit<FocusContent, 'remarks'>;
}

function createRowMapper(input: {
  columns: Columns;
  parts: ChargeParts;
  tally: Remarks['tally'];
  figureOf: FigureOf;
}): RowMapper {
  const { columns, parts } = input;
  const charges: Charge[] = [];
  const periods = new Map<string, BillingPeriodKey>();
  const readCosts = createCostReader(columns, input);
  const readPeriod = createPeriodReader(columns);
  const readQuantity = (cells: Cells, { rowNumber }: Place, id: NumberColumn): number | null => {
    const text = toValue(cells[columns.indexOf(id)]);
    if (text === null) return null;
    const quantity = Number(input.figureOf(rowNumber, id, text));
    if (Number.isFinite(quantity)) return quantity;
    input.tally(`${id} is not a number and left out`);
    return null;
  };
  const last: { daily: Day | null; spread: Day | null } = { daily: null, spread: null };
  return {
    row(cells, place) {
      const { firstDay, days } = readPeriod(cells, place);
      const bill = parts.bill(cells, place);
      const set = parts.set(cells, place);
      const { billingAccountId } = bill;
      const billingPeriod = monthOf(bill.billingPeriodStart);
      const period = `${billingAccountId}\u0001${billingPeriod}`;
      if (!periods.has(period)) periods.set(period, { billingAccountId, billingPeriod });
      const charge = {
        set,
        kind: parts.kind(cells, days > 1),
        bill,
        chargeDay: firstDay,
        ...readCosts(cells, place, `${set.attributes.serviceProviderName}|${bill.billingCurrency}`),
        consumedQuantity: readQuantity(cells, place, 'ConsumedQuantity'),
        pricingQuantity: readQuantity(cells, place, 'PricingQuantity'),
      };
      const lastDay = days > 1 ? addDays(firstDay, days - 1) : firstDay;
      const grain = days > 1 ? 'spread' : 'daily';
      if (lastDay > (last[grain] ?? '')) last[grain] = lastDay;
      if (days > 1) charges.push(...spread(charge, days));
      else charges.push(charge);
    },
    content: () => ({ charges, periods: [...periods.values()], lastDay: last.daily ?? last.spread }),
  };
}

/**
 * A charge for several days (a seat for a month) as one charge a day, so that its effective cost amortises. All
 * four costs and the quantities are spread alike: what was billed is kept by the bill, not by the day.
 */
function spread(charge: Charge, days: number): readonly Charge[] {
  const range = daysIn({ from: charge.chargeDay, to: addDays(charge.chargeDay, days) });
  const weights = range.map((day) => ({ id: day, weight: 1n }));
  const split = (nanos: Nanos): ReadonlyMap<string, Nanos> => splitNanos(nanos, weights) ?? new Map();
  const [billed, effective, list, contracted] = [
    split(charge.billedCost),
    split(charge.effectiveCost),
    split(charge.listCost),
    split(charge.contractedCost),
  ];
  const share = (quantity: number | null): number | null => (quantity === null ? null : quantity / days);
  return range.map((chargeDay) => ({
    ...charge,
    chargeDay,
    billedCost: billed.get(chargeDay) ?? 0n,
    effectiveCost: effective.get(chargeDay) ?? 0n,
    listCost: list.get(chargeDay) ?? 0n,
    contractedCost: contracted.get(chargeDay) ?? 0n,
    consumedQuantity: share(charge.consumedQuantity),
    pricingQuantity: share(charge.pricingQuantity),
  }));
}

const COST_COLUMNS = ['BilledCost', 'EffectiveCost', 'ListCost', 'ContractedCost'] as const;
type CostColumn = (typeof COST_COLUMNS)[number];

function createCostCarries(): Record<CostColumn, NanoCarry> {
  return {
    BilledCost: createNanoCarry(),
    EffectiveCost: createNanoCarry(),
    ListCost: createNanoCarry(),
    ContractedCost: createNanoCarry(),
  };
}

/**
 * Costs in nanos, one carry per (provider, currency, column): the total of a provider in the file is exact to its
 * last nano, however many decimals its rows have.
 */
function createCostReader(
  columns: Columns,
  { tally, figureOf }: { readonly tally: Remarks['tally']; readonly figureOf: FigureOf },
): (cells: Cells, place: Place, carryKey: string) => Costs {
  const carries = createCache<Record<CostColumn, NanoCarry>>();
  const index = new Map(COST_COLUMNS.map((id) => [id, columns.indexOf(id)]));
  return (cells, place, carryKey) => {
    const carry = carries(carryKey, createCostCarries);
    const read = (id: CostColumn): Nanos => {
      const text = toValue(cells[index.get(id) ?? -1]);
      if (text !== null && ZERO.test(text)) return 0n; // neither takes from the carry nor adds to it; half of all cells
      if (text !== null) return addTo(carry[id], figureOf(place.rowNumber, id, text), { place, id });
      // FOCUS never leaves these two empty either, but some vendors do (Oracle), and no allocation rests on them.
      if (id === 'BilledCost' || id === 'EffectiveCost') return refuseCell(place, id, 'is empty.');
      tally(`${id} is empty and taken as 0`);
      return 0n;
    };
    return {
      billedCost: read('BilledCost'),
      effectiveCost: read('EffectiveCost'),
      listCost: read('ListCost'),
      contractedCost: read('ContractedCost'),
    };
  };
}

const ZERO = /^0(\.0*)?$/;

function addTo(carry: NanoCarry, text: string, at: { place: Place; id: CostColumn }): Nanos {
  try {
    return carry.add(text);
  } catch {
    return refuseCell(at.place, at.id, `"${text.slice(0, 40)}" is not a decimal amount.`);
  }
}

interface ChargePeriod {
  readonly firstDay: Day;
  readonly days: number;
}

/** Which days a row's charge period covers: one, unless it is longer than 24 hours. Hours fall to their UTC day. */
function createPeriodReader(columns: Columns): (cells: Cells, place: Place) => ChargePeriod {
  const periods = createCache<ChargePeriod>();
  const start = columns.indexOf('ChargePeriodStart');
  const end = columns.indexOf('ChargePeriodEnd');
  return (cells, place) =>
    periods(`${cells[start]}|${cells[end]}`, () => toPeriod(cells[start], cells[end], place));
}

function toPeriod(startCell: string | undefined, endCell: string | undefined, place: Place): ChargePeriod {
  const instantMs = (id: string, cell: string | undefined): number => {
    const text = toValue(cell) ?? refuseCell(place, id, 'is empty.');
    return toInstantMs(text) ?? refuseCell(place, id, `"${text.slice(0, 40)}" is not a date.`);
  };
  const start = instantMs('ChargePeriodStart', startCell);
  const end = instantMs('ChargePeriodEnd', endCell);
  if (end < start) refuseCell(place, 'ChargePeriodEnd', 'lies before ChargePeriodStart.');
  // Rounded: a month in a zone with summer time is an hour more or less than whole days.
  const days = Math.max(1, Math.round((end - start) / MS_PER_DAY));
  if (days > LONGEST_PERIOD_DAYS) refuseCell(place, 'ChargePeriodEnd', `lies ${days} days after its start.`);
  return { firstDay: utcDay(start), days };
}
