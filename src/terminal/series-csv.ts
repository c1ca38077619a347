import Papa from 'papaparse';
import type { Observation } from '../core/alerts/observed.js';
import { invalid } from '../core/base/errors.js';
import { addDays, Day } from '../core/base/time.js';

const REQUIRED = ['series', 'date', 'value'];

/**
 * Reads `series,date,value[,available_at,complete]` by header, in any order of columns and rows; the series in the
 * order of their first rows.
 * @throws AppError `invalid` naming row and column.
 */
export function parseSeries(text: string): ReadonlyMap<string, readonly Observation[]> {
  const { data } = Papa.parse<string[]>(text.replace(/^\uFEFF/, ''), { skipEmptyLines: true });
  const header = (data[0] ?? []).map((name) => name.trim().toLowerCase());
  const missing = REQUIRED.filter((name) => !header.includes(name));
  if (missing.length > 0)
    invalid(
      `Standard input has no column ${missing.join(', ')}; its first line must be series,date,value,available_at,complete.`,
    );
  const at = (name: string) => header.indexOf(name);
  const columns = {
    series: at('series'),
    date: at('date'),
    value: at('value'),
    available: at('available_at'),
    complete: at('complete'),
  };
  const series = new Map<string, Observation[]>();
  for (const [index, row] of data.slice(1).entries()) {
    const cell = (column: number) => (row[column] ?? '').trim();
    const place = `Standard input, row ${index + 2}`;
    const day = parseDayOf(cell(columns.date), `${place}, date`);
    const value = cell(columns.value) === '' ? Number.NaN : Number(cell(columns.value));
    if (!Number.isFinite(value))
      invalid(`${place}, value: "${cell(columns.value).slice(0, 40)}" is no number.`);
    const available = cell(columns.available);
    const complete = cell(columns.complete);
    if (!['', '0', '1'].includes(complete))
      invalid(`${place}, complete: "${complete.slice(0, 40)}" is neither 0 nor 1.`);
    const name = row[columns.series] ?? '';
    const own = series.get(name) ?? [];
    series.set(name, own);
    own.push({
      day,
      value,
      availableAt: available === '' ? addDays(day, 1) : parseDayOf(available, `${place}, available_at`),
      complete: complete !== '0',
    });
  }
  return series;
}

function parseDayOf(text: string, place: string): Day {
  const day = Day.safeParse(text);
  return day.success
    ? day.data
    : invalid(`${place}: "${text.slice(0, 40)}" is not a day; write it as 2026-10-31.`);
}
