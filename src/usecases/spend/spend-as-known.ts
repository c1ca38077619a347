import { allocateMonth } from '../../core/allocation/allocate.js';
import { invalid } from '../../core/base/errors.js';
import { monthsIn } from '../../core/base/time.js';
import type { DirectoryData } from '../../core/people/data.js';
import { createDirectory } from '../../core/people/directory.js';
import { orderDimensions } from '../../core/rules/dependencies.js';
import type { RulesetVersion } from '../../core/rules/rule.js';
import type { SpendAnswer, SpendQuery } from '../../core/spend/spend.js';
import type { VersionedRuleset } from '../../store/contract/rules.js';
import { readMonth } from '../allocation/read-month.js';
import type { Context } from '../context.js';

/** What was known when: at an instant, or while an edition of the rules was in force, up to its last moment. */
export type KnownAt = { readonly instantMs: number } | { readonly version: number };

/**
 * Answers a question by the rules, and by who belonged where and whose keys were whose, as they were known at some
 * time: months are allocated again by them and forgotten at once. The same edition gives the same numbers. Bills and
 * measures are those of now, and so are people's names and aliases, of which no history is kept. It writes and
 * rolls back, so it belongs where the long writes are made.
 * @throws AppError `not-found` for an edition that was never recorded; `invalid` for an instant still to come.
 */
export async function spendAsKnown(
  context: Context,
  { query, at }: { readonly query: SpendQuery; readonly at: KnownAt },
): Promise<{ readonly answer: SpendAnswer; readonly version: RulesetVersion }> {
  const { store } = context;
  const { rules, data } = await recall(context, at);
  const { ruleset, version } = rules;
  const company = { data, directory: createDirectory(data) };
  const dimensions = orderDimensions(ruleset).map(({ id }) => id);
  const asked = new Set(monthsIn(query.range));
  const months = [];
  for (const month of (await store.listMonths()).filter((each) => asked.has(each))) {
    const facts = await readMonth(context, month, { rulesets: [ruleset], company });
    months.push({ month, dimensions, pieces: allocateMonth({ ...facts, ruleset }) });
  }
  return { answer: await store.querySpendAsIf(query, months), version };
}

async function recall(
  { store, clock }: Context,
  at: KnownAt,
): Promise<{ readonly rules: VersionedRuleset; readonly data: DirectoryData }> {
  if ('instantMs' in at) {
    if (at.instantMs > clock())
      return invalid('That time is still to come; nothing is known of it. Give one that is past.');
    return { rules: await store.rulesetAt(at), data: await store.directoryAt(at.instantMs) };
  }
  const rules = await store.rulesetAt({ number: at.version });
  const [newest] = await store.listRulesetVersions(1);
  if (newest === undefined || at.version >= newest.number) return { rules, data: await store.directory() };
  const next = await store.rulesetAt({ number: at.version + 1 });
  return { rules, data: await store.directoryAt(next.version.recordedAtMs) };
}
