import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createHttpClient, UnexpectedForm, VendorRefusal } from '../../../src/providers/http/http.js';
import { askOptional } from '../../../src/providers/http/optional.js';
import { linkQuery } from '../../../src/providers/http/pages.js';
import { withRateLimit } from '../../../src/providers/http/rate-limit.js';
import { clock, impatientHttp, NOW_MS } from '../../support/vendors/all.js';
import { closeFakes, FakeReply, startFake } from '../../support/vendors/server.js';

describe('a Link header', () => {
  it.each([
    [
      '<https://huggingface.co/api/x?cursor=a%2Cb&limit=3>; rel="next"',
      [
        ['cursor', 'a,b'],
        ['limit', '3'],
      ],
    ],
    [
      '<https://x/y?page=1>; rel="prev", <https://x/y?page=3>; rel="next", <https://x/y?page=9>; rel="last"',
      [['page', '3']],
    ],
    ['</y?page=2>; rel=next', [['page', '2']]],
    ['<https://x/y?page=1>; rel="prev"', null],
    ['', null],
  ])('%s leads to %j', (link, query) => {
    expect(linkQuery(new Headers({ link }))).toEqual(query);
  });
});

describe('a rate limit', () => {
  it.each([
    ['0', '3', [3000]],
    ['0', String(NOW_MS / 1000 + 20), [20_000]],
    ['0', String(NOW_MS / 1000 + 86_400), [300_000]],
    ['0', 'soon', []],
    ['1', '3', []],
  ])('with %s left and a reset of %s waits %j ms before the next question', async (left, reset, expected) => {
    const fake = await startFake(
      () => new FakeReply({}, { 'x-ratelimit-remaining': left, 'x-ratelimit-reset': reset }),
    );
    const { http, waits } = impatientHttp();
    const account = {
      vendor: 'V',
      source: 's',
      baseUrl: fake.url,
      headers: {},
      credential: 'x',
      credentialNeeded: 'k',
    };
    const client = withRateLimit(createHttpClient({ ...account, clock }, http), clock, http);
    const ask = () => client.get({ endpoint: '/a', query: [], schema: z.unknown() });
    await ask();
    await ask();
    expect(waits).toEqual(expected);
    await closeFakes();
  });
});

describe('an optional answer', () => {
  const asked = async (error: Error) => {
    const remarks: string[] = [];
    const answer = await askOptional(remarks, 'Went on without.', async () => {
      throw error;
    });
    return { answer, remarks };
  };

  it('is missed with a remark when it is refused or of another form', async () => {
    expect(await asked(new VendorRefusal(403, 'V refused /x (403).'))).toEqual({
      answer: null,
      remarks: ['V refused /x (403). Went on without.'],
    });
    expect((await asked(new UnexpectedForm('V answered oddly'))).remarks).toEqual([
      'V answered oddly. Went on without.',
    ]);
  });

  it('fails the pull when the credential is no good or the vendor is down', async () => {
    await expect(asked(new VendorRefusal(401, 'no'))).rejects.toThrow('no');
    await expect(asked(new Error('down'))).rejects.toThrow('down');
  });
});
