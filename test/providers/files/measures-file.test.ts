import { describe, expect, it } from 'vitest';
import { parseMeasures } from '../../../src/providers/files/measures-file.js';

const parse = (text: string) => parseMeasures({ name: 'tokens.csv', text });
const HEADER = 'date,measure,label,amount\n';

describe('A file of measures', () => {
  it('gives exact figures, its columns in any order, more than 2^63 nanos too', () => {
    const text =
      '\uFEFFAmount,label,MEASURE,date,team\n1234567890123.5, Search ,tokens,2026-10-05,x\n-0.1,Ads,tokens,2026-10-05,\n';
    expect(parse(text)).toEqual({
      rows: [
        { date: '2026-10-05', measure: 'tokens', label: 'Search', amount: 1_234_567_890_123_500_000_000n },
        { date: '2026-10-05', measure: 'tokens', label: 'Ads', amount: -100_000_000n },
      ],
      remarks: ['tokens.csv: column team is not used.'],
    });
  });

  it.each([
    ['date,measure,amount\n', 'tokens.csv, row 1: the header lacks label.'],
    [
      `${HEADER}2026-13-05,tokens,Search,1\n`,
      'tokens.csv, row 2, column date: "2026-13-05" is no day; write it as 2026-10-31.',
    ],
    [
      `${HEADER}2026-10-05,,Search,1\n`,
      'tokens.csv, row 2, column measure: "" is empty, but every row needs it.',
    ],
    [
      `${HEADER}2026-10-05,tokens,Unallocated,1\n`,
      'tokens.csv, row 2, column label: "Unallocated" is what is left over; it gets no share.',
    ],
    [
      `${HEADER}2026-10-05,tokens,Search,1\n2026-10-06,tokens,Search,many\n`,
      'tokens.csv, row 3, column amount: "many" is no decimal number.',
    ],
    [
      `${HEADER}2026-10-05,tokens,Search,1\n\n2026-10-05,tokens,Search,2\n`,
      'tokens.csv, rows 2 and 4: tokens of Search on 2026-10-05 stands twice; remove one or add them up.',
    ],
  ])('is refused with a sentence: %#', (text, sentence) => {
    expect(() => parse(text)).toThrow(sentence);
  });
});
