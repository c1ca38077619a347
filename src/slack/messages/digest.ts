import type { KnownBlock } from '@slack/types';
import type { DigestFigures, Mover } from '../../core/digest.js';
import { figureOfDigest } from '../../core/lineage/figure.js';
import {
  actions,
  bold,
  bullets,
  context,
  header,
  image,
  type Message,
  type Picture,
  type RichLine,
  rich,
} from '../blocks.js';
import { withinLimits } from '../limits.js';
import { displayName, escapeMrkdwn, formatChange, formatMoney, formatRange } from '../text.js';
import { ageingLine } from './claim.js';
import { incompleteSentences } from './spend.js';
import { whyButton } from './why.js';

const MAX_MOVERS = 5;
const MAX_MODELS = 5;
const MAX_AGEING = 5;

function moverLine(mover: Mover, currency: string): RichLine {
  return [
    `${mover.by} `,
    bold(displayName(mover.label, 60)),
    `: ${formatMoney(mover.current, currency)}, ${formatChange(mover.current, mover.previous, currency)}`,
  ];
}

/** The biggest mover as a sentence of its own; what a team lead wants to know third. */
function headlineMover(figures: DigestFigures): RichLine {
  const [top] = figures.movers;
  if (top === undefined) return ['Nothing moved worth a word.'];
  return ['Moved most: ', ...moverLine(top, figures.currency), '.'];
}

function lists(figures: DigestFigures): KnownBlock[] {
  const { currency } = figures;
  const movers = figures.movers.slice(1, MAX_MOVERS + 1).map((mover) => moverLine(mover, currency));
  const models = figures.byModel
    .slice(0, MAX_MODELS)
    .map((model): RichLine => [`${displayName(model.label, 60)}: ${formatMoney(model.cost, currency)}`]);
  const ageing = (figures.ageing ?? []).slice(0, MAX_AGEING).map(ageingLine);
  return [
    ...(movers.length === 0 ? [] : [rich([bold('Also moved')]), bullets(movers)]),
    ...(models.length === 0 ? [] : [rich([bold('By model')]), bullets(models)]),
    ...(ageing.length === 0
      ? []
      : [rich([bold('Waiting for an owner'), ', cost of the last 30 days']), bullets(ageing)]),
  ];
}

function whyBlocks(figures: DigestFigures): KnownBlock[] {
  const why = whyButton({ figure: figureOfDigest(figures) }, `Show the charges behind ${figures.team}`);
  return why.length === 0 ? [] : [actions(...why)];
}

/**
 * A team's week: three lines that matter, the chart, then what moved. `chart` null: it is on its way or will never
 * come, so nothing is said of it.
 */
export function digestMessage(figures: DigestFigures, chart: Picture | null = null): Message {
  const { currency } = figures;
  const team = displayName(figures.team, 80);
  const total = formatMoney(figures.total, currency);
  const change = formatChange(figures.total, figures.previousTotal, currency);
  const week = formatRange({ from: figures.from, to: figures.to });
  const monthToDate = formatMoney(figures.monthToDate, currency);
  const unallocated: RichLine[] =
    figures.unallocated === null || figures.unallocated === 0n
      ? []
      : [
          [
            bold(formatMoney(figures.unallocated, currency)),
            ' of the company is unallocated: see App Home for why.',
          ],
        ];
  return withinLimits({
    text: escapeMrkdwn(`${team}: ${total} in the week of ${week}, ${change} against the week before.`),
    blocks: [
      header(`${team}: week ${displayName(figures.week, 20)}`),
      rich(
        [bold(total), ` in the week of ${week}: `, bold(change), ' against the week before.'],
        ['Month to date: ', bold(monthToDate), '.'],
        headlineMover(figures),
        ...unallocated,
      ),
      ...(chart === null ? [] : [image(chart)]),
      ...lists(figures),
      context(...incompleteSentences(figures.incomplete), 'Effective cost, UTC days.'),
      ...whyBlocks(figures),
    ],
  });
}
