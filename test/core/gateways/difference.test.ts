import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNanos, sumNanos } from '../../../src/core/base/money.js';
import {
  addDifferences,
  type GatewayCount,
  gatewayDifference,
  type UnitPrices,
} from '../../../src/core/gateways/difference.js';
import { NO_TOKENS, TOKEN_CLASSES, type TokenCounts } from '../../../src/core/gateways/token-use.js';

const NOT_REPEATED = { requests: 0, tokens: NO_TOKENS, cost: 0n };
const tokens = (counts: Partial<TokenCounts>): TokenCounts => ({ ...NO_TOKENS, ...counts });
const prices = (input: string, read: string, write: string, output: string): UnitPrices => ({
  uncached_input: parseNanos(input),
  cache_read: parseNanos(read),
  cache_write_5m: parseNanos(write),
  cache_write_1h: parseNanos(write),
  output: parseNanos(output),
});
const gateway = (changes: Partial<GatewayCount>): GatewayCount => ({
  requests: 40,
  tokens: NO_TOKENS,
  repeated: NOT_REPEATED,
  cost: null,
  ...changes,
});

/** The reconciliation of litellm#34801: OpenAI's input holds the cached tokens, so 8,246 of 73,550 were plain. */
const BILLED = tokens({ uncached_input: 73_550n - 65_304n, cache_read: 65_304n, output: 20_480n });
const COUNTED = tokens({ uncached_input: 73_550n - 49_563n, cache_read: 49_563n, output: 20_480n });
const BILL = parseNanos('0.865846');
const SAID = parseNanos('0.939487');

describe('a gateway against the bill', () => {
  it('finds that LiteLLM took 15,741 cached tokens for plain input: +0.073641, to the nano', () => {
    // 15,741 tokens x (input - cache read): the price at which that is the difference that was reported.
    const exact = prices('5.178292358', '0.5', '6.25', '30');
    const found = gatewayDifference(
      gateway({ tokens: COUNTED, cost: SAID }),
      { requests: 40, tokens: BILLED, cost: BILL },
      exact,
    );
    expect(found).toEqual({
      gateway: SAID,
      vendor: BILL,
      difference: parseNanos('0.073641'),
      causes: [{ cause: 'cached-tokens', amount: parseNanos('0.073641'), units: 15_741n }],
    });
  });

  it('puts it all down to cached tokens at list prices too, since some were charged as cache writes', () => {
    const list = prices('5', '0.5', '6.25', '30');
    const found = gatewayDifference(
      gateway({ tokens: COUNTED, cost: SAID }),
      { requests: null, tokens: BILLED, cost: BILL },
      list,
    );
    expect(found.causes).toEqual([
      { cause: 'cached-tokens', amount: parseNanos('0.073641'), units: 15_741n },
    ]);
  });

  it('does not put another price list down to cached tokens', () => {
    const list = prices('5', '0.5', '6.25', '30');
    const found = gatewayDifference(
      gateway({ tokens: COUNTED, cost: SAID + parseNanos('0.2') }),
      { requests: 40, tokens: BILLED, cost: BILL },
      list,
    );
    expect(found.causes).toEqual([
      { cause: 'cached-tokens', amount: parseNanos('0.0708345'), units: 15_741n },
      { cause: 'price-list', amount: parseNanos('0.2028065'), units: 0n },
    ]);
  });

  it('names missing requests, requests counted twice and output apart', () => {
    const list = prices('2', '0.2', '2.5', '10');
    const vendor = {
      requests: 10,
      tokens: tokens({ uncached_input: 1000n, output: 100n }),
      cost: 3_000_000n,
    };
    const fewer = gatewayDifference(
      gateway({ requests: 9, tokens: tokens({ uncached_input: 900n, output: 90n }) }),
      vendor,
      list,
    );
    expect(fewer.causes).toEqual([{ cause: 'requests', amount: -300_000n, units: -110n }]);
    const twice = gatewayDifference(
      gateway({
        requests: 10,
        tokens: vendor.tokens,
        repeated: { requests: 1, tokens: tokens({ uncached_input: 100n, output: 10n }), cost: 0n },
      }),
      vendor,
      list,
    );
    expect(twice).toMatchObject({ difference: 300_000n, causes: [{ cause: 'counted-twice', units: 1n }] });
    const chatty = gatewayDifference(
      gateway({ requests: 10, tokens: tokens({ uncached_input: 1000n, output: 130n }) }),
      vendor,
      list,
    );
    expect(chatty.causes).toEqual([{ cause: 'output-tokens', amount: 300_000n, units: 30n }]);
  });

  it('says so when a price is missing, instead of calling it free', () => {
    const list = { ...prices('2', '0.2', '2.5', '10'), cache_read: null };
    const found = gatewayDifference(
      gateway({ tokens: tokens({ uncached_input: 50n }), cost: 500n }),
      { requests: null, tokens: tokens({ cache_read: 50n }), cost: 20n },
      list,
    );
    expect(found.causes.at(-1)).toMatchObject({ cause: 'unknown' });
  });

  it('has causes that add up to the difference, whatever was counted', () => {
    const counts = fc
      .tuple(...TOKEN_CLASSES.map(() => fc.bigInt(0n, 10n ** 9n)))
      .map((values) => tokens(Object.fromEntries(TOKEN_CLASSES.map((each, i) => [each, values[i] ?? 0n]))));
    const money = fc.bigInt(0n, 10n ** 13n);
    const price = fc.option(fc.bigInt(0n, 10n ** 11n));
    const unit = fc.record({
      uncached_input: price,
      cache_read: price,
      cache_write_5m: price,
      cache_write_1h: price,
      output: price,
    });
    const side = fc.record({
      requests: fc.nat(100),
      tokens: counts,
      repeated: fc.record({ requests: fc.nat(3), tokens: counts, cost: money }),
      cost: fc.option(money),
    });
    const bill = fc.record({ requests: fc.option(fc.nat(100)), tokens: counts, cost: money });
    fc.assert(
      fc.property(fc.array(fc.tuple(side, bill, unit), { minLength: 1, maxLength: 3 }), (scopes) => {
        const all = scopes.map(([a, b, c]) => gatewayDifference(a, b, c));
        for (const each of [...all, addDifferences(all)]) {
          expect(sumNanos(each.causes.map(({ amount }) => amount))).toBe(each.difference);
          expect(each.gateway - each.vendor).toBe(each.difference);
        }
      }),
      { numRuns: 200 },
    );
  });
});
