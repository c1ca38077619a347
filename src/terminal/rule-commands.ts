import type { Command } from 'commander';
import { stringify } from 'yaml';
import { formatNanos } from '../core/base/money.js';
import { parseRuleset } from '../core/rules/validate.js';
import { exportRules, importRules } from '../usecases/rules/import-rules.js';
import { lintRules } from '../usecases/rules/lint-rules.js';
import { previewRules, type RulePreview } from '../usecases/rules/preview-rules.js';
import { columns, readYamlFile, type Session } from './session.js';

/** rules import | export | preview | lint | history. */
export function addRuleCommands(program: Command, session: Session): void {
  const rules = program.command('rules').description('allocation rules as code');
  rules
    .command('import <file>')
    .description('commit a rules file as a new version; the version in force again changes nothing')
    .option('--note <text>', 'why, for the history')
    .action((file: string, options: { note?: string }) => importFile(session, file, options.note ?? null));
  rules
    .command('export')
    .description('the rules in force as YAML (or JSON with --json)')
    .action(async () => {
      const ruleset = await exportRules(await session.context());
      session.answer(ruleset, stringify(ruleset, { lineWidth: 120 }));
    });
  rules
    .command('preview <file>')
    .description('what a rules file would move, in money; nothing is committed')
    .action((file: string) => previewFile(session, file));
  rules
    .command('lint')
    .description(
      'rules that match nothing, or only what rules above them take; money about which only the order decides',
    )
    .action(async () => {
      const findings = await lintRules(await session.context());
      const json = findings.map(({ atStake, ...finding }) => ({
        ...finding,
        atStake: atStake.map(({ currency, cost }) => ({ currency, cost: formatNanos(cost) })),
      }));
      session.answer(
        json,
        findings.map(({ sentence }) => sentence).join('\n') || 'Every rule matches something.',
      );
    });
  rules
    .command('history')
    .description('every version: when, who, why')
    .action(() => history(session));
}

async function importFile(session: Session, file: string, note: string | null): Promise<void> {
  const result = await importRules(await session.context(), {
    ruleset: await readYamlFile(file),
    file,
    note,
  });
  const { waiting, changed, version, lines } = result;
  const json = { changed, version, lines };
  if (waiting === null) {
    const none = `Nothing to change: version ${version} already says this.`;
    session.answer(json, changed ? `Version ${version}:\n${lines.join('\n')}` : none);
    return;
  }
  const { draftId, need } = waiting;
  const money = `${formatNanos(need.moved)} ${need.currency}, more than the ${formatNanos(need.limit)}`;
  session.answer(
    { ...json, waiting: true, draftId },
    `This moves ${money} that one person may move: it waits for somebody else to approve it in Slack.\n${lines.join('\n')}`,
  );
}

async function previewFile(session: Session, file: string): Promise<void> {
  const ruleset = parseRuleset(await readYamlFile(file), file);
  const preview = await previewRules(await session.freshContext(), {
    edit: { kind: 'ruleset', ruleset },
    note: null,
  });
  session.answer(previewJson(preview), previewText(preview));
}

async function history(session: Session): Promise<void> {
  const { store } = await session.context();
  const versions = (await store.listRulesetVersions(1000)).map((version) => ({
    ...version,
    recordedAt: new Date(version.recordedAtMs).toISOString(),
  }));
  const lines = versions.map(({ number, recordedAt, author, approver, note }) => [
    `${number}`,
    recordedAt,
    approver === null ? author : `${author}, approved by ${approver}`,
    note ?? '',
  ]);
  session.answer(versions, versions.length === 0 ? 'No rule has been set yet.' : columns(lines));
}

function previewJson(preview: RulePreview): unknown {
  return {
    ...preview,
    need:
      preview.need === null
        ? null
        : {
            ...preview.need,
            moved: formatNanos(preview.need.moved),
            limit: formatNanos(preview.need.limit),
          },
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
  const locked = diff.lockedMonths.map(
    (month) => `${month} is locked: what moves of it is posted in the first open month.`,
  );
  return [...lines, ...(moved.length === 0 ? ['No money moves.'] : moved), ...left, ...locked].join('\n');
}
