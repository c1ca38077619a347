import { describeActor } from '../../core/base/actor.js';
import { AppError } from '../../core/base/errors.js';
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

/** So often an import is worked out again when a pull or another edit came in between. */
const TRIES = 5;

/**
 * Puts a rules file (parsed YAML or JSON; `file` names it in refusals) in place of the ruleset in force, through
 * the same preview, approval and commit as an edit in Slack. The file that is in force already changes nothing.
 * Nobody looks at the preview, so when rules or figures change before it is committed, it is worked out again.
 * @throws AppError `invalid` naming dimension, rule and path of what is wrong; `conflict` when they keep changing.
 */
export async function importRules(
  context: Context,
  input: { readonly ruleset: unknown; readonly file: string; readonly note: string | null },
): Promise<RulesImport> {
  const ruleset = parseRuleset(input.ruleset, input.file);
  for (let tries = 0; tries < TRIES; tries += 1) {
    try {
      return await importOnce(context, ruleset, input.note);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'conflict') throw error;
      context.log.info('Rules or figures changed during an import of rules; it is worked out again.');
    }
  }
  const sentence = `Rules or figures changed ${TRIES} times while ${input.file} was imported; nothing is changed. Import it again when the pulls are done.`;
  throw new AppError('conflict', sentence);
}

async function importOnce(context: Context, ruleset: Ruleset, note: string | null): Promise<RulesImport> {
  const current = await context.store.currentRuleset();
  const { number } = current.version;
  if (canonicalJson(current.ruleset) === canonicalJson(ruleset))
    return { changed: false, version: number, lines: [], waiting: null };
  const preview = await previewRules(context, { edit: { kind: 'ruleset', ruleset }, note });
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
