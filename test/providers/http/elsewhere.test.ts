import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createProvider, SOURCE_KINDS } from '../../../src/providers/catalog.js';
import { clock, impatientHttp, range } from '../../support/vendors/all.js';

/** Options that a kind cannot be without. */
const OPTIONS: Readonly<Record<string, object>> = {
  'github-copilot': { organization: 'larkspur' },
  'hugging-face': { organization: 'larkspur' },
  devin: { acuPrice: '2' },
};
const KINDS = SOURCE_KINDS.filter(({ needsPath }) => !needsPath).map(({ kind }) => kind);
const INSIDE = 'db-primary.internal says hello';
const open: (() => void)[] = [];

/** A server that answers every request alike; `seen` counts them. */
async function answering(status: number, headers: Record<string, string>, body: string) {
  let seen = 0;
  const server = createServer((request, response) => {
    seen += 1;
    request.resume();
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  open.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}`, seen: () => seen };
}

/** All that a pull and a check of such a source say. */
async function wordsOf(kind: string, baseUrl: string): Promise<string> {
  const { http } = impatientHttp({ attempts: 1 });
  const options = { ...OPTIONS[kind] };
  const source = { name: 'main', kind, credential: 'pk-Top:sk-Secret', baseUrl, path: null, options };
  const provider = createProvider(source, { clock, http });
  const told = [
    provider.pull(range('2026-11-18', '2026-11-20'), []).then(({ remarks }) => remarks.join(' ')),
    provider.check?.().then((missing) => JSON.stringify(missing)),
  ];
  const settled = await Promise.allSettled(told.map((each) => Promise.resolve(each)));
  return settled.map((each) => String(each.status === 'fulfilled' ? each.value : each.reason)).join('\n');
}

describe.each(KINDS)('a source of kind %s', (kind) => {
  afterEach(() => {
    for (const close of open.splice(0)) close();
  });

  it.each([301, 302, 303, 307, 308])(
    'does not carry its credential along a redirect (%i)',
    async (status) => {
      const elsewhere = await answering(200, {}, '{}');
      const vendor = await answering(status, { location: `${elsewhere.url}/v1` }, '');
      await wordsOf(kind, vendor.url);
      expect(vendor.seen()).toBeGreaterThan(0);
      expect(elsewhere.seen()).toBe(0);
    },
  );

  it.each([400, 404, 422, 500])('does not repeat what a configured address answers (%i)', async (status) => {
    const body = JSON.stringify({ error: { message: INSIDE }, message: INSIDE, detail: INSIDE });
    const inside = await answering(status, { 'content-type': 'application/json' }, body);
    const words = await wordsOf(kind, inside.url);
    expect(inside.seen()).toBeGreaterThan(0);
    expect(words).not.toContain('db-primary');
    expect(words).not.toContain('Secret');
  });
});
