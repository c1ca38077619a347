import { createHash, randomUUID } from 'node:crypto';
import { setImmediate as nextTick } from 'node:timers/promises';
import { allocateMonth, allocateWithFindings } from '../core/allocation/allocate.js';
import type { AllocationPiece } from '../core/allocation/allocation.js';
import {
  type AllocationDiff,
  type AllocationPair,
  diffAllocations,
  setsToPrice,
} from '../core/allocation/diff.js';
import { canonicalJson } from '../core/json.js';
import type { ApprovalNeed } from '../core/rules/approval.js';
import { orderDimensions } from '../core/rules/dependencies.js';
import { describeChange } from '../core/rules/describe-change.js';
import { applyEdit, type RuleEdit } from '../core/rules/edit.js';
import { createLinter, type Linter } from '../core/rules/lint.js';
import type { Ruleset } from '../core/rules/rule.js';
import type { Month } from '../core/time.js';
import type { VersionedRuleset } from '../store/rule-store.js';
import { approvalNeeded } from './approval-needed.js';
import type { Context } from './context.js';
import { readCompany, readMonth } from './read-month.js';

export type { RuleEdit };

/** An edit to look at, with the author's remark. */
export interface PreviewInput {
  readonly edit: RuleEdit;
  readonly note: string | null;
}

export interface RulePreview {
  readonly draftId: string;
  readonly hash: string;
  readonly baseVersion: number;
  /** The change in plain words, one line each; empty when nothing would change. */
  readonly lines: readonly string[];
  readonly diff: AllocationDiff;
  /** Set when it moves more than one person may decide: then it is submitted for approval. */
  readonly need: ApprovalNeed | null;
}

/**
 * Works out what an edit would move, in money, and keeps it as a draft; nothing counts until it is committed.
 * @throws AppError `invalid` or `not-found` with the sentence of what is wrong with the edit.
 */
export async function previewRules(context: Context, input: PreviewInput): Promise<RulePreview> {
  const current = await context.store.currentRuleset();
  const ruleset = applyEdit(current.ruleset, input.edit);
  const { lines, diff, hash } = await deriveChange(context, current, ruleset);
  const need = await approvalNeeded(context, diff);
  const draftId = randomUUID();
  const baseVersion = current.version.number;
  await context.store.saveDraft({
    id: draftId,
    baseVersion,
    edit: input.edit.kind === 'ruleset' ? null : input.edit,
    ruleset,
    note: input.note,
    author: context.actor,
    diff,
    hash,
    createdAtMs: context.clock(),
    state: 'previewed',
    need,
    refusal: null,
    committedVersion: null,
  });
  return { draftId, hash, baseVersion, lines, diff, need };
}

/** A change of rules as it would count now; `hash` stands for base, rules and figures together. */
export interface DerivedChange {
  readonly lines: readonly string[];
  readonly diff: AllocationDiff;
  readonly hash: string;
}

/** Allocates every month under the rules in force and under the draft, in memory, and compares. */
export async function deriveChange(
  context: Context,
  current: VersionedRuleset,
  ruleset: Ruleset,
): Promise<DerivedChange> {
  const linter = createLinter(ruleset);
  const rulesets = { before: current.ruleset, after: ruleset };
  const pair: AllocationPair = {
    ...(await allocateAll(context, rulesets, linter)),
    edited: editedDimensions(current.ruleset, ruleset),
  };
  const charged = await context.store.chargedDays();
  const setIds = setsToPrice(pair);
  const setDays =
    charged === null || setIds.length === 0 ? [] : await context.store.listSetDays(charged, setIds);
  const closedThrough = await context.store.closedThrough();
  const diff = diffAllocations({ ...pair, setDays, idle: linter.idle(), closedThrough });
  const base = current.version.number;
  return {
    lines: describeChange(current.ruleset, ruleset),
    diff,
    hash: createHash('sha256').update(canonicalJson({ base, ruleset, diff })).digest('hex'),
  };
}

async function allocateAll(
  context: Context,
  { before, after }: { readonly before: Ruleset; readonly after: Ruleset },
  linter: Linter,
): Promise<Pick<AllocationPair, 'before' | 'after'>> {
  const pieces = {
    before: new Map<Month, readonly AllocationPiece[]>(),
    after: new Map<Month, readonly AllocationPiece[]>(),
  };
  const company = await readCompany(context);
  for (const month of await context.store.listMonths()) {
    const facts = await readMonth(context, month, { rulesets: [before, after], company });
    pieces.before.set(month, allocateMonth({ ...facts, ruleset: before }));
    await nextTick(); // let Slack's acks through between months
    pieces.after.set(month, allocateWithFindings({ ...facts, ruleset: after }, linter).pieces);
    await nextTick();
  }
  return pieces;
}

/** Dimensions whose rules differ, in any way. */
function editedDimensions(before: Ruleset, after: Ruleset): readonly string[] {
  const old = rulesByDimension(before);
  const now = rulesByDimension(after);
  return [...new Set([...now.keys(), ...old.keys()])].filter((id) => old.get(id) !== now.get(id));
}

function rulesByDimension(ruleset: Ruleset): ReadonlyMap<string, string> {
  return new Map(
    orderDimensions(ruleset).map(({ id, rules, shared = [] }) => [id, canonicalJson([rules, shared])]),
  );
}
