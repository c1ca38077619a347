import { readdirSync, readFileSync, statSync } from 'node:fs';
import fc from 'fast-check';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { validateBlocks } from '../../src/sandbox/slack/validate.js';
import { type Extreme, extreme } from '../support/arbitrary/extremes.js';
import { CASES } from '../support/slack/builder-cases.js';
import { liveElementsIn, markupIn, problemsOf, viewProblemsOf } from '../support/slack/problems.js';

const ROOT = 'src/slack';
/** Figures as they are, to see what a case makes. */
const PLAIN: Extreme = { texts: ['x'], amounts: [1n], copies: 1 };

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = `${folder}/${name}`;
    return statSync(path).isDirectory() ? filesOf(path) : [path];
  });
}

/** Every exported function whose declared result is something that Slack shows, as `file#name`. */
function buildersIn(path: string): readonly string[] {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const place = path.slice(ROOT.length + 1, -'.ts'.length);
  return source.statements.flatMap((node) => {
    if (!ts.isFunctionDeclaration(node) || node.name === undefined) return [];
    const isExported = node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
    const result = node.type?.getText(source) ?? '';
    const isShown = /^(readonly )?(Message|ModalView|HomeView|View|KnownBlock|InputBlock|Block)\b/.test(
      result,
    );
    return isExported && isShown ? [`${place}#${node.name.text}`] : [];
  });
}

describe('every builder of messages and views', () => {
  it('is in the list of those that are tried with extreme figures', () => {
    const builders = filesOf(ROOT).flatMap(buildersIn);
    expect(builders.length).toBeGreaterThan(60);
    expect(Object.keys(CASES).toSorted()).toEqual(builders.toSorted());
  });

  it.each(Object.entries(CASES))('%s makes what Slack takes, and nothing of it is live', (_name, cases) => {
    fc.assert(
      fc.property(fc.constantFrom(...cases), extreme, (build, how) => {
        const made = build(how);
        if ('message' in made) expect(problemsOf(made.message)).toEqual([]);
        else if ('view' in made) expect(viewProblemsOf(made.view)).toEqual([]);
        else {
          // What a block builder makes is cut to the surface by whoever puts it there.
          const shown = made.blocks.slice(0, 50);
          const tableless = shown.filter(({ type }) => type !== 'table');
          expect([
            ...validateBlocks(made.on, made.on === 'message' ? shown : tableless),
            ...markupIn(shown),
            ...liveElementsIn(shown),
          ]).toEqual([]);
        }
      }),
      { numRuns: 15 },
    );
  });

  it.each(Object.entries(CASES).filter(([, cases]) => cases.some((build) => 'message' in build(PLAIN))))(
    '%s says how many rows of a long table it leaves out',
    (_name, cases) => {
      const texts = Array.from({ length: 997 }, (_, index) => `name ${index}`);
      const how = { texts, amounts: [2_000_000_000n], copies: 300 };
      const silent = cases.filter((build) => {
        const made = build(how);
        const shown = 'message' in made ? made.message.blocks : [];
        const isLong = shown.some((block) => block.type === 'table' && block.rows.length > 10);
        return isLong && !/\d more|and \d+ /.test(JSON.stringify(shown));
      });
      expect(silent).toEqual([]);
    },
  );
});
