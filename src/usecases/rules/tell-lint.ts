import { compareBigint, compareText, type Nanos } from '../../core/base/money.js';
import { addDays, dayIn, isoWeek } from '../../core/base/time.js';
import type { LintFigures, LintLine } from '../../core/rule-review/lint-report.js';
import type { Context } from '../context.js';
import { type LintFinding, lintRules } from './lint-rules.js';

/** Findings told in one message. */
const MOST_LINES = 25;
/** How far back the last message is looked for. */
const WEEKS = 53;

type ToldFinding = LintFinding & { readonly why: LintLine['why'] };

/**
 * Tells FinOps, once a week, of rules that do nothing and of money about which only the order of rules decides; not
 * when there are none, or the very ones that it was told of last. Again in the same week edits the message.
 */
export async function tellLint(context: Context): Promise<{ readonly told: number }> {
  const { store, company, clock } = context;
  const findings = (await lintRules(context)).filter(isToldOf);
  if (findings.length === 0) return { told: 0 };
  const today = dayIn(company.timeZone, clock());
  const figures = figuresOf(findings, {
    week: isoWeek(today),
    version: (await store.currentRuleset()).version.number,
    ruleName: await namesOfRules(context),
  });
  for (let back = 0; back <= WEEKS; back++) {
    const last = (await store.findNotice(keyOf(isoWeek(addDays(today, -7 * back)))))?.notice.body;
    if (last?.kind !== 'rules-lint') continue;
    if (last.figures.fingerprint === figures.fingerprint) return { told: 0 };
    break;
  }
  const body = { kind: 'rules-lint', figures } as const;
  const notice = { key: keyOf(figures.week), audience: { kind: 'finops' }, parentKey: null, body } as const;
  await store.putNotices([notice], clock());
  return { told: findings.length };
}

function keyOf(week: string): string {
  return `rules-lint:${week}`;
}

function isToldOf(finding: LintFinding): finding is ToldFinding {
  return finding.why !== 'negative-weight' && finding.why !== 'no-heads';
}

async function namesOfRules({ store }: Context): Promise<(dimension: string, ruleId: string) => string> {
  const { ruleset } = await store.currentRuleset();
  const names = new Map(
    ruleset.dimensions.flatMap(({ id, rules }) => rules.map((rule) => [`${id}/${rule.id}`, rule.name])),
  );
  return (dimension, ruleId) => names.get(`${dimension}/${ruleId}`) ?? ruleId;
}

function figuresOf(
  findings: readonly ToldFinding[],
  about: {
    readonly week: string;
    readonly version: number;
    readonly ruleName: (dimension: string, ruleId: string) => string;
  },
): LintFigures {
  const lines = findings
    .toSorted((a, b) => compareBigint(dearest(b), dearest(a)))
    .slice(0, MOST_LINES)
    .map(
      ({ dimension, why, name, otherRuleId, atStake }): LintLine => ({
        dimension,
        why,
        name,
        otherName: otherRuleId === null ? null : about.ruleName(dimension, otherRuleId),
        atStake,
      }),
    );
  const marks = findings.map(({ dimension, why, ruleId, otherRuleId }) =>
    [dimension, ruleId, why, otherRuleId ?? ''].join('/'),
  );
  return {
    week: about.week,
    version: about.version,
    lines,
    more: findings.length - lines.length,
    fingerprint: marks.toSorted(compareText).join(' '),
  };
}

function dearest({ atStake }: LintFinding): Nanos {
  return atStake.reduce((most, { cost }) => (cost > most ? cost : most), 0n);
}
