import type { Command } from 'commander';
import { stringify } from 'yaml';
import { formatNanos } from '../core/money.js';
import { parseRuleset } from '../core/rules/validate.js';
import { exportRules, importRules } from '../usecases/import-rules.js';
import { lintRules } from '../usecases/lint-rules.js';
import { previewRules, type RulePreview } from '../usecases/preview-rules.js';
import { readYamlFile, type Session } from './session.js';

/** rules import | export | preview | lint | history. */
export function addRuleCommands(program: Command, session: Session): void {
  const rules = program.command('rules').description('allocation rules as code');
  rules
    .command('import <file>')
    .option('--note <text>', 'why, for the history')
    .action(async (file: string, options: { note?: string }) => {
      const context = await session.context();
      const result = await importRules(context, {
        ruleset: await readYamlFile(file),
        file,
        note: options.note ?? null,
      });
      session.answer(
        result,
        result.changed
          ? `Version ${result.version}:\n${result.lines.join('\n')}`
          : `Nothing to change: version ${result.version} already says this.`,
      );
    });
  rules.command('export').action(async () => {
    const ruleset = await exportRules(await session.context());
    session.answer(ruleset, stringify(ruleset, { lineWidth: 120 }));
  });
  rules.command('preview <file>').action(async (file: string) => {
    const ruleset = parseRuleset(await readYamlFile(file), file);
    const preview = await previewRules(await session.freshContext(), {
      edit: { kind: 'ruleset', ruleset },
      note: null,
    });
    session.answer(previewJson(preview), previewText(preview));
  });
  rules.command('lint').action(async () => {
    const findings = await lintRules(await session.context());
    session.answer(
      findings,
      findings.map((finding) => finding.sentence).join('\n') || 'Every rule matches something.',
    );
  });
  rules.command('history').action(async () => {
    const { store } = await session.context();
    const versions = await store.listRulesetVersions(1000);
    const json = versions.map((version) => ({
      ...version,
      recordedAt: new Date(version.recordedAtMs).toISOString(),
    }));
    session.answer(
      json,
      json
        .map((v) => `${v.number}  ${v.recordedAt}  ${v.author}${v.note === null ? '' : `  ${v.note}`}`)
        .join('\n') || 'No rule has been set yet.',
    );
  });
}

function previewJson(preview: RulePreview): unknown {
  return {
    ...preview,
    diff: {
      ...preview.diff,
      moved: preview.diff.moved.map((move) => ({ ...move, cost: formatNanos(move.cost) })),
      unallocated: preview.diff.unallocated.map((side) => ({
        ...side,
        before: formatNanos(side.before),
        after: formatNanos(side.after),
      })),
    },
  };
}

function previewText({ lines, diff }: RulePreview): string {
  const moved = diff.moved.map(
    (move) =>
      `${move.month}  ${move.dimension}: ${move.from ?? 'Unallocated'} -> ${move.to ?? 'Unallocated'}  ${formatNanos(move.cost)} ${move.currency}`,
  );
  const left = diff.unallocated.map(
    (side) => `Unallocated: ${formatNanos(side.before)} -> ${formatNanos(side.after)} ${side.currency}`,
  );
  return [...lines, ...(moved.length === 0 ? ['No money moves.'] : moved), ...left].join('\n');
}
