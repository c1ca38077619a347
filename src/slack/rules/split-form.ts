import { z } from 'zod';
import { AppError, assertNever } from '../../core/base/errors.js';
import { formatNanos, parseNanos, sumNanos } from '../../core/base/money.js';
import { Split } from '../../core/rules/target.js';
import { type Choice, encodeChoice } from '../kit/option-value.js';
import { BLOCK } from './ids.js';

/** The ways of splitting, in the order in which the form offers them. */
export const SPLIT_METHODS = ['even', 'fixed', 'proportional', 'measure'] as const;
export type SplitMethod = (typeof SPLIT_METHODS)[number];

const Chosen = z.object({ text: z.string(), value: z.string() });

/** What a person has put into the fields of a split; each method looks at its own. */
export const SplitForm = z.object({
  kind: z.literal('split'),
  method: z.enum(SPLIT_METHODS),
  among: z.array(Chosen),
  /** One owner a line with its percentage: `Search 60`. */
  shares: z.string().nullable(),
  measure: z.string().nullable(),
  fallback: Chosen.nullable(),
});
export type SplitForm = z.infer<typeof SplitForm>;

/** Owners that can be chosen in one select. */
export const MAX_AMONG = 100;
/** What Slack lets people type into one field. */
const MAX_SHARES = 3_000;

export function emptySplit(): SplitForm {
  return { kind: 'split', method: 'even', among: [], shares: null, measure: null, fallback: null };
}

/** The form of a split; null when it says more than the form can show. */
export function splitFormOf(split: Split): SplitForm | null {
  const form = { ...emptySplit(), method: split.method, fallback: choiceOf(split.fallback) };
  const hasIdleFallback = (split.method === 'even' || split.method === 'fixed') && form.fallback !== null;
  if (hasIdleFallback) return null;
  switch (split.method) {
    case 'fixed': {
      const shares = Object.entries(split.shares)
        .map(([owner, share]) => `${owner} ${share}`)
        .join('\n');
      const isReadable = JSON.stringify(readShares(shares).shares) === JSON.stringify(split.shares);
      return isReadable && shares.length <= MAX_SHARES ? { ...form, shares } : null;
    }
    case 'even':
      return withAmong(form, split.among);
    case 'measure':
      return withAmong({ ...form, measure: split.measure }, split.among ?? []);
    case 'proportional': {
      const isPlain =
        split.where === undefined && split.partitionBy === undefined && split.base === undefined;
      return isPlain ? withAmong(form, split.among ?? []) : null;
    }
    default:
      return assertNever(split);
  }
}

function withAmong(form: SplitForm, among: readonly string[]): SplitForm | null {
  return among.length > MAX_AMONG ? null : { ...form, among: among.map(encodeChoice) };
}

function choiceOf(name: string | undefined): Choice | null {
  return name === undefined ? null : encodeChoice(name);
}

/** Reads `Search 60`, `Search: 60 %` or `Search = 60`, one a line; `wrong` is the first line that is none. */
function readShares(text: string): {
  readonly shares: Readonly<Record<string, number>>;
  readonly wrong: string | null;
} {
  const shares = new Map<string, number>();
  for (const line of text.split(/\r?\n/).map((each) => each.trim())) {
    if (line === '') continue;
    const match = /^(.+?)\s*[\s:=,;]\s*(\d{1,3}(?:\.\d{1,9})?)\s*%?$/.exec(line);
    const [, owner, share] = match ?? [];
    if (owner === undefined || share === undefined || shares.has(owner))
      return { shares: Object.fromEntries(shares), wrong: line };
    shares.set(owner, Number(share));
  }
  return { shares: Object.fromEntries(shares), wrong: null };
}

/** What is wrong with the fields of a split, by the block of the field. */
export function splitErrors(form: SplitForm, generation: number): [string, string][] {
  switch (form.method) {
    case 'even':
      return form.among.length === 0 ? [[BLOCK.among(generation), 'Choose or type its owners.']] : [];
    case 'fixed': {
      const block = BLOCK.shares(generation);
      const { shares, wrong } = readShares(form.shares ?? '');
      if (wrong !== null)
        return [[block, `Write each owner once, with a percentage, one a line: “${wrong.slice(0, 60)}”.`]];
      const total = sumNanos(Object.values(shares).map((share) => parseNanos(String(share))));
      if (total === parseNanos('100')) return [];
      return [[block, `The shares must total exactly 100; these total ${formatNanos(total)}.`]];
    }
    case 'measure':
      return form.measure === null ? [[BLOCK.measure(generation), 'Name the measure.']] : [];
    case 'proportional':
      return [];
    default:
      return assertNever(form.method);
  }
}

/** The split that checked fields ask for. @throws AppError `invalid` naming what the engine does not take. */
export async function splitOf(form: SplitForm, resolve: (choice: Choice) => Promise<string>): Promise<Split> {
  const named = await Promise.all(form.among.map(resolve));
  const among = named.length === 0 ? {} : { among: named };
  const fallback = form.fallback === null ? {} : { fallback: await resolve(form.fallback) };
  const parsed = Split.safeParse(splitLike(form, { among, fallback }));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new AppError(
    'invalid',
    `The split cannot be kept: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}.`,
  );
}

function splitLike(
  { method, shares, measure }: SplitForm,
  parts: { among: object; fallback: object },
): unknown {
  switch (method) {
    case 'even':
      return { method, ...parts.among };
    case 'fixed':
      return { method, shares: readShares(shares ?? '').shares };
    case 'proportional':
      return { method, to: 'spend', ...parts.among, ...parts.fallback };
    case 'measure':
      return { method, measure, ...parts.among, ...parts.fallback };
    default:
      return assertNever(method);
  }
}
