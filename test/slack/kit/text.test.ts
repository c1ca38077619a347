import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/core/base/errors.js';
import type { Day } from '../../../src/core/base/time.js';
import { parseMrkdwn } from '../../../src/sandbox/page/chat/mrkdwn.js';
import { encodeChoice, isHashed, resolveChoice } from '../../../src/slack/kit/option-value.js';
import { packPayload } from '../../../src/slack/kit/payload.js';
import { resolveReferences } from '../../../src/slack/kit/people.js';
import {
  authorName,
  dimensionName,
  displayName,
  escapeMrkdwn,
  formatChange,
  formatMoney,
  formatRange,
  formatShare,
  literalMrkdwn,
  truncate,
  unescapeMrkdwn,
} from '../../../src/slack/kit/text.js';
import { idFromName } from '../../../src/slack/rules/build-edit.js';
import { regroup } from '../../../src/slack/spend/message.js';

const DOLLAR = 1_000_000_000n;
const text = fc.string({ unit: 'binary', maxLength: 200 });

describe('money in words', () => {
  it('has thousands, cents, and enough digits that nothing small looks like nothing', () => {
    expect(formatMoney(1_234_560_000_000n, 'USD')).toBe('$1,234.56');
    expect(formatMoney(-1_234_567n * DOLLAR, 'USD')).toBe('-$1,234,567.00');
    expect(formatMoney(0n, 'EUR')).toBe('€0.00');
    expect(formatMoney(4_200_000n, 'USD')).toBe('$0.0042');
    expect(formatMoney(1n, 'USD')).toBe('$0.000000001');
    expect(formatMoney(9_999_999n, 'USD')).toBe('$0.0100');
    expect(formatMoney(5n * DOLLAR, 'CHF')).toBe('CHF 5.00');
    expect(formatMoney(1_250n * DOLLAR, 'USD', 'compact')).toBe('$1.2k');
    expect(formatMoney(3_400_000n * DOLLAR, 'USD', 'compact')).toBe('$3.4M');
  });

  it('is never off by more than half a cent from a cent on', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 10_000_000n, max: 2n ** 62n }), (nanos) => {
        const cents = BigInt(formatMoney(nanos, 'USD').replaceAll(/[$,.]/g, ''));
        const off = cents * 10_000_000n - nanos;
        expect(off <= 5_000_000n && off >= -5_000_000n).toBe(true);
      }),
    );
  });

  it('changes with a direction that is more than a colour', () => {
    expect(formatChange(110n * DOLLAR, 100n * DOLLAR, 'USD')).toBe('▲ $10.00 (+10%)');
    expect(formatChange(50n * DOLLAR, 100n * DOLLAR, 'USD')).toBe('▼ $50.00 (-50%)');
    expect(formatChange(100n * DOLLAR, 100n * DOLLAR, 'USD')).toBe('no change');
    expect(formatChange(5n * DOLLAR, 0n, 'USD')).toBe('▲ new');
    expect(formatChange(5_000n * DOLLAR, DOLLAR, 'USD')).toBe('▲ $4,999.00 (over +999%)');
    expect(formatShare(DOLLAR, 3n * DOLLAR)).toBe('33.3%');
    expect(formatShare(DOLLAR, 0n)).toBe('–');
  });

  it('ranges are said as people say them', () => {
    const range = (from: string, to: string) => formatRange({ from: from as Day, to: to as Day });
    expect(range('2026-11-01', '2026-12-01')).toBe('Nov 2026');
    expect(range('2026-11-01', '2026-11-02')).toBe('1 Nov 2026');
    expect(range('2026-11-01', '2026-11-18')).toBe('1–17 Nov 2026');
    expect(range('2026-09-28', '2026-10-05')).toBe('28 Sep – 4 Oct 2026');
    expect(range('2025-12-29', '2026-01-05')).toBe('29 Dec 2025 – 4 Jan 2026');
  });
});

describe('names', () => {
  it('are one visible line, cut between code points', () => {
    expect(displayName('a\nb\u202ec')).toBe('a b c');
    expect(displayName(' \n ')).toBe('(no name)');
    expect(truncate('🙂🙂🙂', 4)).toBe('🙂…');
    expect(authorName('slack:U1 (Ana Ruiz)')).toBe('Ana Ruiz');
    expect(authorName('terminal:ana')).toBe('ana (terminal)');
  });

  it('survive escaping there and back, and escaped ones hold nothing live', () => {
    fc.assert(
      fc.property(text, (name) => {
        expect(escapeMrkdwn(name)).not.toMatch(/[<>]/);
        expect(unescapeMrkdwn(escapeMrkdwn(name))).toBe(name);
      }),
    );
  });
});

describe('names in mrkdwn', () => {
  it.each([
    ['*Search*: its keys', '∗Search∗: its keys'],
    ['_quiet_ ~old~ `code` support_prod', 'ˍquietˍ ∼old∼ ˋcodeˋ support_prod'],
    [':boom: arn:aws:iam::123', '∶boom: arn∶aws∶iam::123'],
    ['> quoted', '› quoted'],
    ['<!channel> & co', '&lt;!channel&gt; &amp; co'],
  ])('%s shows as %s', (name, shown) => {
    expect(literalMrkdwn(name)).toBe(shown);
  });

  it('hold nothing that Slack would read as markup, whatever they are', () => {
    const marks = fc.constantFrom('*', '_', '~', '`', ':', 'a', ' ', '<', '>', '1', '\n', 'é');
    fc.assert(
      fc.property(fc.oneof(text, fc.string({ unit: marks, maxLength: 30 })), (name) => {
        const plain = literalMrkdwn(name) || 'x';
        expect(parseMrkdwn(plain)).toMatchObject([{ kind: 'text' }]);
        const shown = `*${plain}*`;
        expect(parseMrkdwn(shown)).toMatchObject([{ kind: 'bold', runs: [{ kind: 'text' }] }]);
        expect(shown).not.toMatch(/:[\w+'-]+:/);
      }),
    );
  });

  it('a dimension goes by its name', () => {
    expect(dimensionName('cost-centre')).toBe('Cost centre');
  });
});

describe('what goes through Slack and back', () => {
  it('a payload survives HTML escaping', () => {
    fc.assert(
      fc.property(text, (value) => {
        const back: unknown = JSON.parse(escapeMrkdwn(packPayload({ value })));
        expect(back).toEqual({ value });
      }),
    );
  });

  it('any value comes back from an option of 75 characters, escaped or not', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }), async (value) => {
        const choice = encodeChoice(value);
        expect(choice.value.length).toBeLessThanOrEqual(75);
        expect(escapeMrkdwn(choice.value)).toBe(choice.value);
        expect(await resolveChoice(choice, async () => ['other', value])).toBe(value);
      }),
    );
  });

  it('a value that had to be looked up and is gone is said to be gone', async () => {
    const choice = encodeChoice('x'.repeat(80));
    expect(isHashed(choice)).toBe(true);
    await expect(resolveChoice(choice, async () => [])).rejects.toThrow(AppError);
  });

  it('references that Slack makes of names, links and addresses become words again', async () => {
    const typed = 'person <@U123ABC|ana> in <#C123|search> <mailto:b@x.test|b@x.test> &lt;b&gt;';
    const words = await resolveReferences(typed, async () => 'ana@larkspur.test');
    expect(words).toBe('person ana@larkspur.test in search b@x.test &lt;b&gt;');
  });
});

describe('a question asked by another grouping', () => {
  it('replaces its own "by", and no word of a name', () => {
    expect(regroup('', 'team', 'key')).toBe('by key');
    expect(regroup('team search by model last week', 'model', 'key')).toBe('team search last week by key');
    expect(regroup('team stand by me', 'model', 'key')).toBe('team stand by me by key');
  });
});

describe('the id of a new rule', () => {
  it('is made of its name, of letters that a rules file takes, and not taken', () => {
    expect(idFromName('CI agents!', [])).toBe('ci-agents');
    expect(idFromName('CI agents', ['ci-agents', 'ci-agents-2'])).toBe('ci-agents-3');
    expect(idFromName('Équipe Čeština', [])).toBe('equipe-cestina');
    expect(idFromName('日本', [])).toBe('rule');
    expect(idFromName('x'.repeat(120), [])).toHaveLength(55);
  });
});
