import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

const ROOT = resolve(import.meta.dirname, '..');
const CONFIG = '.dependency-cruiser.cjs';
const { forbidden } = z
  .object({
    forbidden: z.array(z.object({ name: z.string(), to: z.object({ path: z.unknown() }).partial() })),
  })
  .parse(createRequire(import.meta.url)(join(ROOT, CONFIG)));

/** For each rule a file and what it imports against the rule; paths within src, or a package. */
const PLANTED: Readonly<Record<string, readonly [from: string, to: string]>> = {
  'no-cycles': ['charts/cycle-a.ts', 'charts/cycle-b.ts'],
  'core-is-pure': ['core/base/impure.ts', 'node:fs'],
  'providers-bring-facts': ['providers/kinds.ts', 'store/store.ts'],
  'no-vendor-knows-another': ['providers/vendors/openai/focus.ts', 'providers/vendors/anthropic/focus.ts'],
  'shared-parts-know-no-vendor': ['providers/http/page.ts', 'providers/vendors/openai/focus.ts'],
  'store-keeps': ['store/sqlite/base/database.ts', 'usecases/people/ask.ts'],
  'store-contract-is-abstract': ['store/contract/ledger.ts', 'store/sqlite/base/database.ts'],
  'only-sqlite-imports-drizzle': ['store/store.ts', 'drizzle-orm'],
  'usecases-see-contracts': ['usecases/people/ask.ts', 'charts/spec.ts'],
  'usecases-take-types-only': ['usecases/people/take.ts', 'store/store.ts'],
  'usecases-know-no-slack': ['usecases/people/tell.ts', '@slack/web-api'],
  'usecases-know-no-machine': ['usecases/sources/lease.ts', 'node:os'],
  'charts-draw': ['charts/spec.ts', 'slack/kit/blocks.ts'],
  'only-charts-import-canvas': ['slack/kit/picture.ts', '@napi-rs/canvas'],
  'slack-is-thin': ['slack/kit/blocks.ts', 'store/store.ts'],
  'slack-has-no-store': ['slack/kit/reach.ts', 'usecases/context.ts'],
  'nobody-imports-the-entries': ['hr/csv.ts', 'app/config.ts'],
};

/** Rules about the order of rooms: a room imports the one after it. The last room has none after it. */
const roomBreaches = forbidden.flatMap(({ name, to }) => {
  const layerAndRoom = /^(.+)\/([^/]+)-sees-rooms-before-it$/.exec(name);
  if (layerAndRoom === null) return [];
  const [, layer, room] = layerAndRoom;
  const next = /\(([a-z-]+)\|/.exec(String(to.path))?.[1];
  return next === undefined
    ? []
    : [[name, [`${layer}/${room}/early.ts`, `${layer}/${next}/late.ts`]] as const];
});
const breaches = new Map([...Object.entries(PLANTED), ...roomBreaches]);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'apportion-house-'));
  for (const file of [CONFIG, 'tsconfig.json', 'package.json'])
    copyFileSync(join(ROOT, file), join(folder, file));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const imports = new Map<string, Set<string>>();
  const put = (from: string, to?: string) => {
    const those = imports.get(from) ?? new Set();
    imports.set(from, to === undefined ? those : those.add(to));
  };
  for (const [from, to] of breaches.values()) {
    const isOurs = to.endsWith('.ts');
    put(
      from,
      isOurs
        ? relative(dirname(from), to)
            .replace(/^(?!\.)/, './')
            .replace(/\.ts$/, '.js')
        : to,
    );
    if (isOurs) put(to);
  }
  put('charts/cycle-b.ts', './cycle-a.js');
  for (const [file, targets] of imports) {
    const path = join(folder, 'src', file);
    mkdirSync(dirname(path), { recursive: true });
    const lines = [...targets].map(
      (target, n) => `import * as n${n} from '${target}';\nexport const it${n} = n${n};\n`,
    );
    writeFileSync(path, lines.join('') || 'export const it = 1;\n');
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const Report = z.object({
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })),
  }),
});

describe('the import table of the house', () => {
  it('has a planted breach for each of its rules', () => {
    const lastRooms = forbidden.filter(({ to }) => String(to.path).includes('/(\\$none)'));
    const names = forbidden.filter((rule) => !lastRooms.includes(rule)).map(({ name }) => name);
    expect([...breaches.keys()].toSorted()).toEqual(names.toSorted());
  });

  it('sees every breach, where it is', async () => {
    const tool = join(ROOT, 'node_modules/.bin/depcruise');
    const run = promisify(execFile)(tool, ['--config', CONFIG, '-T', 'json', 'src'], {
      cwd: folder,
      maxBuffer: 64 * 1024 * 1024,
    });
    const { stdout } = await run.catch((error: { stdout: string }) => error);
    const { violations } = Report.parse(JSON.parse(stdout)).summary;
    const seen = new Set(violations.map(({ rule, from }) => `${rule.name}: ${from}`));
    const planted = [...breaches].map(([name, [from]]) => `${name}: src/${from}`);
    expect(planted.filter((breach) => !seen.has(breach))).toEqual([]);
  });
});
