import type { KnownBlock } from '@slack/types';
import { assertNever } from '../../core/base/errors.js';
import { absolute, roundedQuotient } from '../../core/base/money.js';
import type { BilledAgainstList, FactorDrift, OutOfBounds } from '../../core/prices/check.js';
import type { DataQualityFigures } from '../../core/sources/data-quality.js';
import { actions, bold, bullets, context, header, type Message, type RichLine, rich } from '../kit/blocks.js';
import { withinLimits } from '../kit/limits.js';
import { authorName, displayName, formatMoney, literalMrkdwn } from '../kit/text.js';
import { ACCEPT_HELD_ID, acceptButton, heldMessage } from './held-message.js';

const MOST_LINES = 10;
const MOST_NAMES = 5;

/** Tells FinOps why money of a source does not fit its usage, in plain words. */
export function dataQualityMessage(figures: DataQualityFigures): Message {
  switch (figures.about) {
    case 'first-sync':
      return firstSyncMessage(figures);
    case 'held-pull':
      return heldMessage(figures);
    case 'price-drift':
      return driftMessage(figures);
    default:
      return assertNever(figures);
  }
}

function firstSyncMessage({
  source,
  held,
  acceptedBy,
}: Extract<DataQualityFigures, { about: 'first-sync' }>): Message {
  const name = displayName(source, 60);
  const title = acceptedBy === null ? `The first pull of ${name} is held back` : `${name} was accepted`;
  const what =
    acceptedBy === null
      ? `What was billed is far from what the same usage costs at list price; a unit may be read wrongly. Nothing of it is in the ledger. If it is right, press Accept this pull, here or in /apportion sources, or run: apportion accept-pull ${name}`
      : `${authorName(acceptedBy)} says that it is right; the next pull is published.`;
  return withinLimits({
    text: literalMrkdwn(`${title}: ${held.slice(0, 3).map(plainHeld).join('; ')}`),
    blocks: [
      header(title),
      ...heldLines(held),
      rich([what]),
      ...(acceptedBy === null ? [actions(acceptButton(ACCEPT_HELD_ID, source))] : []),
    ],
  });
}

/** The months that hold a first pull back, billed against list. */
export function heldLines(held: readonly OutOfBounds[]): readonly KnownBlock[] {
  return linesOf(held.map(heldLine));
}

function linesOf(lines: readonly RichLine[]) {
  const more: readonly RichLine[] =
    lines.length > MOST_LINES ? [[`and ${lines.length - MOST_LINES} more`]] : [];
  return lines.length === 0 ? [] : [bullets([...lines.slice(0, MOST_LINES), ...more])];
}

function heldLine(month: OutOfBounds): RichLine {
  return [bold(displayName(month.vendor, 60)), ` ${heldWords(month)}`];
}

function plainHeld(month: OutOfBounds): string {
  return `${displayName(month.vendor, 60)} ${heldWords(month)}`;
}

function heldWords({ month, billed, list }: OutOfBounds): string {
  const times = list > 0n ? `, ${timesText({ billed, list })} times as much` : '';
  return `${month}: billed ${formatMoney(billed, 'USD')}, at list price ${formatMoney(list, 'USD')}${times}`;
}

/** Two decimals of billed / list; list must be above zero. */
function timesText({ billed, list }: BilledAgainstList): string {
  const hundredths = roundedQuotient(billed * 100n, list);
  const magnitude = absolute(hundredths);
  return `${hundredths < 0n ? '-' : ''}${magnitude / 100n}.${String(magnitude % 100n).padStart(2, '0')}`;
}

function driftMessage({
  source,
  day,
  drifts,
}: Extract<DataQualityFigures, { about: 'price-drift' }>): Message {
  const title = `${displayName(source, 60)}: the price of the same usage changed on ${day}`;
  return withinLimits({
    text: literalMrkdwn(`${title}: ${drifts.slice(0, 3).map(plainDrift).join('; ')}`),
    blocks: [
      header(title),
      ...linesOf(drifts.map((drift) => [bold(displayName(drift.vendor, 60)), ` ${driftWords(drift)}`])),
      context(
        'Billed cost against the price list, both for what has a price. prices show MODEL lists what is known.',
      ),
    ],
  });
}

function plainDrift(drift: FactorDrift): string {
  return `${displayName(drift.vendor, 60)} ${driftWords(drift)}`;
}

function driftWords(drift: FactorDrift): string {
  const { dayBefore, before, after } = drift;
  return `bills ${timesText(after)} times the list price, ${timesText(before)} on ${dayBefore}. ${causeOf(drift)}`;
}

/** The likeliest first: a model that the list lacks explains more than a guess about discounts. */
function causeOf({ models, allModels, unknownModels }: FactorDrift): string {
  if (unknownModels.length > 0)
    return `No price is known of ${namesOf(unknownModels)}: import one with prices import.`;
  if (allModels) return 'All models moved alike: rather a new discount (or the end of one) than a price.';
  if (models.length > 0) return `The price of ${namesOf(models)} has changed, or the list is out of date.`;
  return 'No model moved by much: several did by a little.';
}

function namesOf(models: readonly string[]): string {
  const more = models.length > MOST_NAMES ? ` and ${models.length - MOST_NAMES} more` : '';
  return `${models
    .slice(0, MOST_NAMES)
    .map((model) => displayName(model, 60))
    .join(', ')}${more}`;
}
