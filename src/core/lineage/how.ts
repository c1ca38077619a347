import { AppError } from '../base/errors.js';
import { canonicalJson } from '../base/json.js';
import { type Day, type Month, monthOf, monthRange, parseDay } from '../base/time.js';
import { PRIOR_PERIOD_COLUMN } from '../close/month.js';
import type { Directory, Evidence } from '../people/directory.js';
import { describePool, describeRule } from '../rules/describe.js';
import { attributeLabel } from '../rules/labels.js';
import type { DimensionRules, Pool, Rule } from '../rules/rule.js';
import type { How, Nature, RuleWording, SplitStep, SplitWeights } from './lineage.js';
import type { ChargePortion, PortionWay } from './portion.js';
import { entryOf } from './sums.js';

/** The rules of a dimension by which a month was allocated. */
export interface Edition {
  readonly version: number;
  readonly rules: DimensionRules;
  /** What a step divided the money of a month by; null where that is unknown. */
  readonly weightsOf: (stepId: string, recipient: string | null, month: Month) => SplitWeights | null;
}

/** How money came to its owner; equal keys: by the same way to the same owner. */
interface KeyedHow {
  readonly key: string;
  readonly how: How;
}

/** Tells how portions came to their owners. */
export interface HowReader {
  readonly wordingOf: (ruleId: string, edition: Edition) => RuleWording;
  readonly howOf: (portion: ChargePortion, edition: Edition | null) => KeyedHow;
}

/** Why money has no owner that no run has looked at yet. */
export const NEVER_ALLOCATED = 'not allocated yet';

const NEVER: KeyedHow = { key: '', how: { kind: 'nobody', reason: NEVER_ALLOCATED } };

/** A reader that remembers what many charges share: they come with the same way, and few ways have much evidence. */
export function createHowReader(directory: Directory): HowReader {
  const evidenceOf = createEvidenceReader(directory);
  const known = new Map<PortionWay, Map<Month, Map<Evidence | null, KeyedHow>>>();
  const wordings = new Map<Edition, Map<string, RuleWording>>();
  return {
    wordingOf: (ruleId, edition) =>
      entryOf(
        entryOf(wordings, edition, () => new Map<string, RuleWording>()),
        ruleId,
        () => wordingOf(findRule(ruleId, edition) ?? findPool(ruleId, edition)),
      ),
    howOf(portion, edition) {
      const { way } = portion;
      if (way === null || edition === null) return NEVER;
      const evidence = asksDirectory(way, edition) ? evidenceOf(portion) : null;
      const month = monthOf(realDay(portion));
      const ofWay = entryOf(known, way, () => new Map<Month, Map<Evidence | null, KeyedHow>>());
      const ofMonth = entryOf(ofWay, month, () => new Map<Evidence | null, KeyedHow>());
      return entryOf(ofMonth, evidence, () => {
        const how = explain(way, { edition, evidence, month });
        return { how, key: canonicalJson([how, way.basis, way.target]) };
      });
    },
  };
}

/** The day as of which a charge is allocated: of a prior-period line the day that it is really of. */
export function realDay({ kind, day }: Pick<ChargePortion, 'kind' | 'day'>): Day {
  const prior = kind.extra[PRIOR_PERIOD_COLUMN];
  return prior === undefined ? day : parseDay(prior);
}

/** What kind of charge a portion is of. */
export function natureOf({ kind, set }: ChargePortion): Nature {
  if (kind.extra[PRIOR_PERIOD_COLUMN] !== undefined) return 'prior-period';
  const { chargeCategory } = set.attributes;
  if (chargeCategory === 'Credit') return 'credit';
  return chargeCategory === 'Adjustment' || kind.chargeClass === 'Correction' ? 'adjustment' : 'charge';
}

function asksDirectory({ steps, target, ruleId }: PortionWay, edition: Edition): boolean {
  if (steps.length > 0 || target === null || ruleId === null) return false;
  const rule = findRule(ruleId, edition);
  return rule !== undefined && 'owner' in rule.allocateTo;
}

interface Circumstances {
  readonly edition: Edition;
  readonly month: Month;
  readonly evidence: Evidence | null;
}

function explain(way: PortionWay, { edition, month, evidence }: Circumstances): How {
  if (way.steps.length > 0) return splitOf(way, edition, month);
  if (way.target === null) return { kind: 'nobody', reason: way.reason ?? NEVER_ALLOCATED };
  const target = way.ruleId === null ? undefined : findRule(way.ruleId, edition)?.allocateTo;
  if (target === undefined || 'split' in target)
    throw new AppError('bug', `Version ${edition.version} has no rule that gives to "${way.target}".`);
  if ('value' in target) return { kind: 'value' };
  if ('attribute' in target) {
    const { attribute, template = null } = target;
    return { kind: 'attribute', attribute: attributeLabel(attribute), template };
  }
  if (evidence === null) throw new AppError('bug', 'The directory was not asked.');
  return { kind: 'directory', wanted: target.owner, evidence, linkedBy: null };
}

function splitOf(way: PortionWay, edition: Edition, month: Month): How {
  const steps = way.steps.map((id, index): SplitStep => {
    const rule = index === 0 && id === way.ruleId ? findRule(id, edition) : undefined;
    const next = way.steps[index + 1];
    const recipient = next === undefined ? way.target : (findPool(next, edition)?.owner ?? null);
    return {
      kind: rule === undefined ? 'shared-cost' : 'rule',
      wording: wordingOf(rule ?? findPool(id, edition)),
      recipient,
      weights: edition.weightsOf(id, recipient, month),
    };
  });
  return { kind: 'split', month, steps };
}

function wordingOf(item: Rule | Pool | undefined): RuleWording {
  if (item === undefined) throw new AppError('bug', 'Money was allocated by a rule that its edition lacks.');
  const { id, name, effective } = item;
  const sentence = 'when' in item ? describeRule(item) : describePool(item);
  return { id, name, sentence, from: effective?.from ?? null, to: effective?.to ?? null };
}

function findRule(ruleId: string, { rules }: Edition): Rule | undefined {
  return rules.rules.find(({ id }) => id === ruleId);
}

function findPool(poolId: string, { rules }: Edition): Pool | undefined {
  return rules.shared?.find(({ id }) => id === poolId);
}

/** Evidence changes on few days: it is looked up once for the days between two changes. */
function createEvidenceReader(directory: Directory): (portion: ChargePortion) => Evidence {
  const known = new Map<string, { readonly from: Day; readonly evidence: Evidence }[]>();
  return ({ setId, set, ...portion }) => {
    const day = realDay(portion);
    const month = monthOf(day);
    const key = `${setId} ${month}`;
    const range = monthRange(month);
    const segments =
      known.get(key) ??
      [range.from, ...directory.boundaries(set, range)].map((from) => {
        return { from, evidence: directory.evidenceOf(set, from) };
      });
    known.set(key, segments);
    const segment = segments.findLast(({ from }) => from <= day);
    return segment?.evidence ?? directory.evidenceOf(set, day);
  };
}
