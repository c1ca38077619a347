import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { AppError } from '../../core/base/errors.js';
import { formatNanos } from '../../core/base/money.js';
import { lineageCsv } from '../../core/lineage/csv.js';
import { figureOfReport, narrowed } from '../../core/lineage/figure.js';
import type { Lineage, SpendFigure } from '../../core/lineage/lineage.js';
import { SPEND_KEYS, type SpendQuestion } from '../../core/spend/spend.js';
import type { explainNumber } from '../../usecases/explain/explain-number.js';
import { mayAsk } from '../../usecases/spend/may-ask.js';
import { showSpend } from '../../usecases/spend/show-spend.js';
import { type Asker, onChange, onClick, onShortcut } from '../kit/listener.js';
import { type Choice, encodeChoice } from '../kit/option-value.js';
import { unpackPayload } from '../kit/payload.js';
import { contextOf, type Surface } from '../kit/request.js';
import { statusView } from '../kit/status-view.js';
import { formatMoney, literalMrkdwn } from '../kit/text.js';
import { WHY_ID, WhyPayload } from '../kit/why.js';
import { subjectOfMessage } from './about.js';
import { DrillPayload, LINEAGE, LineageMetadata } from './ids.js';
import { billView, figureView, howView, type LineChoices } from './view.js';

/**
 * The message shortcut, as the manifest declares it.
 * @internal The test of manifest.yml compares it.
 */
export const EXPLAIN_SHORTCUT_ID = 'explain_number';

const ABOUT = { title: 'Where it comes from', doing: 'explaining a figure' };
/** So many charges of one way are in an export; the others are one row. */
const MOST_EXPORTED = 50_000;

function explain(
  surface: Surface,
  { user }: Pick<Asker, 'user'>,
  input: Parameters<typeof explainNumber>[1],
): Promise<Lineage> {
  return surface.run(contextOf(surface, user).actor, 'explain-number', input);
}

/** What a figure with these filters is about; the narrowest, where there are several. */
function scopeOf(where: SpendFigure['where']): SpendQuestion['scope'] {
  const filter = where.at(-1);
  const value = filter?.values[0];
  if (filter === undefined || value === undefined) return null;
  const key = SPEND_KEYS.find((each) => each === filter.key);
  return key === undefined ? { dimension: filter.key, owner: value } : { key, value };
}

/** Explains the figure of a message, or the total of its report with its lines to choose from. */
async function firstView(surface: Surface, asker: Asker, about: WhyPayload): Promise<ModalView> {
  if ('ask' in about) return lineView(surface, asker, { ask: about.ask, line: null });
  const { dimension, where } = about.figure;
  const viewer = await surface.access.viewerOf(asker.client, asker.user.id);
  const verdict = await mayAsk(surface.context, viewer, { scope: scopeOf(where), by: dimension });
  if (!verdict.ok) throw new AppError('forbidden', verdict.sentence);
  const lineage = await explain(surface, asker, { figure: about.figure });
  return figureView(lineage, { ask: null, lines: null });
}

/** `line` null: the report's total. The report is asked again, so that its lines are those of now. */
async function lineView(
  surface: Surface,
  asker: Asker,
  { ask, line }: { readonly ask: string; readonly line: string | null },
): Promise<ModalView> {
  const context = contextOf(surface, asker.user);
  const viewer = await surface.access.viewerOf(asker.client, asker.user.id);
  const found = await showSpend(context, { text: ask, askedBy: viewer.email, viewer });
  if (found.kind !== 'report') throw new AppError('invalid', found.sentence);
  const { report } = found;
  const total: Choice = { text: 'Total', value: '~total' };
  const lines = report.lines.map(({ label }) => ({ label, choice: encodeChoice(label) }));
  const chosen = lines.find(({ choice }) => choice.value === line);
  if (line !== null && line !== total.value && chosen === undefined)
    throw new AppError('invalid', 'This line is not in the report any more; please ask again.');
  const figure = figureOfReport(report);
  const lineage = await explain(surface, asker, {
    figure: chosen === undefined ? figure : narrowed(figure, report.question.by, chosen.label),
  });
  const choices: LineChoices = {
    choices: [total, ...lines.map(({ choice }) => choice)],
    chosen: chosen?.choice ?? total,
  };
  return figureView(lineage, { ask, lines: choices });
}

/** The node at the end of a way down. @throws AppError `conflict` when something else stands there by now. */
function drill(lineage: Lineage, { path, cost }: DrillPayload): ModalView {
  const [billAt = 0, ruleAt, howAt] = path;
  const bill = lineage.bills[billAt];
  const how = ruleAt === undefined || howAt === undefined ? undefined : bill?.rules[ruleAt]?.hows[howAt];
  const node: { readonly cost: bigint } | undefined = path.length === 1 ? bill : how;
  if (bill === undefined || node === undefined || formatNanos(node.cost) !== cost)
    throw new AppError('conflict', 'The figures have changed meanwhile; close this and ask again.');
  return how === undefined ? billView(lineage, bill, billAt) : howView(lineage, how);
}

/** Sends the leaves as a file, to the person alone. */
async function sendCsv(surface: Surface, asker: Asker, figure: SpendFigure): Promise<ModalView> {
  const { client, user } = asker;
  const lineage = await explain(surface, asker, { figure, mostLines: MOST_EXPORTED });
  const opened = await client.conversations.open({ users: user.id });
  if (opened.channel?.id === undefined) throw new AppError('upstream', 'Slack opened no direct message.');
  const total = formatMoney(lineage.cost, figure.currency);
  const filename = `apportion-${figure.range.from}-${lineage.figure.dimension}.csv`;
  await client.files.uploadV2({
    channel_id: opened.channel.id,
    file: Buffer.from(lineageCsv(lineage), 'utf8'),
    filename,
    title: filename,
    initial_comment: literalMrkdwn(`All charges behind ${total}: the column "cost" adds up to it.`),
  });
  return statusView({
    title: 'Exported',
    sentence: `The charges are in your direct messages with Apportion, as ${filename}.`,
  });
}

/** What the message's own Why? button asks. @throws AppError `invalid` when it has none. */
function questionOf(message: unknown): WhyPayload {
  const about = subjectOfMessage(message);
  if (about?.kind !== 'why')
    throw new AppError(
      'invalid',
      'There is no figure here that Apportion could explain. Use this on its spend reports, digests and alerts.',
    );
  return about.why;
}

/** Why? buttons, the message shortcut, and the ways down and out of the views they open. */
export function listenExplain(app: App, surface: Surface): void {
  const { title, doing } = ABOUT;
  onClick(app, surface, { id: WHY_ID, doing }, async (click) => {
    await click.open(title, async () => firstView(surface, click, unpackPayload(WhyPayload, click.value)));
  });
  onShortcut(app, surface, { id: EXPLAIN_SHORTCUT_ID, doing }, async (asked) => {
    await asked.open(title, async () => firstView(surface, asked, questionOf(asked.message)));
  });
  for (const id of [LINEAGE.bill, LINEAGE.how])
    onClick(app, surface, { id, doing }, async (click) => {
      await click.open(title, async () => {
        const { figure } = unpackPayload(LineageMetadata, click.body.view?.private_metadata);
        const payload = unpackPayload(DrillPayload, click.value);
        return drill(await explain(surface, click, { figure }), payload);
      });
    });
  onClick(app, surface, { id: LINEAGE.export, doing }, async (click) => {
    await click.open(title, async () => {
      const { figure } = unpackPayload(LineageMetadata, click.body.view?.private_metadata);
      return sendCsv(surface, click, figure);
    });
  });
  // Puts another line's lineage in the place of the one that is shown.
  onChange(app, surface, { id: LINEAGE.line, title, doing }, async ({ value, view, ...asker }) => {
    const { ask } = unpackPayload(LineageMetadata, view.private_metadata);
    return ask === null ? null : lineView(surface, asker, { ask, line: value ?? null });
  });
}
