import { describe, expect, it } from 'vitest';
import { APPORTION_WORDS, readApportion } from '../../../src/core/spend/commands.js';

describe('the words of /apportion', () => {
  it.each(APPORTION_WORDS)('knows %s in any case, with what follows it', (word) => {
    expect(readApportion(` ${word.toUpperCase()}  2026-10 Ana `)).toEqual({
      kind: 'word',
      word,
      rest: '2026-10 Ana',
    });
  });

  it.each([
    ['', 'help'],
    ['hi!', 'help'],
    ['feeds', 'sources'],
    ['budget', 'budgets'],
  ])('takes %j for %s', (text, word) => {
    expect(readApportion(text)).toEqual({ kind: 'word', word, rest: '' });
  });

  it.each([
    ['setings', ['settings']],
    ['budgts', ['budgets']],
    ['clam', ['claims']],
    ['set', ['settings']],
    ['frobnicate', []],
    ['constructor', []],
    ['__proto__', []],
  ])('offers what is near to %s', (text, near) => {
    expect(readApportion(text)).toEqual({ kind: 'unknown', typed: text, near });
  });
});
