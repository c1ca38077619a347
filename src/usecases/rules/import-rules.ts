import { describeActor } from '../../core/base/actor.js';
import { canonicalJson } from '../../core/base/json.js';
import type { ApprovalNeed } from '../../core/rule-review/approval.js';
import type { Ruleset } from '../../core/rules/rule.js';
import { parseRuleset } from '../../core/rules/validate.js';
import type { Context } from '../context.js';
import { previewRules } from './preview-rules.js';
import { submitRules } from './submit-rules.js';

/** What came of a rules file. */
export interface RulesImport {
  readonly changed: boolean;
  /** The edition in force now. */
  readonly version: number;
  /** The change in plain words; empty when nothing changed. */
  readonly lines: readonly string[];
  /** Set when the change waits for a second person to approve it in Slack. */
  readonly waiting: { readonly draftId: string; readonly need: ApprovalNeed } | null;
}

/**
 * Puts a rules file (parsed YAML or JSON; `file` names it in refusals) in place of the ruleset in force, through
 * the same preview, approval and commit as an edit in Slack. The file that is in force already changes nothing.
 * @throws AppError `invalid` naming dimension, rule and path of what is wrong.
 */
export async function importRules(
  context: Context,
  input: { readonly ruleset: unknown; readonly file: string; readonly note: string | null },
): Promise<RulesImport> {
  const ruleset = parseRuleset(input.ruleset, input.file);
  const current = await context.store.currentRuleset();
  const { number } = current.version;
  if (canonicalJson(current.ruleset) === canonicalJson(ruleset))
    return { changed: false, version: number, lines: [], waiting: null };
  const preview = await previewRules(context, { edit: { kind: 'ruleset', ruleset }, note: input.note });
  const { lines } = preview;
  const submission = await submitRules(context, { draftId: preview.draftId, hash: preview.hash });
  if (submission.kind === 'waiting') {
    const { draftId, need } = submission;
    return { changed: false, version: number, lines, waiting: { draftId, need } };
  }
  const { version } = submission;
  context.log.info('rules imported', { version: version.number, by: describeActor(context.actor) });
  return { changed: true, version: version.number, lines, waiting: null };
}

/** The ruleset in force as a rules file holds it: importing it again changes nothing. */
export async function exportRules(context: Context): Promise<Ruleset> {
  return (await context.store.currentRuleset()).ruleset;
}
