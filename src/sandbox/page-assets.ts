import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file for the browser. */
export interface Asset {
  readonly type: string;
  readonly body: Buffer | string;
}

/** The package root, two folders above both `src/sandbox` and `dist/sandbox`. */
const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** Where `tsc` puts the page's modules; html and css are served from the sources beside them. */
export const BUILT_PAGE = join(ROOT, 'dist', 'sandbox', 'page');
const SOURCES = join(ROOT, 'src', 'sandbox', 'page');

const packages = createRequire(import.meta.url);
const inPackage = (name: string, ...path: readonly string[]): string =>
  join(dirname(packages.resolve(`${name}/package.json`)), ...path);

/** Bare imports of the page and where the browser finds them. */
const MODULES: Readonly<Record<string, string>> = {
  preact: inPackage('preact', 'dist', 'preact.mjs'),
  'preact/hooks': inPackage('preact', 'hooks', 'dist', 'hooks.mjs'),
  // htm does not export its package.json, so it is found beside its main file.
  htm: join(dirname(packages.resolve('htm')), 'htm.mjs'),
  'htm/preact': join(dirname(packages.resolve('htm/preact')), 'index.mjs'),
};
const FONTS: Readonly<Record<string, string>> = {
  'inter-400.ttf': inPackage('@expo-google-fonts/inter', '400Regular', 'Inter_400Regular.ttf'),
  'inter-600.ttf': inPackage('@expo-google-fonts/inter', '600SemiBold', 'Inter_600SemiBold.ttf'),
  'inter-700.ttf': inPackage('@expo-google-fonts/inter', '700Bold', 'Inter_700Bold.ttf'),
};

const IMPORT_MAP = JSON.stringify({
  imports: Object.fromEntries(Object.keys(MODULES).map((name) => [name, `/vendor/${name}.js`])),
});
const MAP_HASH = createHash('sha256').update(IMPORT_MAP).digest('base64');

/** No foreign origin, no inline script but the import map (by its hash), no framing. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `script-src 'self' 'sha256-${MAP_HASH}'`,
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The asset at a path, or null. Only fixed names are served: no path of the request reaches the disk. */
export async function readAsset(path: string, pageFolder: string): Promise<Asset | null> {
  if (path === '/') {
    const page = await readFile(join(SOURCES, 'index.html'), 'utf8');
    return { type: 'text/html; charset=utf-8', body: page.replace('{{IMPORT_MAP}}', IMPORT_MAP) };
  }
  if (path === '/page.css') return read(join(SOURCES, 'page.css'), 'text/css; charset=utf-8');
  const font = FONTS[path.replace(/^\/fonts\//, '')];
  if (font) return read(font, 'font/ttf');
  const vendor = /^\/vendor\/(.+)\.js$/.exec(path)?.[1];
  const library = vendor === undefined ? undefined : MODULES[vendor];
  if (library) return read(library, 'text/javascript; charset=utf-8');
  const own = /^\/page\/([a-z0-9-]+\/[a-z0-9-]+\.js)$/.exec(path)?.[1];
  return own === undefined ? null : read(join(pageFolder, own), 'text/javascript; charset=utf-8');
}

async function read(path: string, type: string): Promise<Asset | null> {
  try {
    return { type, body: await readFile(path) };
  } catch {
    return null;
  }
}
