import { describe, expect, it } from 'vitest';
import { parsePlans } from '../../../src/providers/files/plan-file.js';

const read = (text: string) => parsePlans({ name: 'plan.csv', text });

describe('a file of budgets', () => {
  it('reads owner, month and amount; what else may be said is optional', () => {
    const { rows, remarks } = read(
      'month,owner,amount,currency,dimension,phasing,note\n2026-12,"Search, EU",1200.5,EUR,product,working-days,x\n2026-12,Support,0,,,,\n',
    );
    expect(rows).toEqual([
      {
        dimension: 'product',
        owner: 'Search, EU',
        month: '2026-12',
        amount: 1_200_500_000_000n,
        currency: 'EUR',
        phasing: 'working-days',
      },
      { dimension: 'team', owner: 'Support', month: '2026-12', amount: 0n, currency: null, phasing: null },
    ]);
    expect(remarks).toEqual(['plan.csv: column note is not used.']);
  });

  it.each([
    ['owner,month\nA,2026-12', 'plan.csv, row 1: the header lacks amount.'],
    ['owner,month,amount\n,2026-12,1', 'plan.csv, row 2, column owner: "" is empty, but every row needs it.'],
    ['owner,month,amount\nA,12/2026,1', 'column month: "12/2026" is no month; write it as 2026-10.'],
    ['owner,month,amount\nA,2026-12,-5', 'column amount: "-5" is no amount; write it as 1200 or 1200.50.'],
    ['owner,month,amount\nA,2026-12,"1,200"', 'column amount: "1,200" may be 1200 or 1.200'],
    ['owner,month,amount\nUnallocated,2026-12,1', 'is nobody; it gets no budget.'],
    [
      'owner,month,amount,phasing\nA,2026-12,1,weekly',
      'write calendar-days or working-days, or leave it empty.',
    ],
    [
      'owner,month,amount\nA,2026-12,1\nB,2026-12,2\nA,2026-12,3',
      'rows 2 and 4: the budget of A in 2026-12 stands twice',
    ],
    ['owner,month,amount\n', 'plan.csv holds no budget below its header.'],
  ])('refuses %j in one sentence', (text, sentence) => {
    expect(() => read(text)).toThrow(sentence);
  });
});
