import type { z } from 'zod';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** What a schema found wrong, as one sentence: the first issue with its place, and how many more there are. */
export function describeIssues(error: z.ZodError, input: unknown): string {
  const [first, ...more] = error.issues;
  if (first === undefined) return 'they do not have the right form.';
  const { path, message } = innermost(first, []);
  const rest = more.length === 0 ? '' : ` (and ${more.length} more such places)`;
  return `${describePath(path, input)} ${message}${rest}.`;
}

/**
 * A union only says that no alternative fits. Where one alternative is plainly the one that was meant, because it
 * knows more of the written keys than any other, what it has against the input is the better message.
 */
function innermost(issue: Issue, base: Path): { readonly path: Path; readonly message: string } {
  const path = [...base, ...issue.path];
  if (issue.code !== 'invalid_union') return { path, message: issueMessage(issue) };
  const ranked = issue.errors
    .map((issues) => ({ issues, strangers: strangersIn(issues) }))
    .toSorted((a, b) => a.strangers - b.strangers);
  const [best, second] = ranked;
  const meant = best !== undefined && best.strangers < (second?.strangers ?? Number.POSITIVE_INFINITY);
  const inner = meant ? best.issues[0] : undefined;
  return inner === undefined ? { path, message: issue.message } : innermost(inner, path);
}

/** How many written keys an alternative does not know; more than any when the input is not even an object. */
function strangersIn(issues: readonly Issue[]): number {
  let strangers = 0;
  for (const issue of issues) {
    if (issue.path.length > 0) continue;
    if (issue.code === 'unrecognized_keys') strangers += issue.keys.length;
    if (issue.code === 'invalid_type') return Number.MAX_SAFE_INTEGER;
  }
  return strangers;
}

function issueMessage(issue: Issue): string {
  if (issue.code === 'unrecognized_keys') return `has the unknown field ${issue.keys.join(', ')}`;
  if (issue.code === 'invalid_type')
    return issue.message.endsWith('undefined') ? 'is missing' : `is no ${issue.expected}`;
  if (issue.code === 'invalid_value') return `must be ${issue.values.map(String).join(' or ')}`;
  if (issue.code === 'invalid_format' && issue.format === 'date') return 'is no day; write it as 2026-10-31';
  return issue.message.replace(/\.$/, '').replace(/^Too/, 'is too');
}

/** `dimensions[0] (team) rule "ci": when.any[1]`, as far as the path goes. */
function describePath(path: Path, input: unknown): string {
  const [root, dimension, rules, rule] = path;
  if (root !== 'dimensions' || typeof dimension !== 'number') return plainPath(path);
  const dimensionId = idAt(input, path.slice(0, 2));
  const place = `dimensions[${dimension}]${dimensionId === null ? '' : ` (${dimensionId})`}`;
  if (rules !== 'rules' || typeof rule !== 'number') return join(place, path.slice(2));
  const ruleId = idAt(input, path.slice(0, 4));
  return join(`${place} ${ruleId === null ? `rules[${rule}]` : `rule "${ruleId}"`}`, path.slice(4));
}

function join(place: string, rest: Path): string {
  return rest.length === 0 ? place : `${place}: ${plainPath(rest)}`;
}

function plainPath(path: Path): string {
  if (path.length === 0) return 'the file';
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i === 0 ? '' : '.'}${String(part)}`))
    .join('');
}

/** The `id` that is written at a place of the input, if it is a text. */
function idAt(input: unknown, path: Path): string | null {
  let value: unknown = input;
  for (const part of [...path, 'id']) {
    if (typeof value !== 'object' || value === null) return null;
    value = Reflect.get(value, part);
  }
  return typeof value === 'string' ? value.slice(0, 63) : null;
}
