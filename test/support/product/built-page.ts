import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import ts from 'typescript';

const SOURCES = 'src/sandbox/page';

/** The page's modules as the browser wants them, built from the sources into a temp folder, whose path it returns. */
export async function buildPage(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'apportion-page-'));
  for (const file of await readdir(SOURCES, { recursive: true })) {
    if (!file.endsWith('.ts')) continue;
    const { outputText } = ts.transpileModule(await readFile(join(SOURCES, file), 'utf8'), {
      compilerOptions: {
        target: ts.ScriptTarget.ES2023,
        module: ts.ModuleKind.ESNext,
        verbatimModuleSyntax: true,
      },
    });
    const built = join(folder, file.replace(/\.ts$/, '.js'));
    await mkdir(dirname(built), { recursive: true });
    await writeFile(built, outputText);
  }
  return folder;
}
