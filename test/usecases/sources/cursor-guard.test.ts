import { afterEach, describe, expect, it } from 'vitest';
import { readBundledPrices } from '../../../src/providers/prices/genai.js';
import { ingestSource } from '../../../src/usecases/sources/ingest.js';
import { createTestContext } from '../../support/context.js';
import { clock, connect, impatientHttp, range } from '../../support/vendors/all.js';
import { CURSOR_KEY, cursorEvent, cursorTeam, startCursor } from '../../support/vendors/cursor.js';
import { closeFakes, type Trouble } from '../../support/vendors/server.js';

const WINDOW = range('2026-11-14', '2026-11-15');

afterEach(closeFakes);

/** The first pull of a team whose eighty events of a model cost so many cents each; about 48 at list price. */
async function firstPull(cents: string, trouble?: Trouble, changes: { kind?: string } = {}) {
  const team = cursorTeam();
  team.all = Array.from({ length: 80 }, (_, second) =>
    cursorEvent(WINDOW.from, second, { chargedCents: cents, ...changes }),
  );
  const fake = await startCursor(team, trouble);
  const provider = connect('cursor', {
    source: 'cursor',
    baseUrl: fake.url,
    adminKey: CURSOR_KEY,
    clock,
    http: impatientHttp().http,
  });
  const context = await createTestContext({ now: '2026-11-23' });
  return ingestSource({ ...context, bundledPrices: readBundledPrices }, provider, WINDOW);
}

const flat: Trouble = ({ endpoint }) =>
  endpoint.endsWith('usage-events')
    ? { edit: (text) => text.replaceAll('"isTokenBasedCall":true', '"isTokenBasedCall":false') }
    : null;

describe('the first pull of a Cursor team', () => {
  it.each(['5962.475', '0.5962475'])('is held back at %s cents an event', async (cents) => {
    const { ok, sentence } = await firstPull(cents);
    expect(ok).toBe(false);
    expect(sentence).toMatch(/the first pull was not published: Cursor billed [\d.]+ USD for 2026-11/);
  });

  it.each([
    ['at list price with the token fee', at('59.62475')],
    ['at half the list price', at('24')],
    ['by the request at a flat price', () => firstPull('4', flat)],
    [
      'on keys of their own, for the token fee alone',
      () => firstPull('5', undefined, { kind: 'User API Key' }),
    ],
    ['on a plan that hides its money', at('0')],
  ])('is published %s', async (_how, pull) => {
    expect(await pull()).toMatchObject({ ok: true });
  });
});

function at(cents: string) {
  return () => firstPull(cents);
}
