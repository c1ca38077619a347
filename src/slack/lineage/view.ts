import type { ActionsBlock, KnownBlock, ModalView } from '@slack/types';
import { formatNanos, sumNanos } from '../../core/base/money.js';
import { utcDay } from '../../core/base/time.js';
import type {
  BillLineage,
  ChargeLine,
  HowLineage,
  Lineage,
  RuleLineage,
  Summed,
} from '../../core/lineage/lineage.js';
import { billWords, howWords, ruleWords } from '../../core/lineage/words.js';
import { actions, bold, bullets, button, context, plain, type RichLine, rich } from '../kit/blocks.js';
import { type Choice, choiceOption } from '../kit/option-value.js';
import { packPayload } from '../kit/payload.js';
import { count, displayName, formatDay, formatMoney, formatRange, formatShare } from '../kit/text.js';
import { LINEAGE, packLineage } from './ids.js';

const MOST_RESPONSES = 2;

/** A charge on one line: amount, day, what it was, how sure it is and which response it was made from. */
function chargeLine(line: ChargeLine, currency: string): RichLine {
  const { cost, chargeCost, day, priorDay, confidence } = line;
  const whole = cost === chargeCost ? '' : ` of ${formatMoney(chargeCost, currency)}`;
  const real = priorDay === null ? '' : ` (of ${formatDay(priorDay)})`;
  const about = [line.key, line.model, line.sku]
    .flatMap((each) => (each === null ? [] : [displayName(each, 60)]))
    .join(' · ');
  const facts = [quantityWords(line, currency), confidence, responseWords(line)].filter(
    (fact) => fact !== '',
  );
  return [
    bold(formatMoney(cost, currency)),
    `${whole}, ${formatDay(day)}${real}: ${about}\n${facts.join(' · ')}`,
  ];
}

/** `1,000 Tokens at $0.000003`: both approximate. */
function quantityWords({ quantity, unit, unitPrice }: ChargeLine, currency: string): string {
  if (quantity === null) return '';
  const amount = `${quantity.toLocaleString('en-US')} ${displayName(unit ?? 'units', 40)}`;
  if (unitPrice === null) return amount;
  const price = unitPrice.toLocaleString('en-US', { maximumSignificantDigits: 4 });
  return `${amount} at ${price} ${displayName(currency, 12)}`;
}

function responseWords({ raw }: ChargeLine): string {
  if (raw.length === 0) return '';
  const shown = raw
    .slice(0, MOST_RESPONSES)
    .map(
      ({ endpoint, fetchedAtMs }) => `${displayName(endpoint, 80)} fetched ${formatDay(utcDay(fetchedAtMs))}`,
    );
  const more = raw.length - shown.length;
  return `from ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Slack takes no more options in a menu. */
const MOST_CHOICES = 100;
const MOST_BILLS = 10;
const MOST_RULES_OF_BILL = 4;
const MOST_RULES = 12;
const MOST_HOWS = 25;
const MOST_LINES = 20;
const MOST_SENTENCES = 8;

/** The lines of a report, of which one is explained. */
export interface LineChoices {
  readonly choices: readonly Choice[];
  readonly chosen: Choice;
}

/** The first view: the figure, its bills, and the rules of each. */
export function figureView(
  lineage: Lineage,
  about: { readonly ask: string | null; readonly lines: LineChoices | null },
): ModalView {
  const { currency } = lineage.figure;
  const shown = lineage.bills.slice(0, MOST_BILLS);
  return lineageModal('Where it comes from', packLineage({ figure: figureOf(lineage), ask: about.ask }), [
    ...(about.lines === null ? [] : [lineSelect(about.lines)]),
    rich([bold(formatMoney(lineage.cost, currency)), ` is ${figureWords(lineage)}.`]),
    context(mixWords(lineage)),
    ...shown.flatMap((bill, index) => billBlocks(bill, currency, index)),
    ...restBlocks(lineage.bills.slice(MOST_BILLS), 'bill', currency),
    actions(button({ id: LINEAGE.export, label: 'Export all charges (CSV)' })),
    context('Every level adds up to the one above. Effective cost, UTC days.'),
  ]);
}

/** The second view: the rules of a bill, and how the money came to its owners. */
export function billView(lineage: Lineage, bill: BillLineage, at: number): ModalView {
  const { currency } = lineage.figure;
  const rules = bill.rules.slice(0, MOST_RULES);
  const most = Math.max(1, Math.floor(MOST_HOWS / Math.max(1, rules.length)));
  return lineageModal('Rules and owners', packLineage({ figure: figureOf(lineage), ask: null }), [
    rich([bold(formatMoney(bill.cost, currency)), ` ${displayName(billWords(bill), 300)}`]),
    context(mixWords(bill)),
    ...rules.flatMap((rule, index) => ruleBlocks(rule, { currency, path: [at, index], most })),
    ...restBlocks(bill.rules.slice(MOST_RULES), 'rule', currency),
  ]);
}

/** The third view: the charges that came one way. */
export function howView(lineage: Lineage, how: HowLineage): ModalView {
  const { currency } = lineage.figure;
  const lines = how.lines.slice(0, MOST_LINES);
  const rest = {
    charges: how.charges - lines.length,
    cost: how.cost - sumNanos(lines.map(({ cost }) => cost)),
  };
  const isDivided = how.chargeCost !== how.cost;
  return lineageModal('Charges', packLineage({ figure: figureOf(lineage), ask: null }), [
    rich([
      bold(formatMoney(how.cost, currency)),
      isDivided ? ` of ${formatMoney(how.chargeCost, currency)}` : '',
      ` in ${count(how.charges, 'charge')}`,
    ]),
    bullets(sentences(how)),
    context(mixWords(how)),
    ...lines.map((line) => bullets([chargeLine(line, currency)])),
    ...(rest.charges === 0
      ? []
      : [context(`and ${count(rest.charges, 'more charge')}: ${formatMoney(rest.cost, currency)}`)]),
  ]);
}

function lineageModal(title: string, metadata: string, blocks: readonly KnownBlock[]): ModalView {
  return {
    type: 'modal',
    callback_id: LINEAGE.view,
    private_metadata: metadata,
    title: plain(title, 24),
    close: plain('Close', 24),
    blocks: [...blocks],
  };
}

/** The figure with arrays of its own, as the payload wants them. */
function figureOf({ figure }: Lineage) {
  const where = figure.where.map(({ key, values }) => ({ key, values: [...values] }));
  return { ...figure, where };
}

function lineSelect({ choices, chosen }: LineChoices): ActionsBlock {
  return {
    type: 'actions',
    elements: [
      {
        type: 'static_select',
        action_id: LINEAGE.line,
        placeholder: plain('Which line', 150),
        options: choices
          .filter(({ value }) => value !== '')
          .slice(0, MOST_CHOICES)
          .map(choiceOption),
        initial_option: choiceOption(chosen),
      },
    ],
  };
}

/** `what team Search cost, Oct 2026`: the question in words. */
function figureWords({ figure }: Lineage): string {
  const range = formatRange(figure.range);
  const [first, ...others] = figure.where.map(
    ({ key, values }) => `${key} ${values.map((value) => displayName(value, 60)).join(' or ')}`,
  );
  if (first === undefined) return `what the company cost in ${range}`;
  return `what ${[first, ...others].join(', ')} cost in ${range}`;
}

function mixWords({ confidence, cost, charges }: Summed): string {
  const parts = confidence.map((part) => `${part.confidence} ${formatShare(part.cost, cost)}`);
  return [count(charges, 'charge'), ...parts].join(' · ');
}

function billBlocks(bill: BillLineage, currency: string, index: number): KnownBlock[] {
  const shown = bill.rules.slice(0, MOST_RULES_OF_BILL);
  const rest = bill.rules.slice(MOST_RULES_OF_BILL);
  const lines = shown.map(
    (rule): RichLine => [bold(formatMoney(rule.cost, currency)), ` ${displayName(ruleWords(rule), 300)}`],
  );
  const more: RichLine[] = rest.length === 0 ? [] : [[restWords(rest, 'rule', currency)]];
  const title = displayName(billWords(bill), 300);
  return [
    rich([bold(formatMoney(bill.cost, currency)), ` ${title}`]),
    bullets([...lines, ...more]),
    drillDown({ id: LINEAGE.bill, label: 'Rules and owners', of: title }, [index], bill),
  ];
}

function ruleBlocks(
  rule: RuleLineage,
  { currency, path, most }: { currency: string; path: readonly number[]; most: number },
): KnownBlock[] {
  const sentence: RichLine[] = rule.rule === null ? [] : [[displayName(rule.rule.sentence, 500)]];
  return [
    rich([bold(formatMoney(rule.cost, currency)), ` ${displayName(ruleWords(rule), 300)}`], ...sentence),
    ...rule.hows
      .slice(0, most)
      .flatMap((how, index) => [
        bullets([
          [bold(formatMoney(how.cost, currency)), ` to ${displayName(how.target ?? 'nobody')}`],
          ...sentences(how),
        ]),
        drillDown({ id: LINEAGE.how, label: 'Charges', of: ruleWords(rule) }, [...path, index], how),
      ]),
    ...restBlocks(rule.hows.slice(most), 'way', currency),
  ];
}

function sentences(how: HowLineage): RichLine[] {
  return howWords(how)
    .slice(0, MOST_SENTENCES)
    .map((sentence) => [displayName(sentence, 500)]);
}

function drillDown(
  about: { readonly id: string; readonly label: string; readonly of: string },
  path: readonly number[],
  { cost }: Summed,
): ActionsBlock {
  const value = packPayload({ path, cost: formatNanos(cost) });
  return actions(
    button({ id: about.id, label: about.label, value, spoken: `${about.label} of ${about.of}` }),
  );
}

function restBlocks(rest: readonly Summed[], noun: string, currency: string): KnownBlock[] {
  return rest.length === 0 ? [] : [context(restWords(rest, noun, currency))];
}

function restWords(rest: readonly Summed[], noun: string, currency: string): string {
  const cost = sumNanos(rest.map((each) => each.cost));
  return `and ${count(rest.length, `more ${noun}`)}: ${formatMoney(cost, currency)}`;
}
