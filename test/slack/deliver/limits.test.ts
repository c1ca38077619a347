import type { KnownBlock } from '@slack/types';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNanos, sumNanos } from '../../../src/core/base/money.js';
import type { Day, Month } from '../../../src/core/base/time.js';
import type { NoticeBody } from '../../../src/core/notices/notice.js';
import type { ApprovalOutcome } from '../../../src/core/rule-review/approval.js';
import type { Backfill, SourceStatus } from '../../../src/core/sources/feed.js';
import { validateView } from '../../../src/sandbox/slack/validate.js';
import { noticeMessage } from '../../../src/slack/deliver/notice-message.js';
import { homeView } from '../../../src/slack/home/message.js';
import { section, table } from '../../../src/slack/kit/blocks.js';
import { withinLimits } from '../../../src/slack/kit/limits.js';
import { editorView } from '../../../src/slack/rules/editor-view.js';
import { formOfRule, newForm } from '../../../src/slack/rules/form.js';
import { HISTORY_PAGE, rulesHistoryMessage, versionView } from '../../../src/slack/rules/history-message.js';
import { ruleListMessage, ruleListView } from '../../../src/slack/rules/list-message.js';
import { previewView } from '../../../src/slack/rules/preview-view.js';
import { remarksMessage, sourcesMessage } from '../../../src/slack/sources/message.js';
import { notUnderstoodMessage, spendMessage } from '../../../src/slack/spend/message.js';
import { claimOf } from '../../support/build/claims.js';
import { alertFigures, digestFigures, ruleChange, spendReport } from '../../support/slack/figures.js';
import { markupIn, problemsOf } from '../../support/slack/problems.js';

/** Names that people and vendors really have, and those that try to be more than a name. */
const name = fc.oneof(
  fc.constantFrom(
    '<!channel>',
    '<@U0ANA00001>',
    '*bold*',
    '_italic_ ~struck~ snake_case',
    '&gt; quoted',
    '`code`',
    ':boom:',
    '<https://evil.test|here>',
    '&amp;',
    '',
    ' ',
    '\n\n',
    '\u202egnirts',
    '\ud800',
    '🙂'.repeat(80),
    '"'.repeat(400),
    '\\'.repeat(400),
  ),
  fc.string({ unit: 'binary', maxLength: 300 }),
);
const nanos = fc.oneof(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), fc.constantFrom(0n, 1n, -1n));
const many = <T>(one: fc.Arbitrary<T>, most = 1_000) => fc.array(one, { maxLength: most, size: 'max' });
const RUNS = { numRuns: 40 };

const line = fc.record({ label: name, cost: nanos, previous: nanos });
const currencies = fc.oneof(fc.constant('USD'), name);

describe('messages under any figures', () => {
  it('a spend report is taken by Slack', () => {
    fc.assert(
      fc.property(many(line), name, fc.option(line), (lines, text, more) => {
        const folded = more === null ? null : { count: 3, cost: more.cost, previous: more.previous };
        const report = spendReport({
          lines,
          more: folded,
          total: lines.reduce((sum, { cost }) => sum + cost, folded?.cost ?? 0n),
          question: {
            ...spendReport().question,
            scope: { dimension: 'team', owner: text },
            rangeLabel: text,
          },
          incomplete: Array.from({ length: 30 }, () => ({ source: text, completeThrough: null })),
          otherCurrencies: Array.from({ length: 30 }, () => ({ currency: text, total: 5n })),
        });
        expect(
          problemsOf(spendMessage(report, { text, sharedBy: text, canShare: true, chart: null })),
        ).toEqual([]);
      }),
      RUNS,
    );
  });

  it('a spend report shows lines that add up to its total, however many there are', () => {
    const cents = fc
      .integer({ min: -10_000_000, max: 10_000_000 })
      .map((value) => BigInt(value) * 10_000_000n);
    const lines = many(fc.record({ label: name, cost: cents, previous: cents }));
    fc.assert(
      fc.property(lines, fc.option(cents), (shown, rest) => {
        const more = rest === null ? null : { count: 2, cost: rest, previous: 0n };
        const total = shown.reduce((sum, { cost }) => sum + cost, rest ?? 0n);
        const { blocks } = spendMessage(spendReport({ lines: shown, more, total }), {
          text: '',
          sharedBy: null,
          canShare: true,
          chart: null,
        });
        const block = blocks.find(({ type }) => type === 'table');
        if (block?.type !== 'table') {
          expect(shown).toEqual([]);
          return;
        }
        const costs = block.rows.slice(1).map((row) => {
          const cell = row[1];
          return cell?.type === 'raw_text' ? parseNanos(cell.text.replaceAll(/[$,]/g, '')) : 0n;
        });
        expect(sumNanos(costs)).toBe(total);
      }),
      RUNS,
    );
  });

  it('every notice is taken by Slack', () => {
    const digest = fc
      .record({
        title: name,
        currency: name,
        total: nanos,
        previousTotal: nanos,
        movers: many(line),
        byModel: many(line),
        kind: fc.constantFrom('digest' as const, 'digest-detail' as const),
        reason: fc.constantFrom('rate' as const, 'new' as const, null),
      })
      .map(({ movers, kind, reason, ...rest }): NoticeBody => {
        const moved = movers.map((one) => ({
          by: 'key' as const,
          label: one.label,
          previous: one.previous,
          current: one.cost,
          reason,
        }));
        const named = movers.map(({ label, cost }) => ({ by: 'key' as const, label, cost }));
        const sources = movers.map(({ label }) => ({ source: label, completeThrough: null }));
        const [top] = movers;
        const ageing = movers.map(({ label, cost }) => ({
          label,
          source: label,
          days: 7,
          firstDay: '2026-11-01' as Day,
          currency: 'USD',
          cost,
          guess: label,
        }));
        return {
          kind,
          figures: digestFigures({
            ...rest,
            movers: moved,
            newcomers: named,
            incomplete: sources,
            comparison: {
              ...digestFigures().comparison,
              current: rest.total,
              previous: rest.previousTotal,
              without: sources.map(({ source }) => source),
            },
            cause:
              top === undefined
                ? null
                : {
                    cause: 'new-keys',
                    amount: top.cost,
                    most: { label: top.label, amount: 1n },
                    people: 0,
                    spread: 2,
                  },
            idle: {
              seats: 3,
              idleDays: 30,
              services: movers.map(({ label }) => ({ service: label, seats: 1 })),
              savings: movers.map(({ label, cost }) => ({ currency: label, perMonth: cost })),
            },
            unallocated: 3n,
            ageing,
            books: {
              stage: 'open',
              open: [
                { kind: 'owners', done: false, teams: 3, unsigned: movers.map(({ label }) => label) },
                { kind: 'unallocated', done: false, costs: [{ currency: 'USD', cost: 2n, limit: 1n }] },
              ],
              invoices: {
                tied: 1,
                differing: movers.map(({ label, cost }) => ({
                  source: label,
                  invoiceId: label,
                  residual: cost,
                  currency: label,
                })),
                waiting: 2,
              },
              treatments: named,
              confidences: named,
            },
          }),
        };
      });
    const alert = fc
      .record({
        owner: name,
        excess: nanos,
        actual: nanos,
        expected: nanos,
        drivers: many(line),
        acknowledgedBy: fc.option(name),
      })
      .chain(({ drivers, ...rest }) => {
        const driven = drivers.map((one) => ({
          by: one.label,
          label: one.label,
          expected: one.previous,
          actual: one.cost,
        }));
        const figures = alertFigures({ ...rest, drivers: driven });
        return fc.constantFrom<NoticeBody>(
          { kind: 'alert', figures },
          { kind: 'alert', figures: { ...figures, state: 'acknowledged' } },
          { kind: 'alert', figures: { ...figures, state: 'closed' } },
          { kind: 'alert-explained', figures },
        );
      });
    const rules = fc
      .record({ author: name, note: fc.option(name), lines: many(name), owners: many(name) })
      .chain(({ author, note, lines, owners }) => {
        const moved = owners.map((to) => ({
          dimension: 'team',
          month: '2026-11' as Month,
          currency: 'USD',
          from: null,
          to,
          cost: 5n,
        }));
        const diff = {
          moved,
          unallocated: [],
          shadowedRuleIds: owners,
          deadRuleIds: owners,
          lockedMonths: owners.map(() => '2026-10' as Month),
        };
        const approver = note;
        const need = { currency: 'USD', moved: 2n ** 70n, limit: 1n };
        const asked = { draftId: 'd', hash: 'h', baseVersion: 1, author, note, lines, diff, need };
        const by = author;
        const outcomes: readonly ApprovalOutcome[] = [
          { kind: 'waiting' },
          { kind: 'outdated' },
          { kind: 'approved', by, version: 2 },
          { kind: 'rejected', by, reason: note },
          { kind: 'withdrawn', by, reason: note },
        ];
        const found = (['dead', 'shadowed', 'overlap'] as const).flatMap((why) =>
          owners.slice(0, 8).map((each) => ({
            dimension: each,
            why,
            name: each,
            otherName: each,
            atStake: [{ currency: each, cost: 5n }],
          })),
        );
        const linted = { week: '2026-W47', version: 2, lines: found, more: 2, fingerprint: '' };
        return fc.constantFrom<NoticeBody>(
          { kind: 'rules-changed', figures: ruleChange({ author, approver, note, lines, diff }) },
          { kind: 'rules-lint', figures: linted },
          ...outcomes.map(
            (outcome): NoticeBody => ({ kind: 'rules-approval', figures: { ...asked, outcome } }),
          ),
        );
      });
    const claim = fc
      .record({ label: name, names: many(name), cost: nanos })
      .chain(({ label, names, cost }) => {
        const [one = 'x'] = names;
        const { id: claimId, firstDay, lastDay, currency } = claimOf();
        const subject = { kind: 'apiKey' as const, value: label, source: label, label };
        const ask = { index: 0, reasons: names, outcome: 'waiting' as const, deadlineMs: 0 };
        const resolution = {
          ownerEmail: one,
          ownerName: one,
          from: firstDay,
          by: one,
          atMs: 0,
          followed: false,
        };
        const asked = names.slice(0, 5).map((each) => ({ name: each, outcome: 'timed-out' as const }));
        const guess = { name: one, reasons: names };
        const money = { currency, cost, firstDay, lastDay };
        const open = { claimId, subject, ...money, ask, asked, guess, resolution: null };
        return fc.constantFrom<NoticeBody>(
          { kind: 'claim-ask', figures: { ...open, state: 'asked' } },
          { kind: 'claim-resolved', figures: { ...open, ask: null, state: 'claimed', resolution } },
          { kind: 'claim-resolved', figures: { ...open, state: 'closed' } },
          { kind: 'claim-escalated', figures: { ...open, ask: null, state: 'escalated' } },
        );
      });
    const rest = fc.record({ a: name, b: name }).chain(({ a, b }) =>
      fc.constantFrom<NoticeBody>(
        { kind: 'alert-acknowledged', caseId: 1, by: a, atMs: 0, comment: b },
        { kind: 'feed-trouble', source: a, sentence: b, since: b },
        { kind: 'feed-trouble', source: a, sentence: b, since: b, isSilent: true, backOn: BACK_ON },
        {
          kind: 'feed-overlap',
          aside: {
            ...sourceStatus(a).setAside[0],
            source: a,
            money: b,
            countedFrom: b,
            days: [],
            costs: [],
          },
          isOver: false,
        },
        { kind: 'feed-backfill', backfill: backfillOf(a, b) },
      ),
    );
    const quality = fc
      .record({ source: name, vendor: name, models: many(name, 20), billed: nanos, list: nanos })
      .chain(({ source, vendor, models, billed, list }) => {
        const month = '2026-10' as Month;
        const [day, dayBefore] = ['2026-10-02' as Day, '2026-10-01' as Day];
        const held = models.map(() => ({ vendor, month, billed, list }));
        const after = { billed, list: list > 0n ? list : 1n };
        const drift = {
          vendor,
          day,
          dayBefore,
          before: after,
          after,
          models,
          unknownModels: models,
          allModels: true,
        };
        return fc.constantFrom<NoticeBody>(
          { kind: 'data-quality', figures: { about: 'first-sync', source, held, acceptedBy: null } },
          { kind: 'data-quality', figures: { about: 'first-sync', source, held, acceptedBy: vendor } },
          {
            kind: 'data-quality',
            figures: { about: 'price-drift', source, day, drifts: models.map(() => drift) },
          },
        );
      });
    fc.assert(
      fc.property(fc.oneof(digest, alert, rules, claim, rest, quality), fc.option(name), (body, altText) => {
        const chart = altText === null ? null : { fileId: 'F0CHART001', altText };
        expect(problemsOf(noticeMessage(body, chart))).toEqual([]);
      }),
      { numRuns: 120 },
    );
  });

  it('the list of sources and their remarks are taken by Slack', () => {
    fc.assert(
      fc.property(many(name, 30), fc.boolean(), (names, manages) => {
        const month = '2026-10' as Month;
        const held = names.map((vendor) => ({ vendor, month, billed: 2n ** 60n, list: 1n }));
        const statuses = names.map((name, at) => ({
          ...sourceStatus(name),
          ...(at % 3 > 0 && { heldFirst: held }),
        }));
        expect(problemsOf(sourcesMessage(statuses, { manages, timeZone: 'UTC' }))).toEqual([]);
        for (const status of statuses.slice(0, 2)) expect(problemsOf(remarksMessage(status))).toEqual([]);
      }),
      RUNS,
    );
  });

  it('what was not understood is answered with whatever was typed', () => {
    fc.assert(
      fc.property(name, many(name, 20), (sentence, suggestions) => {
        expect(problemsOf(notUnderstoodMessage(sentence, suggestions))).toEqual([]);
      }),
      RUNS,
    );
  });
});

describe('views under any figures', () => {
  it('App Home is taken by Slack', () => {
    fc.assert(
      fc.property(many(line), many(name, 200), nanos, currencies, (teams, names, total, currency) => {
        const day = '2026-11-01' as Day;
        const page = names.length % 3;
        const view = homeView(
          {
            month: '2026-11' as Month,
            currency,
            company: { total, previous: 0n },
            myTeams: teams.map(({ label, cost }) => ({
              owner: label,
              plan: {
                dimension: 'team',
                owner: label,
                month: '2026-11' as Month,
                currency,
                amount: cost,
                phasing: 'calendar-days' as const,
                author: label,
                recordedAtMs: 0,
              },
              otherCurrency: null,
              planned: total,
              spent: cost,
            })),
            through: day,
            own: {
              spent: total,
              identifiers: names.map((label) => ({ kind: 'apiKey' as const, label })),
              seats: names.map((text) => ({
                source: text,
                product: text,
                plan: text,
                seatId: text,
                holder: null,
                assignedFrom: null,
                assignedTo: null,
                lastActiveDay: null,
                cancelsOn: null,
                releasesOn: null,
                price: null,
                seenOn: day,
              })),
            },
            teams,
            unallocated: {
              total,
              lines: names.map((text) => ({
                reason: text,
                source: text,
                identity: text,
                currency: 'USD',
                cost: total,
                firstDay: day,
                lastDay: day,
              })),
            },
            claimsForMe: names.map((label) =>
              claimOf({ cost: total, subject: { kind: 'seat', value: label, source: label, label } }),
            ),
            finops: {
              approvals: names.map((text) => ({
                id: text,
                author: { kind: 'slack' as const, userId: 'U1', name: text },
                note: text,
                need: { currency, moved: total, limit: total },
                createdAtMs: 0,
              })),
              sources: names.map(sourceStatus),
              ageing: names.map((label) => ({
                label,
                source: label,
                days: 3,
                firstDay: day,
                currency: 'USD',
                cost: total,
                guess: label,
              })),
              aliases: names.map((text) => ({
                email: text,
                person: text,
                name: text,
                reason: text,
                cost: total,
                currency: 'USD',
              })),
            },
            openCases: names.map((owner, id) => ({
              id,
              dimension: 'team',
              owner,
              state: 'open' as const,
              firstDay: day,
              lastDay: day,
              figures: alertFigures({ owner }),
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
            })),
            rules: {
              number: 1,
              hash: '',
              author: names[0] ?? 'x',
              approver: null,
              note: null,
              recordedAtMs: 0,
            },
            ruleCount: 5,
          },
          { manages: true, timeZone: 'Europe/Lisbon', page },
        );
        expect(validateView(view)).toEqual([]);
        expect(markupIn(view.blocks)).toEqual([]);
      }),
      RUNS,
    );
  });

  it('the rule list, the editor and the preview are taken by Slack', () => {
    fc.assert(
      fc.property(many(name, 60), fc.nat(20), (names, page) => {
        const values = ['x', ...names].map((text) => `v${text}`.slice(0, 500));
        const rules = names.map((text, index) => ({
          id: `rule-${index}`,
          name: `n${text}`.slice(0, 120),
          when: {
            any: [
              { attribute: 'apiKeyName' as const, in: values },
              { attribute: `tag:k${text}` as const, startsWith: values[0] },
              { dimension: 'product', is: `d${text}` },
            ],
          },
          allocateTo: { value: `o${text}` },
        }));
        const version = { number: 1, hash: '', author: 'x', approver: null, note: null, recordedAtMs: 0 };
        const listed = rules.map((rule) => ({ rule, sentence: rule.name.repeat(20) }));
        const list = {
          version,
          dimensions: [
            { id: 'team', rules: listed },
            { id: 'product', rules: [] },
          ],
        };
        const wanted = { page, dimension: null };
        expect(problemsOf(ruleListMessage(list, wanted))).toEqual([]);
        expect(validateView(ruleListView(list, wanted))).toEqual([]);
        expect(markupIn(ruleListView(list, wanted).blocks)).toEqual([]);
        const form = rules[0] === undefined ? newForm('team') : formOfRule('team', rules[0]);
        const around = {
          dimensions: ['team', 'product'],
          keptSentence: names[0] ?? null,
          keptTarget: names[0] ?? null,
        };
        expect(validateView(editorView(form, around))).toEqual([]);
        expect(validateView(editorView({ ...form, rows: null }, around))).toEqual([]);
        const { diff } = ruleChange();
        const moved = names.flatMap((to) => diff.moved.map((move) => ({ ...move, to })));
        const need = { currency: 'USD', moved: 10n ** 18n, limit: 1n };
        const preview = {
          draftId: 'd',
          hash: 'h',
          baseVersion: 1,
          lines: names,
          diff: { ...diff, moved },
          need,
        };
        expect(validateView(previewView(preview, { kind: 'editor', form }))).toEqual([]);
        const figures = ruleChange({ lines: names, note: names[0] ?? null, diff: preview.diff });
        expect(validateView(versionView(figures))).toEqual([]);
        const entries = names.slice(0, HISTORY_PAGE).map((author, index) => ({
          version: { ...version, author, approver: author, note: author },
          figures: index === 0 ? null : { ...figures, lines: [author] },
        }));
        expect(problemsOf(rulesHistoryMessage({ entries, page: 1, pages: 3 }, 'UTC'))).toEqual([]);
      }),
      RUNS,
    );
  });
});

describe('the net below the builders', () => {
  const rows = (count: number, width = 4) =>
    Array.from({ length: count }, (_, i) =>
      Array.from({ length: width }, () => `row ${i} ${'x'.repeat(40)}`),
    );
  const columns = ['a', 'b', 'c', 'd'].map((title) => ({ title }));

  it('shortens a table that is too long and says how many rows are left out', () => {
    const { blocks } = withinLimits({ text: 't', blocks: [table(columns, rows(500))] });
    const [block] = blocks;
    if (block?.type !== 'table') throw new Error('no table');
    expect(JSON.stringify(block.rows.at(-1))).toContain(`${501 - (block.rows.length - 1)} more not shown`);
    expect(problemsOf({ text: 't', blocks })).toEqual([]);
  });

  it('keeps one table and leaves the last blocks out where nothing else helps', () => {
    const long: KnownBlock[] = Array.from({ length: 80 }, () => section('y'.repeat(400)));
    const message = withinLimits({
      text: 't',
      blocks: [table(columns, rows(5)), table(columns, rows(5)), ...long],
    });
    expect(problemsOf(message)).toEqual([]);
    expect(message.blocks.filter(({ type }) => type === 'table')).toHaveLength(1);
    expect(JSON.stringify(message.blocks.at(-1))).toContain('too long for Slack');
  });

  it('leaves what fits as it is', () => {
    const blocks = [section('short'), table(columns, rows(3))];
    expect(withinLimits({ text: 't', blocks }).blocks).toEqual(blocks);
  });
});

const BACK_ON = '2026-11-01' as Day;

function backfillOf(source: string, sentence: string): Backfill {
  return {
    id: source,
    source,
    from: BACK_ON,
    to: BACK_ON,
    nextDay: BACK_ON,
    chunkDays: 31,
    state: 'failed',
    charges: 1,
    startedBy: sentence,
    startedAtMs: 0,
    updatedAtMs: 0,
    sentence,
  };
}

/** A source in every kind of trouble at once. */
function sourceStatus(source: string): SourceStatus {
  const feed = {
    source,
    kind: source,
    completeThrough: null,
    lastAttemptMs: 0,
    lastSuccessMs: null,
    lastError: source,
    failingSinceMs: 0,
  };
  const aside = {
    source,
    money: source,
    countedFrom: source,
    days: [],
    costs: [{ currency: 'USD', cost: 2n ** 62n }],
  };
  return {
    source,
    kind: source,
    origin: 'added',
    state: 'failing',
    feed,
    lagDays: 3,
    usualLagDays: 2,
    nextPullMs: 0,
    running: { what: source, takenAtMs: 0 },
    last: {
      source,
      atMs: 0,
      charges: 1,
      costs: aside.costs,
      confidences: { billed: 1 },
      remarks: Array.from({ length: 500 }, () => source),
      silentSince: null,
    },
    setAside: [aside, aside, aside, aside],
    countedFor: [aside],
    backfill: backfillOf(source, source),
    problem: source,
    pausedBy: source,
  };
}
