import type { KnownBlock } from '@slack/types';
import { dayIn } from '../../core/base/time.js';
import type { SourceStatus } from '../../core/sources/feed.js';
import type { HoldReason } from '../../core/sources/hold.js';
import { describeDetails, describeState, type SourceWriting } from '../../core/sources/words.js';
import {
  actions,
  bold,
  bullets,
  button,
  context,
  header,
  type Message,
  plain,
  rich,
  section,
} from '../kit/blocks.js';
import { withinLimits } from '../kit/limits.js';
import { packPayload } from '../kit/payload.js';
import { count, displayName, formatDay, formatMoney, literalMrkdwn } from '../kit/text.js';
import { heldLines } from './data-quality-message.js';
import { acceptButton, heldReasons } from './held-message.js';

/** Buttons of the list of sources. */
export const SOURCE_IDS = {
  pull: 'source.pull',
  accept: 'source.accept-first',
  backfill: 'source.backfill',
  cancelBackfill: 'source.cancel-backfill',
  retryBackfill: 'source.retry-backfill',
  pause: 'source.pause',
  resume: 'source.resume',
  remarks: 'source.remarks',
  remove: 'source.remove',
  add: 'source.add',
} as const;
const MAX_SOURCES = 14;
/** The fifty of a message without its head and its foot. */
const MAX_BLOCKS = 46;
const MAX_REMARKS = 40;
/** A mark that needs no emoji font, for what wants a look; words say the rest. */
const TROUBLED: readonly SourceStatus['state'][] = ['failing', 'silent', 'misconfigured'];

function writing(timeZone: string, showsMoney: boolean): SourceWriting {
  const time = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' });
  return {
    day: formatDay,
    instant: (ms) => `${formatDay(dayIn(timeZone, ms))} ${time.format(ms)}`,
    cost: formatMoney,
    showsMoney,
  };
}

function stateLine(status: SourceStatus, write: SourceWriting) {
  return [
    TROUBLED.includes(status.state) ? '▲ ' : '',
    bold(displayName(status.source, 60)),
    ` (${displayName(status.kind, 40)}): ${displayName(describeState(status, write), 400)}`,
  ];
}

function buttonsOf(status: SourceStatus): KnownBlock[] {
  const value = packPayload({ source: status.source });
  const make = (id: string, label: string) =>
    button({ id, label, value, spoken: `${label} ${status.source}` });
  const isPullable = status.origin !== 'gone' && status.state !== 'misconfigured';
  const isFilling = status.backfill?.state === 'running';
  const elements = [
    ...(isPullable && status.held !== undefined ? [acceptButton(SOURCE_IDS.accept, status.source)] : []),
    ...(isPullable ? [make(SOURCE_IDS.pull, 'Pull now')] : []),
    ...(isPullable && status.usualLagDays !== null && !isFilling
      ? [make(SOURCE_IDS.backfill, 'Backfill …')]
      : []),
    ...(isFilling ? [make(SOURCE_IDS.cancelBackfill, 'Cancel backfill')] : []),
    ...(status.backfill?.state === 'failed' ? [make(SOURCE_IDS.retryBackfill, 'Go on with backfill')] : []),
    ...(isPullable
      ? [status.state === 'paused' ? make(SOURCE_IDS.resume, 'Resume') : make(SOURCE_IDS.pause, 'Pause')]
      : []),
    ...((status.last?.remarks.length ?? 0) > 0 ? [make(SOURCE_IDS.remarks, 'Remarks')] : []),
    ...(status.origin === 'file' ? [] : [removeButton(status.source, value)]),
  ];
  return elements.length === 0 ? [] : [actions(...elements)];
}

function removeButton(source: string, value: string) {
  return {
    ...button({ id: SOURCE_IDS.remove, label: 'Remove', value, style: 'danger', spoken: `Remove ${source}` }),
    confirm: {
      title: plain('Remove this source?', 100),
      text: plain(
        `${displayName(source, 60)} goes with all its charges. Locked months keep theirs; what is taken back stands in the open month.`,
        300,
      ),
      confirm: plain('Remove', 30),
      deny: plain('Keep', 30),
      style: 'danger' as const,
    },
  };
}

/** `/apportion sources`: every source with its state; with buttons and money for those who manage them. */
export function sourcesMessage(
  statuses: readonly SourceStatus[],
  options: { readonly manages: boolean; readonly timeZone: string },
): Message {
  const write = writing(options.timeZone, options.manages);
  const shown = fitting(statuses.map((status) => sourceBlocks(status, write, options.manages)));
  const left = statuses.length - shown.length;
  const troubled = statuses.filter(({ state }) => TROUBLED.includes(state)).length;
  const summary = `${count(statuses.length, 'source')}, ${troubled === 0 ? 'all well' : `${troubled} in trouble`}.`;
  return withinLimits({
    text: `Bills: ${summary}`,
    blocks: [
      header('Bills'),
      section(statuses.length === 0 ? 'No source is configured yet.' : summary),
      ...shown.flat(),
      ...(left > 0
        ? [context(`and ${count(left, 'more source')}; apportion sources list shows all at a terminal`)]
        : []),
      ...(options.manages
        ? [
            actions(
              button({ id: SOURCE_IDS.add, label: 'Add a source', value: packPayload({}), style: 'primary' }),
            ),
          ]
        : []),
    ],
  });
}

function heldBlocks(reasons: readonly HoldReason[]): readonly KnownBlock[] {
  const months = reasons.flatMap((reason) => (reason.because === 'price' ? [reason] : []));
  return [...heldLines(months), ...heldReasons(reasons.filter(({ because }) => because !== 'price'))];
}

/** Two to five blocks. */
function sourceBlocks(status: SourceStatus, write: SourceWriting, manages: boolean): readonly KnownBlock[] {
  return [
    rich(stateLine(status, write)),
    ...(manages ? heldBlocks(status.held ?? []) : []),
    ...detailBlocks(describeDetails(status, write)),
    ...(manages ? buttonsOf(status) : []),
  ];
}

/** As many of the first as a message has room for. */
function fitting(sources: readonly (readonly KnownBlock[])[]): readonly (readonly KnownBlock[])[] {
  let used = 0;
  return sources.slice(0, MAX_SOURCES).filter((blocks) => {
    used += blocks.length;
    return used <= MAX_BLOCKS;
  });
}

function detailBlocks(details: readonly string[]): KnownBlock[] {
  return details.length === 0 ? [] : [context(displayName(details.join(' '), 1_900))];
}

/** The remarks of a source's last pull. */
export function remarksMessage({ source, last }: SourceStatus): Message {
  const remarks = last?.remarks ?? [];
  const left = remarks.length - MAX_REMARKS;
  return withinLimits({
    text: literalMrkdwn(`Remarks on ${displayName(source, 60)}`),
    blocks: [
      header(`Remarks on ${displayName(source, 60)}`),
      remarks.length === 0
        ? section('The last pull had no remarks.')
        : bullets(remarks.slice(0, MAX_REMARKS).map((remark) => [displayName(remark, 400)])),
      ...(left > 0 ? [context(`and ${count(left, 'more remark')}`)] : []),
    ],
  });
}

/** The sources as App Home shows them to those who manage them: a line each, trouble first, no buttons. */
export function homeSourceBlocks(statuses: readonly SourceStatus[], timeZone: string): KnownBlock[] {
  const write = writing(timeZone, false);
  const shown = statuses.slice(0, MAX_SOURCES);
  const left = statuses.length - shown.length;
  return [
    header('Bills'),
    shown.length === 0
      ? section('No source is configured yet.')
      : bullets(shown.map((status) => stateLine(status, write))),
    ...(left > 0 ? [context(`and ${count(left, 'more source')}; /apportion sources shows more`)] : []),
  ];
}
