import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openAccount } from '../../../src/providers/http/account.js';
import { UnexpectedForm, VendorRefusal } from '../../../src/providers/http/http.js';
import { byLink, byNewIds, byNumber, byOffset, type Paging } from '../../../src/providers/http/pages.js';
import { clock, impatientHttp, NOW_MS } from '../../support/vendors/all.js';
import { closeFakes, FakeReply, startFake } from '../../support/vendors/server.js';

afterEach(closeFakes);

function accountAt(baseUrl: string, isPaced = false) {
  const { http, waits } = impatientHttp();
  const config = { source: 's', baseUrl, adminKey: 'x', clock, http };
  const profile = { vendor: 'V', address: 'https://v.example', credentialNeeded: 'a key', isPaced };
  return { account: openAccount(config, profile), waits };
}

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
    expect(byLink()(null, new Headers({ link }))).toEqual(query === null ? null : { query });
  });
});

describe('a style of paging', () => {
  const Items = z.object({ items: z.array(z.number()) });
  type Items = z.infer<typeof Items>;
  const ALL = [1, 2, 3, 4, 5];

  /** A vendor that gives two items from where it is asked to begin. */
  async function walk(paging: Paging<Items>, startOf: (value: string | null) => number, name: string) {
    const fake = await startFake(({ query, body }) => {
      const asked = query.get(name) ?? z.object({ [name]: z.number() }).safeParse(body).data?.[name] ?? null;
      const start = startOf(asked === null ? null : String(asked));
      return { items: ALL.slice(start, start + 2) };
    });
    const { account } = accountAt(fake.url);
    const request = { endpoint: '/a', schema: Items, body: name === 'page' ? { page: 1 } : undefined };
    return (await account.pages(request, paging)).flatMap(({ items }) => items);
  }

  it('gives every item once, by number, by offset and by offsets without an end', async () => {
    const skip = (value: string | null) => Number(value ?? 0);
    const last = ({ items }: Items) => (items.at(-1) === 5 ? null : (items.at(-1) ?? null));
    expect(
      await walk(
        byNumber('body', () => 3),
        (page) => (Number(page) - 1) * 2,
        'page',
      ),
    ).toEqual(ALL);
    expect(await walk(byOffset('skip', last), skip, 'skip')).toEqual(ALL);
    expect(
      await walk(
        byNewIds('offset', ({ items }) => items.map(String)),
        skip,
        'offset',
      ),
    ).toEqual(ALL);
  });
});

describe('a rate limit', () => {
  it.each([
    ['0', '3', [3000]],
    ['0', String(NOW_MS / 1000 + 20), [20_000]],
    ['0', String(NOW_MS / 1000 + 2400), [2_400_000]],
    ['0', String(NOW_MS / 1000 + 86_400), []],
    ['0', 'soon', []],
    ['1', '3', []],
  ])('with %s left and a reset of %s waits %j ms before the next question', async (left, reset, expected) => {
    const fake = await startFake(
      () => new FakeReply({}, { 'x-ratelimit-remaining': left, 'x-ratelimit-reset': reset }),
    );
    const { account, waits } = accountAt(fake.url, true);
    const ask = () => account.get({ endpoint: '/a', schema: z.unknown() });
    await ask();
    await ask();
    expect(waits).toEqual(expected);
  });
});

describe('an answer that a pull can do without', () => {
  const asked = async (error: Error) => {
    const { account } = accountAt('https://v.example');
    const answer = await account.part({ is: 'weights', without: 'Went on without.' }, async () => {
      throw error;
    });
    return { answer, remarks: account.remarks };
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
