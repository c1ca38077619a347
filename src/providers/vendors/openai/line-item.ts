import type { CostResult } from './schema.js';
import type { Family } from './usage.js';

/** Kinds of a line item, in FOCUS words; keys are written with spaces and without "tokens". */
const METERS: Readonly<Record<string, string>> = {
  input: 'Input Tokens',
  'cached input': 'Cache Read Input Tokens',
  'input cached': 'Cache Read Input Tokens',
  'cache write input': 'Cache Write Input Tokens',
  'input cache write': 'Cache Write Input Tokens',
  output: 'Output Tokens',
};

/** Vendor unit -> FOCUS units; `scale` turns the vendor's quantity into the consumed one. */
export interface Units {
  readonly consumedUnit: string;
  readonly pricingUnit: string;
  readonly scale: number;
  readonly pricedIn: number;
}
const TOKENS: Units = {
  consumedUnit: 'Tokens',
  pricingUnit: '1000000 Tokens',
  scale: 1,
  pricedIn: 1_000_000,
};
const UNITS: Readonly<Record<string, Units>> = {
  tokens: TOKENS,
  '1000_tokens': { ...TOKENS, scale: 1000 },
  gibibyte_hours: sameUnit('GiB-Hours'),
  images: sameUnit('Images'),
  characters: sameUnit('Characters'),
  duration_seconds: sameUnit('Seconds'),
  duration_minutes: sameUnit('Minutes'),
  duration_hours: sameUnit('Hours'),
};

function sameUnit(unit: string): Units {
  return { consumedUnit: unit, pricingUnit: unit, scale: 1, pricedIn: 1 };
}

/** Meter and unit of usage that no line item is for. */
const FAMILY_METERS: Readonly<Partial<Record<Family, readonly [meter: string, units: Units]>>> = {
  input: ['Input Tokens', TOKENS],
  'cached input': ['Cache Read Input Tokens', TOKENS],
  'cache write': ['Cache Write Input Tokens', TOKENS],
  output: ['Output Tokens', TOKENS],
  'audio input': ['Audio Input Tokens', TOKENS],
  'cached audio': ['Cache Read Audio Input Tokens', TOKENS],
  'audio output': ['Audio Output Tokens', TOKENS],
  'image input': ['Image Input Tokens', TOKENS],
  'cached image': ['Cache Read Image Input Tokens', TOKENS],
  'image output': ['Image Output Tokens', TOKENS],
  images: ['Images', sameUnit('Images')],
  characters: ['Characters', sameUnit('Characters')],
  seconds: ['Seconds', sameUnit('Seconds')],
  'web search': ['Web Searches', sameUnit('Requests')],
  'file search': ['File Searches', sameUnit('Requests')],
  sessions: ['Sessions', sameUnit('Sessions')],
};

/** How usage without a bill is measured; null for what has no model to be known by. */
export function meterOf(family: Family): { readonly meter: string; readonly units: Units } | null {
  const known = FAMILY_METERS[family];
  return known === undefined ? null : { meter: known[0], units: known[1] };
}

/** The units of a result; null when it has no quantity, and so no price of its own. */
export function unitsOf({ quantity, quantity_unit: unit }: CostResult): Units | null {
  if (quantity === null || quantity === undefined || !unit) return null;
  return UNITS[unit] ?? sameUnit(capitalise(unit.replaceAll('_', ' ')));
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "gpt-6-sol, cached_input_tokens" -> model and meter; a line item of any other form is a meter without a model. */
export function parseLineItem(lineItem: string): { readonly model: string | null; readonly meter: string } {
  const comma = lineItem.lastIndexOf(',');
  const model = lineItem.slice(0, Math.max(comma, 0)).trim();
  const kind = lineItem.slice(comma + 1).trim();
  if (model === '' || kind === '') return { model: null, meter: lineItem };
  const plain = kind
    .toLowerCase()
    .replaceAll(/[_\s]+/g, ' ')
    .replace(/ tokens$/, '');
  return { model, meter: METERS[plain] ?? kind };
}
