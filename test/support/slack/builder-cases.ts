import type { KnownBlock } from '@slack/types';
import type { HomeView, ModalView } from '@slack/web-api';
import type { CaseNote } from '../../../src/core/alerts/alert.js';
import { mappingFor } from '../../../src/core/invoices/csv.js';
import type { HowLineage, Lineage } from '../../../src/core/lineage/lineage.js';
import { defaultSettings, SettingsArea } from '../../../src/core/settings/settings.js';
import { SOURCE_KINDS } from '../../../src/providers/catalog.js';
import * as alertForms from '../../../src/slack/alerts/forms.js';
import { alertListMessage } from '../../../src/slack/alerts/list-message.js';
import * as alert from '../../../src/slack/alerts/message.js';
import { alertNoteMessage } from '../../../src/slack/alerts/note-message.js';
import * as rollup from '../../../src/slack/alerts/rollup-message.js';
import { budgetListView, budgetView } from '../../../src/slack/budgets/forms.js';
import { budgetsMessage } from '../../../src/slack/budgets/message.js';
import { aliasBlocks } from '../../../src/slack/claims/alias-message.js';
import { openClaimsMessage } from '../../../src/slack/claims/list-message.js';
import * as claim from '../../../src/slack/claims/message.js';
import { monthCloseMessage, monthStepMessage } from '../../../src/slack/close/message.js';
import { noticeMessage } from '../../../src/slack/deliver/notice-message.js';
import { auditHeadMessage, digestDetailMessage } from '../../../src/slack/digests/detail-message.js';
import { digestView } from '../../../src/slack/digests/form.js';
import { digestMessage } from '../../../src/slack/digests/message.js';
import * as home from '../../../src/slack/home/message.js';
import * as homeOwn from '../../../src/slack/home/own-message.js';
import { csvFileView } from '../../../src/slack/invoices/csv-form.js';
import { csvMappingView, csvPreviewView } from '../../../src/slack/invoices/csv-mapping-form.js';
import { invoiceEntryView } from '../../../src/slack/invoices/entry-form.js';
import { acceptResidualView, invoiceLinesView } from '../../../src/slack/invoices/forms.js';
import { tieOutMessage } from '../../../src/slack/invoices/message.js';
import { type Message, sentenceMessage } from '../../../src/slack/kit/blocks.js';
import { dateInput, formView, input, textInput, whyInput } from '../../../src/slack/kit/inputs.js';
import { withinLimits } from '../../../src/slack/kit/limits.js';
import { loadingView, statusView } from '../../../src/slack/kit/status-view.js';
import { billView, figureView, howView } from '../../../src/slack/lineage/view.js';
import { directoryMessage, foundPeopleMessage } from '../../../src/slack/people/message.js';
import { approvalMessage } from '../../../src/slack/rules/approval-message.js';
import { conditionBlocks } from '../../../src/slack/rules/condition-blocks.js';
import { editorView } from '../../../src/slack/rules/editor-view.js';
import { formOfRule } from '../../../src/slack/rules/form.js';
import { rulesHistoryMessage, versionView } from '../../../src/slack/rules/history-message.js';
import { rulesLintMessage } from '../../../src/slack/rules/lint-message.js';
import { ruleListMessage, ruleListView, rulesHelpMessage } from '../../../src/slack/rules/list-message.js';
import * as rules from '../../../src/slack/rules/message.js';
import { moveView } from '../../../src/slack/rules/move-view.js';
import { movedBlocks } from '../../../src/slack/rules/moved-blocks.js';
import { previewView } from '../../../src/slack/rules/preview-view.js';
import { retireView } from '../../../src/slack/rules/retire-view.js';
import { splitBlocks } from '../../../src/slack/rules/split-blocks.js';
import { targetBlocks } from '../../../src/slack/rules/target-blocks.js';
import * as form from '../../../src/slack/settings/form.js';
import { areaFormView, settingsMenuView } from '../../../src/slack/settings/index.js';
import { settingsApprovalMessage } from '../../../src/slack/settings/proposal-message.js';
import { dataQualityMessage, heldLines } from '../../../src/slack/sources/data-quality-message.js';
import * as feed from '../../../src/slack/sources/feed-message.js';
import { addSourceView, backfillView } from '../../../src/slack/sources/forms.js';
import { heldMessage, heldReasons } from '../../../src/slack/sources/held-message.js';
import * as sources from '../../../src/slack/sources/message.js';
import { askView } from '../../../src/slack/spend/form.js';
import * as help from '../../../src/slack/spend/help.js';
import { notUnderstoodMessage, spendMessage } from '../../../src/slack/spend/message.js';
import { type Extreme, makeExtreme } from '../arbitrary/extremes.js';
import { day, month } from '../build/charges.js';
import { claimOf } from '../build/claims.js';
import { invoiceOf, lineOf } from '../build/invoices.js';
import { alertFigures, digestFigures, ruleChange, spendReport } from './figures.js';

/** What a builder made, and where it is shown. */
type Made =
  | { readonly message: Message }
  | { readonly view: ModalView | HomeView }
  | { readonly blocks: readonly KnownBlock[]; readonly on: 'message' | 'modal' | 'home' };
/** Calls one builder with figures of a kind made extreme. */
type Case = (how: Extreme) => Made;

const OCT = month('2026-10');
const DAY = day('2026-11-01');
const ACTOR = { kind: 'slack' as const, userId: 'U0ANA00001', name: 'ana' };
const MONEY = { currency: 'USD', cost: 5n };

const message = <T>(build: (figures: T) => Message, sample: T, keep: readonly string[] = []): Case => {
  return (how) => ({ message: build(makeExtreme(sample, how, keep)) });
};
const view = <T>(
  build: (figures: T) => ModalView | HomeView,
  sample: T,
  keep: readonly string[] = [],
): Case => {
  return (how) => ({ view: build(makeExtreme(sample, how, keep)) });
};
const blocks = <T>(
  on: 'message' | 'modal' | 'home',
  build: (figures: T) => readonly KnownBlock[],
  sample: T,
): Case => {
  return (how) => ({ blocks: build(makeExtreme(sample, how)), on });
};

const HELD = {
  about: 'held-pull',
  source: 's',
  reasons: [
    { because: 'missing', part: 'p', sentence: 'V refused /cost.' },
    { because: 'control', control: 'total', period: '2026-10', currency: 'USD', stated: 5n, got: 4n },
    { because: 'fall', month: OCT, currency: 'USD', held: 5n, got: 4n },
  ],
  acceptedBy: null,
  isOver: false,
} as const;
const AGED = { label: 'a', source: 's', days: 3, firstDay: DAY, ...MONEY, guess: 'g' };
const CLAIM = claimOf({
  state: 'asked',
  candidates: [{ email: 'a@x.example', name: 'Ana', score: 1, reasons: ['made it'] }],
  asks: [
    {
      email: 'a@x.example',
      name: 'Ana',
      reasons: ['made it'],
      askedAtMs: 0,
      deadlineMs: 0,
      outcome: 'waiting',
    },
  ],
});
const CLAIM_FIGURES = {
  claimId: 1,
  subject: CLAIM.subject,
  state: 'asked' as const,
  ...MONEY,
  firstDay: DAY,
  lastDay: DAY,
  ask: { index: 0, reasons: ['made it'], outcome: 'waiting' as const, deadlineMs: 0 },
  asked: [{ name: 'Ana', outcome: 'timed-out' as const }],
  guess: { name: 'Ana', reasons: ['made it'] },
  resolution: { ownerEmail: 'o@x.example', ownerName: 'O', from: DAY, by: 'ana', atMs: 0, followed: false },
};
const BACKFILL = {
  id: 'b',
  source: 's',
  from: DAY,
  to: DAY,
  nextDay: DAY,
  chunkDays: 31,
  state: 'failed' as const,
  charges: 1,
  startedBy: 'ana',
  startedAtMs: 0,
  updatedAtMs: 0,
  sentence: 'It failed.',
};
const ASIDE = {
  source: 's',
  money: 'm',
  countedFrom: 'c',
  days: [{ from: DAY, to: day('2026-11-09') }],
  costs: [MONEY],
};
const STATUS = {
  source: 's',
  kind: 'k',
  origin: 'added' as const,
  state: 'failing' as const,
  feed: {
    source: 's',
    kind: 'k',
    completeThrough: null,
    lastAttemptMs: 0,
    lastSuccessMs: null,
    lastError: 'It failed.',
    failingSinceMs: 0,
  },
  lagDays: 3,
  usualLagDays: 2,
  nextPullMs: 0,
  running: { what: 'pull', takenAtMs: 0 },
  last: {
    source: 's',
    atMs: 0,
    charges: 1,
    costs: [MONEY],
    confidences: { billed: 1 },
    remarks: ['A remark.'],
    silentSince: null,
  },
  setAside: [ASIDE],
  countedFor: [ASIDE],
  backfill: BACKFILL,
  problem: 'A problem.',
  pausedBy: 'ana',
};
const PLAN = {
  dimension: 'team',
  owner: 'Search',
  month: OCT,
  currency: 'USD',
  amount: 9n,
  phasing: 'calendar-days' as const,
  author: 'ana',
  recordedAtMs: 0,
};
const BUDGET = { owner: 'Search', plan: PLAN, otherCurrency: 'EUR', planned: 5n, spent: 7n };
const DRAFT = {
  id: 'd',
  author: ACTOR,
  note: 'n',
  need: { currency: 'USD', moved: 5n, limit: 1n },
  createdAtMs: 0,
};
const ALIAS = { email: 'e@x.example', person: 'p@x.example', name: 'P', reason: 'alike', ...MONEY };
const VERSION = { number: 1, hash: 'h', author: 'ana', approver: 'ben', note: 'n', recordedAtMs: 0 };
const HOME: Parameters<typeof home.homeView>[0] = {
  month: OCT,
  currency: 'USD',
  company: { total: 5n, previous: 3n },
  myTeams: [BUDGET],
  through: DAY,
  own: {
    spent: 5n,
    identifiers: [{ kind: 'apiKey', label: 'key' }],
    seats: [
      {
        source: 's',
        product: 'Cursor',
        plan: 'team',
        seatId: 'seat',
        holder: { login: 'l', email: 'e', userId: 'u', name: 'n' },
        assignedFrom: DAY,
        assignedTo: null,
        lastActiveDay: DAY,
        cancelsOn: null,
        releasesOn: DAY,
        price: { nanos: 5n, currency: 'USD', origin: 'bill' },
        seenOn: DAY,
      },
    ],
  },
  teams: [{ label: 'Search', cost: 5n, previous: 3n }],
  unallocated: {
    total: 5n,
    lines: [{ reason: 'no-rule', source: 's', identity: 'i', ...MONEY, firstDay: DAY, lastDay: DAY }],
  },
  claimsForMe: [CLAIM],
  finops: { approvals: [DRAFT], sources: [STATUS], ageing: [AGED], aliases: [ALIAS] },
  openCases: [
    {
      id: 1,
      dimension: 'team',
      owner: 'Search',
      state: 'open',
      firstDay: DAY,
      lastDay: DAY,
      figures: alertFigures(),
      acknowledgedBy: null,
      acknowledgedAtMs: null,
      openedAtMs: 0,
      care: {
        assignee: null,
        raisedExcess: 0n,
        raises: 0,
        waitingSinceMs: 0,
        escalated: 'no' as const,
        rollup: null,
      },
    },
  ],
  rules: VERSION,
  ruleCount: 5,
};
const HOME_OPTIONS = { manages: true, timeZone: 'Etc/UTC', page: 0 };
const RULE = {
  id: 'rule-1',
  name: 'A rule',
  when: {
    any: [
      { attribute: 'apiKeyName' as const, in: ['a', 'b'] },
      { attribute: 'model' as const, is: 'm' },
    ],
  },
  allocateTo: { value: 'Search' },
};
const FORM = formOfRule('team', RULE);
const MOVE = {
  dimension: 'team',
  ruleId: 'rule-1',
  name: 'A rule',
  before: { text: 'B', value: 'b' },
  note: 'n',
};
const RETIRE = { dimension: 'team', ruleId: 'rule-1', sentence: 'A rule.', from: '2026-11-01', note: 'n' };
const CHANGE = ruleChange({ approver: 'ben' });
const PREVIEW = {
  draftId: 'd',
  hash: 'h',
  baseVersion: 1,
  lines: ['Added a rule.'],
  diff: { ...CHANGE.diff, shadowedRuleIds: ['rule-2'], deadRuleIds: ['rule-3'], lockedMonths: [OCT] },
  need: { currency: 'USD', moved: 5n, limit: 1n },
};
const INVOICE = {
  ...invoiceOf([lineOf('usage', '5'), lineOf('tax', '1', { recoverable: true }), lineOf('credit', '-2')]),
  version: 2,
  enteredBy: 'slack:U0ANA00001 (ana)',
  enteredAtMs: 0,
  accepted: { amount: 5n, reason: 'priority tier', by: 'ana', atMs: 0 },
};
const TIE_OUT = {
  invoice: INVOICE,
  payable: 5n,
  tax: 1n,
  recoverableTax: 1n,
  credits: -2n,
  purchases: 0n,
  feed: 4n,
  trueUp: 1n,
  ledger: 4n,
  allocated: 3n,
  unallocated: 1n,
  residual: 1n,
  tolerance: 1n,
  isTied: false,
  reasons: [{ kind: 'unknown' as const, amount: 1n, sentence: 'Nobody knows.' }],
  causes: [{ kind: 'unpriced-usage' as const, amount: 1n, sentence: 'No price.' }],
};
const UNINVOICED = {
  source: 's',
  invoiceIssuerName: 'S',
  billingAccountId: 'a',
  invoiceId: null,
  currency: 'USD',
  billed: 5n,
  effective: 5n,
  allocatedBilled: 4n,
  unallocatedBilled: 1n,
};
const SUMMED = { cost: 5n, charges: 1, confidence: [{ confidence: 'billed' as const, cost: 5n }] };
const WORDING = { id: 'r', name: 'A rule', sentence: 'All to Search.', from: DAY, to: null };
const HOW: HowLineage = {
  ...SUMMED,
  how: {
    kind: 'split',
    month: OCT,
    steps: [
      {
        kind: 'rule',
        wording: WORDING,
        recipient: 'Search',
        weights: {
          unit: 'spend',
          owners: [{ owner: 'Search', weight: 5n }],
          share: { weight: 5n, total: 9n },
        },
      },
    ],
  },
  nature: 'charge',
  basis: {},
  target: 'Search',
  chargeCost: 5n,
  lines: [
    {
      day: DAY,
      priorDay: DAY,
      source: 's',
      service: 'API',
      key: 'key',
      model: 'm',
      sku: 'sku',
      category: 'Usage',
      description: 'd',
      quantity: 5,
      unit: 'Tokens',
      unitPrice: 0.1,
      confidence: 'billed',
      chargeCost: 5n,
      cost: 5n,
      raw: [{ endpoint: '/v1', fetchedAtMs: 0 }],
    },
  ],
  remainder: { charges: 3, cost: 5n },
};
const BILL = {
  ...SUMMED,
  source: 's',
  invoice: { invoiceIssuerName: 'S', billingAccountId: 'a', billingPeriod: OCT, invoiceId: 'INV' },
  rules: [{ ...SUMMED, version: 1, rule: WORDING, reason: null, hows: [HOW] }],
};
const LINEAGE: Lineage = {
  ...SUMMED,
  figure: {
    dimension: 'team',
    where: [{ key: 'team', values: ['Search'] }],
    range: { from: DAY, to: day('2026-12-01') },
    currency: 'USD',
  },
  bills: [BILL],
};
const PERSON = {
  email: 'p@x.example',
  name: 'P',
  kind: 'employee' as const,
  aliases: ['q@x.example'],
  slackUserId: null,
};
const CAUSE = { kind: 'key' as const, label: 'ci-nightly' };
const SILENCE = {
  id: 1,
  caseId: 1,
  cause: CAUSE,
  currency: 'USD',
  from: DAY,
  comment: 'c',
  outcome: null,
  kind: 'muted' as const,
  until: DAY,
  limit: 5n,
  by: 'ana',
};
const ROLLED = {
  caseId: 1,
  cause: CAUSE,
  owner: 'Search',
  state: 'open' as const,
  currency: 'USD',
  excess: 5n,
};
const DIGEST = digestFigures({
  newcomers: [{ by: 'key', label: 'k', cost: 5n }],
  incomplete: [{ source: 's', completeThrough: null }],
  ageing: [AGED],
});
const CLOSE = {
  month: OCT,
  stage: 'soft-closed' as const,
  currency: 'USD',
  total: 5n,
  items: [
    { kind: 'feeds' as const, done: false, behind: [{ source: 's', completeThrough: null }] },
    {
      kind: 'invoices' as const,
      done: false,
      invoices: 2,
      untied: 1,
      notIssued: 1,
      differing: [{ source: 's', invoiceId: 'INV', residual: 5n, currency: 'USD' }],
    },
    { kind: 'unallocated' as const, done: false, costs: [{ ...MONEY, limit: 1n }] },
    { kind: 'owners' as const, done: false, teams: 3, unsigned: ['Search'] },
  ],
  unlockRequest: { by: ACTOR, atMs: 0, reason: 'late bill' },
};
const SETTINGS = {
  settings: {
    ...defaultSettings({ timeZone: 'Etc/UTC', currency: 'USD' }),
    channels: { teams: { Search: 'C0SEARCH01' } },
    subscriptions: [
      {
        channel: 'C0SEARCH01',
        scope: { dimension: 'team', owner: 'Search' },
        cadence: { kind: 'weekly' as const, on: 1 },
        hour: 9,
      },
    ],
  },
  changed: { channels: { number: 1, author: 'slack:U0ANA00001 (ana)', recordedAtMs: 0 } },
};
const PROPOSAL = {
  id: 'p-1',
  area: 'approval' as const,
  value: null,
  base: 1,
  author: { kind: 'slack' as const, userId: 'U0ANA00001', name: 'Ana' },
  before: SETTINGS.settings,
  after: SETTINGS.settings,
};
const FIELD = { block: 'b', label: 'A label', hint: 'A hint' };
const CHOICES = [
  { text: 'One', value: 'one' },
  { text: 'Two', value: 'two' },
];

/** One case at least for every builder of messages, views and blocks in `src/slack`, by file and name. */
export const CASES: Readonly<Record<string, readonly Case[]>> = {
  'alerts/message#alertMessage': [
    message(alert.alertMessage, alertFigures()),
    message(alert.alertMessage, alertFigures({ state: 'acknowledged', acknowledgedBy: 'ana' })),
    message(alert.alertMessage, alertFigures({ state: 'closed' })),
  ],
  'alerts/message#alertExplainedMessage': [message(alert.alertExplainedMessage, alertFigures())],
  'alerts/message#alertAcknowledgedMessage': [
    // `by` is a person here.
    (how) => ({
      message: alert.alertAcknowledgedMessage({ by: how.texts[0] ?? 'x', comment: how.texts.at(-1) ?? null }),
    }),
  ],
  'alerts/list-message#alertListMessage': [
    message(alertListMessage, {
      cases: HOME.openCases,
      silences: [SILENCE],
      leads: new Map([['Search', 'Mia']]),
      nowMs: 0,
    }),
  ],
  'alerts/note-message#alertNoteMessage': [
    (how) => ({
      message: alertNoteMessage(noteOf({ is: 'comment', ...makeExtreme({ by: 'a', text: 't' }, how) }, how)),
    }),
    (how) => ({
      message: alertNoteMessage(noteOf({ is: 'escalated', ...makeExtreme({ to: 'someone' }, how) }, how)),
    }),
    (how) => ({
      message: alertNoteMessage(noteOf({ is: 'silenced', silence: makeExtreme(SILENCE, how) }, how)),
    }),
    (how) => ({
      message: alertNoteMessage(
        noteOf({ is: 'grown', figures: makeExtreme(alertFigures(), how), times: 3, joined: 'k' }, how),
      ),
    }),
  ],
  'alerts/rollup-message#alertHandedMessage': [
    (how) => ({
      message: rollup.alertHandedMessage({
        kind: 'alert-handed',
        ...makeExtreme({ figures: alertFigures(), hours: 48, comment: 'c' }, how),
        by: how.texts[0] ?? null,
      }),
    }),
  ],
  'alerts/rollup-message#alertRollupMessage': [
    message(rollup.alertRollupMessage, {
      kind: 'alert-rollup',
      day: DAY,
      currency: 'USD',
      count: 50,
      open: 3,
      excess: 5n,
    }),
  ],
  'alerts/rollup-message#alertRollupListMessage': [
    (how) => ({
      // At most as many lines as the use case puts into one notice.
      message: rollup.alertRollupListMessage({
        kind: 'alert-rollup-list',
        lines: makeExtreme([ROLLED], how).slice(0, 30),
        more: 9,
      }),
    }),
  ],
  'claims/alias-message#aliasBlocks': [blocks('home', (all) => aliasBlocks(all).slice(0, 100), [ALIAS])],
  'rules/approval-message#approvalMessage': [
    message(approvalMessage, { ...DRAFT_FIGURES(), outcome: { kind: 'waiting' } }),
    (how) => ({
      message: approvalMessage({
        ...makeExtreme(DRAFT_FIGURES(), how),
        outcome: { kind: 'rejected', by: how.texts[0] ?? 'x', reason: how.texts.at(-1) ?? null },
      }),
    }),
  ],
  'budgets/message#budgetsMessage': [
    message((figures) => budgetsMessage(figures, { mayEdit: true }), {
      month: OCT,
      currency: 'USD',
      through: DAY,
      lines: [BUDGET, { ...BUDGET, plan: null }],
    }),
  ],
  'claims/message#claimAskMessage': [message(claim.claimAskMessage, CLAIM_FIGURES)],
  'claims/message#claimResolvedMessage': [
    message(claim.claimResolvedMessage, { ...CLAIM_FIGURES, state: 'claimed' }),
    message(claim.claimResolvedMessage, { ...CLAIM_FIGURES, state: 'closed', resolution: null }),
  ],
  'claims/message#claimEscalatedMessage': [
    message(claim.claimEscalatedMessage, { ...CLAIM_FIGURES, ask: null, state: 'escalated' }),
  ],
  'claims/message#waitingClaimBlocks': [blocks('home', claim.waitingClaimBlocks, [CLAIM])],
  'close/message#monthCloseMessage': [
    message(monthCloseMessage, CLOSE),
    message(monthCloseMessage, { ...CLOSE, stage: 'locked', unlockRequest: null }),
  ],
  'close/message#monthStepMessage': [
    (how) => ({
      message: monthStepMessage({
        month: OCT,
        by: how.texts[0] ?? 'x',
        step: { what: 'locked', ...makeExtreme({ reason: 'late', openItems: ['Not signed.'] }, how) },
      }),
    }),
    (how) => ({
      message: monthStepMessage({
        month: OCT,
        by: how.texts[0] ?? 'x',
        step: { what: 'signed', teams: makeExtreme(['Search'], how) },
      }),
    }),
  ],
  'settings/proposal-message#settingsApprovalMessage': (
    [
      { kind: 'waiting' },
      { kind: 'approved', by: 'slack:U0GRACE003 (Grace)' },
      { kind: 'rejected', by: 'slack:U0GRACE003 (Grace)' },
      { kind: 'withdrawn', by: 'slack:U0ANA00001 (Ana)' },
    ] as const
  ).map((outcome) => message(settingsApprovalMessage, { ...PROPOSAL, outcome }, ['area', 'kind', 'by'])),
  'sources/data-quality-message#dataQualityMessage': [
    message(
      dataQualityMessage,
      {
        about: 'first-sync',
        source: 's',
        held: [{ vendor: 'v', month: OCT, billed: 5n, list: 4n }],
        acceptedBy: 'ana',
      },
      ['about'],
    ),
    message(dataQualityMessage, HELD, ['about', 'because', 'month', 'currency']),
    message(dataQualityMessage, { ...HELD, acceptedBy: 'ana' }, ['about', 'because', 'month', 'currency']),
  ],
  'sources/held-message#heldMessage': [message(heldMessage, HELD, ['about', 'because', 'month', 'currency'])],
  'sources/held-message#heldReasons': [
    (how) => ({
      blocks: heldReasons(makeExtreme(HELD.reasons, how, ['because', 'month', 'currency'])),
      on: 'message',
    }),
  ],
  'sources/data-quality-message#heldLines': [
    blocks('message', heldLines, [{ vendor: 'v', month: OCT, billed: 5n, list: 4n }]),
  ],
  'digests/message#digestMessage': [
    message((figures) => digestMessage(figures, { fileId: 'F0CHART001', altText: figures.title }), DIGEST),
  ],
  'digests/detail-message#auditHeadMessage': [
    () => ({ message: auditHeadMessage({ id: 7, hash: 'a'.repeat(64) }) }),
  ],
  'digests/detail-message#digestDetailMessage': [message(digestDetailMessage, DIGEST, ['reason'])],
  'sources/feed-message#feedOverlapMessage': [
    message(feed.feedOverlapMessage, { kind: 'feed-overlap', aside: ASIDE, isOver: false }),
  ],
  'sources/feed-message#feedTroubleMessage': [
    message(feed.feedTroubleMessage, {
      kind: 'feed-trouble',
      source: 's',
      sentence: 'It failed.',
      since: 'then',
    }),
  ],
  'sources/feed-message#feedBackfillMessage': [message(feed.feedBackfillMessage, BACKFILL)],
  'spend/help#helpMessage': [() => ({ message: help.helpMessage() })],
  'spend/help#unknownWordMessage': [
    message((typed: string) => help.unknownWordMessage(typed, ['help']), 'hlep'),
  ],
  'spend/help#otherWordsBlocks': [() => ({ blocks: help.otherWordsBlocks(['help', 'home']), on: 'message' })],
  'spend/help#settingsMessage': [() => ({ message: help.settingsMessage() })],
  'spend/help#digestFormMessage': [() => ({ message: help.digestFormMessage() })],
  'home/own-message#myTeamBlocks': [blocks('home', homeOwn.myTeamBlocks, HOME)],
  'home/own-message#approvalBlocks': [
    blocks('home', (all) => homeOwn.approvalBlocks(all, 'Etc/UTC'), [DRAFT]),
  ],
  'home/own-message#ownBlocks': [blocks('home', homeOwn.ownBlocks, HOME)],
  'home/message#homeBlocks': [blocks('home', (figures) => home.homeBlocks(figures, HOME_OPTIONS), HOME)],
  'home/message#homeView': [view((figures) => home.homeView(figures, HOME_OPTIONS), HOME)],
  'home/message#homeTroubleView': [view(home.homeTroubleView, 'Slack did not answer.')],
  'deliver/notice-message#noticeMessage': [
    message(noticeMessage, { kind: 'digest', figures: DIGEST }),
    message(noticeMessage, { kind: 'month-close', figures: CLOSE }),
  ],
  'claims/list-message#openClaimsMessage': [
    message((claims) => openClaimsMessage(claims, 'Etc/UTC'), { mine: [CLAIM], others: [CLAIM], count: 2 }),
  ],
  'people/message#foundPeopleMessage': [
    (how) => ({
      message: foundPeopleMessage(
        how.texts[0] ?? 'x',
        makeExtreme(
          {
            found: [{ person: PERSON, team: 'T', manager: 'm', costCentre: 'c', identifiers: ['apiKey k'] }],
            more: 5,
          },
          how,
        ),
      ),
    }),
  ],
  'people/message#directoryMessage': [
    message((state) => directoryMessage(state, 'Etc/UTC'), {
      people: 3,
      teams: 2,
      withoutSlack: [PERSON],
      unknownToHr: [
        { slackId: 'U0ANA00001', id: 'U0ANA00001', name: 'N', email: 'e@x.example', isActive: true },
      ],
      lostManagers: ['m@x.example'],
      lastImport: { atMs: 0, by: 'ana' },
    }),
  ],
  'kit/limits#withinLimits': [
    (how) => ({
      message: withinLimits(sentenceMessage(`x${how.texts[0] ?? ''}`)),
    }),
  ],
  'kit/blocks#sentenceMessage': [(how) => ({ message: sentenceMessage(`x${how.texts[0] ?? ''}`) })],
  'rules/history-message#rulesHistoryMessage': [
    (how) => {
      const [entry] = [makeExtreme({ version: VERSION, figures: CHANGE }, how)];
      return { message: rulesHistoryMessage({ entries: [entry, entry], page: 0, pages: 2 }, 'Etc/UTC') };
    },
  ],
  'rules/history-message#versionView': [view(versionView, CHANGE)],
  'rules/lint-message#rulesLintMessage': [
    message(rulesLintMessage, {
      week: '2026-W47',
      version: 2,
      lines: [{ dimension: 'team', why: 'shadowed' as const, name: 'n', otherName: 'o', atStake: [MONEY] }],
      more: 2,
      fingerprint: '',
    }),
  ],
  'rules/list-message#ruleListMessage': [
    (how) => ({ message: ruleListMessage(listOf(how), { page: 0, dimension: null }) }),
  ],
  'rules/list-message#ruleListView': [
    (how) => ({ view: ruleListView(listOf(how), { page: 0, dimension: null }) }),
  ],
  'rules/list-message#rulesHelpMessage': [() => ({ message: rulesHelpMessage() })],
  'rules/message#changeBlocks': [
    blocks('message', (lines) => rules.changeBlocks(lines, 10), ['Added a rule.']),
  ],
  'rules/message#movedBlocks': [blocks('message', rules.movedBlocks, PREVIEW.diff)],
  'rules/message#rulesChangedMessage': [
    message(rules.rulesChangedMessage, { ...CHANGE, diff: PREVIEW.diff }),
  ],
  'sources/message#sourcesMessage': [
    message((all) => sources.sourcesMessage(all, { manages: true, timeZone: 'Etc/UTC' }), [STATUS]),
  ],
  'sources/message#remarksMessage': [message(sources.remarksMessage, STATUS)],
  'sources/message#homeSourceBlocks': [
    blocks('home', (all) => sources.homeSourceBlocks(all, 'Etc/UTC'), [STATUS]),
  ],
  'spend/message#spendMessage': [
    (how) => ({
      message: spendMessage(
        makeExtreme(
          spendReport({
            more: { count: 3, cost: 5n, previous: 3n },
            incomplete: [{ source: 's', completeThrough: null }],
            otherCurrencies: [{ currency: 'EUR', total: 5n }],
          }),
          how,
          ['question'],
        ),
        { text: how.texts[0] ?? '', sharedBy: how.texts.at(-1) ?? null, canShare: true, chart: null },
      ),
    }),
  ],
  'spend/message#notUnderstoodMessage': [
    (how) => ({ message: notUnderstoodMessage(how.texts[0] ?? '', makeExtreme(['by model'], how)) }),
  ],
  'invoices/message#tieOutMessage': [
    message((report) => tieOutMessage(report, { mayEdit: true }), {
      period: OCT,
      tieOuts: [TIE_OUT, { ...TIE_OUT, isTied: true }],
      notInvoiced: [UNINVOICED],
      otherCauses: [{ kind: 'gateway-difference' as const, amount: 1n, sentence: 'A gateway.', source: 's' }],
    }),
  ],
  'alerts/forms#acknowledgeView': [() => ({ view: alertForms.acknowledgeView(1) })],
  'alerts/forms#expectedView': [view((figures) => alertForms.expectedView(figures, DAY), alertFigures())],
  'alerts/forms#muteView': [view((figures) => alertForms.muteView(figures, DAY), alertFigures())],
  'alerts/forms#assignView': [view(alertForms.assignView, alertFigures())],
  'alerts/forms#commentView': [view(alertForms.commentView, alertFigures())],
  'digests/form#digestView': [
    (how) => ({
      view: digestView({
        figures: makeExtreme(DIGEST, how, ['reason', 'scope']),
        today: DAY,
        place: 'C0SEARCH01',
        note: how.texts[0] || null,
      }),
    }),
  ],
  'spend/form#askView': [() => ({ view: askView() })],
  'budgets/forms#budgetView': [() => ({ view: budgetView(OCT, 'USD') })],
  'budgets/forms#budgetListView': [() => ({ view: budgetListView(OCT) })],
  'rules/condition-blocks#conditionBlocks': [
    (how) => ({ blocks: conditionBlocks(FORM, how.texts[0] ?? null), on: 'modal' }),
    (how) => ({ blocks: conditionBlocks({ ...FORM, rows: null }, how.texts[0] ?? null), on: 'modal' }),
  ],
  'invoices/csv-mapping-form#csvMappingView': [
    (how) => {
      const header = distinct(makeExtreme(['Invoice', 'Amount', 'Date'], how));
      return {
        view: csvMappingView(
          'draft',
          { header, mapping: mappingFor(header, null) },
          how.texts.at(-1) ?? null,
        ),
      };
    },
  ],
  'invoices/csv-mapping-form#csvPreviewView': [
    (how) => {
      const header = distinct(makeExtreme(['Invoice', 'Amount', 'Date'], how));
      const read = makeExtreme(
        { invoices: [invoiceOf([lineOf('usage', '5')])], remarks: ['Left out.'] },
        how,
      );
      return { view: csvPreviewView('draft', { header, mapping: mappingFor(header, null), ...read }) };
    },
  ],
  'invoices/csv-form#csvFileView': [() => ({ view: csvFileView(OCT) })],
  'rules/editor-view#editorView': [
    (how) => ({
      view: editorView(
        formOfRule('team', {
          ...RULE,
          name: nameOf(how),
          when: {
            any: [
              {
                attribute: 'apiKeyName',
                in: distinct(makeExtreme(['a', 'b'], how)).map((text) => `v${text}`),
              },
            ],
          },
          allocateTo: { value: nameOf(how) },
        }),
        { dimensions: ['team'], keptSentence: how.texts[0] ?? null, keptTarget: how.texts[0] ?? null },
      ),
    }),
  ],
  'kit/inputs#formView': [
    (how) => ({
      view: formView({
        id: 'f',
        title: how.texts[0] ?? 'x',
        submit: 'Save',
        blocks: [whyInput('b', 'a', null)],
      }),
    }),
  ],
  'kit/inputs#whyInput': [blocks('modal', (value) => [whyInput('b', 'a', value.slice(0, 500))], 'why')],
  'kit/inputs#input': [
    () => ({ blocks: [input({ ...FIELD, element: textInput('a', { max: 75, value: null }) })], on: 'modal' }),
  ],
  'kit/inputs#dateInput': [
    () => ({ blocks: [dateInput({ ...FIELD, action: 'a', day: '2026-11-01' })], on: 'modal' }),
  ],
  'invoices/entry-form#invoiceEntryView': [
    (how) => ({
      view: invoiceEntryView(OCT, { sources: distinct(makeExtreme(['anthropic'], how)), currency: 'USD' }),
    }),
  ],
  'invoices/forms#invoiceLinesView': [
    (how) => ({ view: invoiceLinesView([makeExtreme(INVOICE, how), makeExtreme(INVOICE, how)]) }),
  ],
  'invoices/forms#acceptResidualView': [
    (how) => ({ view: acceptResidualView('packed', how.texts[0] ?? 'x') }),
  ],
  'lineage/view#figureView': [
    (how) => ({
      view: figureView(
        { ...makeExtreme(LINEAGE, how, ['figure']), figure: LINEAGE.figure },
        { ask: null, lines: null },
      ),
    }),
  ],
  'lineage/view#billView': [
    (how) => ({ view: billView(LINEAGE, makeExtreme(BILL, how, ['share', 'unitPrice']), 0) }),
  ],
  'lineage/view#howView': [(how) => ({ view: howView(LINEAGE, makeExtreme(HOW, how, ['share'])) })],
  'rules/move-view#moveView': [
    (how) => ({ view: moveView({ ...MOVE, name: nameOf(how), note: nameOf(how) }) }),
  ],
  'rules/moved-blocks#movedBlocks': [
    (how) => ({ blocks: movedBlocks(makeExtreme(PREVIEW.diff, how), how.texts[0] || 'x'), on: 'modal' }),
  ],
  'rules/preview-view#previewView': [
    (how) => ({
      view: previewView(makeExtreme(PREVIEW, how, ['draftId', 'hash']), { kind: 'move', form: MOVE }),
    }),
  ],
  'rules/retire-view#retireView': [
    (how) => ({ view: retireView({ ...RETIRE, sentence: how.texts[0] ?? 'x', note: nameOf(how) }) }),
  ],
  'settings/form#field': [
    () => ({ blocks: [form.field({ ...FIELD, element: form.selectOf(CHOICES, 'one') })], on: 'modal' }),
    () => ({ blocks: [form.field({ ...FIELD, element: form.radioOf(CHOICES, 'two') })], on: 'modal' }),
    () => ({
      blocks: [form.field({ ...FIELD, element: form.numberOf({ value: '5', min: 0, max: 9 }) })],
      on: 'modal',
    }),
  ],
  'settings/index#settingsMenuView': [
    view((all) => settingsMenuView(all, 'Etc/UTC'), SETTINGS, ['channel', 'digest', 'changed', 'visibility']),
  ],
  'settings/index#areaFormView': SettingsArea.options.map(
    (area): Case =>
      (how) => ({
        view: areaFormView(SETTINGS, area, {
          teams: distinct(makeExtreme(['Search'], how)),
          timeZone: 'Etc/UTC',
        }),
      }),
  ),
  'sources/forms#addSourceView': SOURCE_KINDS.map(
    (kind): Case =>
      (how) => {
        const name = (how.texts[0] ?? 'x').slice(0, 60) || 'x';
        const credential = { name, kind: kind.kind, baseUrl: 'https://litellm.larkspur.test' };
        const credentials = Array.from({ length: how.copies }, () => credential);
        return { view: addSourceView({ kinds: SOURCE_KINDS, credentials }, kind) };
      },
  ),
  'sources/forms#backfillView': [(how) => ({ view: backfillView((how.texts[0] ?? 'x').slice(0, 60)) })],
  'rules/split-blocks#splitBlocks': [
    (how) => ({
      blocks: splitBlocks(
        { kind: 'split', method: 'fixed', among: [], shares: nameOf(how), measure: null, fallback: null },
        0,
      ),
      on: 'modal',
    }),
    () => ({
      blocks: splitBlocks(
        { kind: 'split', method: 'even', among: CHOICES, shares: null, measure: null, fallback: null },
        0,
      ),
      on: 'modal',
    }),
  ],
  'kit/status-view#statusView': [
    (how) => ({ view: statusView({ title: nameOf(how), sentence: how.texts.at(-1) ?? 'x' }) }),
  ],
  'kit/status-view#loadingView': [() => ({ view: loadingView() })],
  'rules/target-blocks#targetBlocks': [
    (how) => ({
      blocks: targetBlocks({ ...FORM, target: { kind: 'kept' } }, how.texts[0] ?? null),
      on: 'modal',
    }),
    () => ({ blocks: targetBlocks(FORM, null), on: 'modal' }),
  ],
};

function DRAFT_FIGURES() {
  const { lines, diff, need } = PREVIEW;
  return { draftId: 'd', hash: 'h', baseVersion: 1, author: 'ana', note: 'n', lines, diff, need };
}

function noteOf(note: CaseNote, { texts }: Extreme) {
  return { kind: 'alert-note' as const, caseId: 1, of: { ...CAUSE, label: texts.at(-1) ?? 'x' }, note };
}

/** Rules have ids of their own, whatever they are called. */
function listOf(how: Extreme) {
  const listed = makeExtreme([{ rule: RULE, sentence: 'API key name is one of a, b -> Search' }], how);
  const rules = listed.map(({ rule, sentence }, index) => ({
    rule: { ...rule, id: `rule-${index}` },
    sentence,
  }));
  return { version: VERSION, dimensions: [{ id: 'team', rules }] };
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts.map((text) => text.slice(0, 200)))].filter((text) => text.trim() !== '');
}

/** A name as the rules allow one: not empty, at most 120 characters. */
function nameOf({ texts }: Extreme): string {
  return `n${texts[0] ?? ''}`.slice(0, 120);
}
