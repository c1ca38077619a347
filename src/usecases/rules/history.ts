import type { RuleChangeFigures } from '../../core/allocation/diff.js';
import { AppError } from '../../core/base/errors.js';
import type { RulesetVersion } from '../../core/rules/rule.js';
import type { Context } from '../context.js';

/** One edition, with the change in words and money as FinOps was told of it; null when that was not kept. */
export interface HistoryEntry {
  readonly version: RulesetVersion;
  readonly figures: RuleChangeFigures | null;
}

/** A page of the editions, newest first. */
export interface RulesHistory {
  readonly entries: readonly HistoryEntry[];
  /** From 0; the nearest one there is to the one that was asked for. */
  readonly page: number;
  readonly pages: number;
}

/** The editions of the ruleset, page by page, newest first. */
export async function rulesHistory(
  context: Context,
  wanted: { readonly page: number; readonly size: number },
): Promise<RulesHistory> {
  const { store } = context;
  // Editions are numbered without gaps: the newest one tells how many there are.
  const [newest] = await store.listRulesetVersions(1);
  const pages = Math.max(1, Math.ceil((newest?.number ?? 0) / wanted.size));
  const page = Math.min(Math.max(0, wanted.page), pages - 1);
  const versions = (await store.listRulesetVersions((page + 1) * wanted.size)).slice(page * wanted.size);
  const entries = await Promise.all(
    versions.map(async (version) => ({ version, figures: await figuresOf(context, version.number) })),
  );
  return { entries, page, pages };
}

/** What one edition changed, in words and money. @throws AppError `not-found`. */
export async function showVersion(
  context: Context,
  input: { readonly version: number },
): Promise<RuleChangeFigures> {
  const figures = await figuresOf(context, input.version);
  if (figures === null)
    throw new AppError('not-found', `What version ${input.version} of the rules changed was not kept.`);
  return figures;
}

async function figuresOf({ store }: Context, version: number): Promise<RuleChangeFigures | null> {
  const body = (await store.findNotice(`rules:v${version}`))?.notice.body;
  return body?.kind === 'rules-changed' ? body.figures : null;
}
