import { createHash, randomUUID } from 'node:crypto';
import { setImmediate as nextTick } from 'node:timers/promises';
import { describeActor } from '../core/actor.js';
import { allocateMonth } from '../core/allocation/allocate.js';
import type { AllocationPiece, MonthSet } from '../core/allocation/allocation.js';
import {
  type AllocationDiff,
  type AllocationPair,
  diffAllocations,
  setsToPrice,
} from '../core/allocation/diff.js';
import { createDirectory, type Directory } from '../core/directory/directory.js';
import { canonicalJson } from '../core/json.js';
import { orderDimensions } from '../core/rules/dependencies.js';
import { describeChange } from '../core/rules/describe-change.js';
import { applyEdit, type RuleEdit } from '../core/rules/edit.js';
import { lintRuleset } from '../core/rules/lint.js';
import type { Ruleset } from '../core/rules/rule.js';
import type { Month } from '../core/time.js';
import type { VersionedRuleset } from '../store/rule-store.js';
import type { Context } from './context.js';
import { readMonthSets } from './lint-rules.js';

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
}

/**
 * Works out what an edit would move, in money, and keeps it as a draft; nothing counts until it is committed.
 * @throws AppError `invalid` or `not-found` with the sentence of what is wrong with the edit.
 */
export async function previewRules(context: Context, input: PreviewInput): Promise<RulePreview> {
  const current = await context.store.currentRuleset();
  const ruleset = applyEdit(current.ruleset, input.edit);
  const { lines, diff, hash } = await deriveChange(context, current, ruleset);
  const draftId = randomUUID();
  const baseVersion = current.version.number;
  await context.store.saveDraft({
    id: draftId,
    baseVersion,
    ruleset,
    note: input.note,
    author: describeActor(context.actor),
    diff,
    hash,
    createdAtMs: context.clock(),
    committedVersion: null,
  });
  return { draftId, hash, baseVersion, lines, diff };
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
  const months = await readMonthSets(context);
  const directory = createDirectory(await context.store.directory());
  const before = await allocateAll(months, current.ruleset, directory);
  const after = await allocateAll(months, ruleset, directory);
  const pair: AllocationPair = { before, after, edited: editedDimensions(current.ruleset, ruleset) };
  const charged = await context.store.chargedDays();
  const setIds = setsToPrice(pair);
  const setDays =
    charged === null || setIds.length === 0 ? [] : await context.store.listSetDays(charged, setIds);
  const diff = diffAllocations({ ...pair, setDays, idle: lintRuleset({ ruleset, months, directory }) });
  const base = current.version.number;
  return {
    lines: describeChange(current.ruleset, ruleset),
    diff,
    hash: createHash('sha256').update(canonicalJson({ base, ruleset, diff })).digest('hex'),
  };
}

async function allocateAll(
  months: ReadonlyMap<Month, readonly MonthSet[]>,
  ruleset: Ruleset,
  directory: Directory,
): Promise<ReadonlyMap<Month, readonly AllocationPiece[]>> {
  const pieces = new Map<Month, readonly AllocationPiece[]>();
  for (const [month, sets] of months) {
    pieces.set(month, allocateMonth({ month, sets, ruleset, directory }));
    await nextTick(); // let Slack's acks through between months
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
  return new Map(orderDimensions(ruleset).map(({ id, rules }) => [id, canonicalJson(rules)]));
}
