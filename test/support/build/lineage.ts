import { formatNanos, type Nanos, sumNanos } from '../../../src/core/base/money.js';
import type { HowLineage, Lineage, Summed } from '../../../src/core/lineage/lineage.js';

/** Every place where a lineage does not add up, in words; empty when it does at every level. */
export function leaksOf(lineage: Lineage): string[] {
  return [
    ...leaks('figure', lineage, lineage.bills),
    ...lineage.bills.flatMap((bill) => [
      ...leaks(bill.source, bill, bill.rules),
      ...bill.rules.flatMap((rule) => [
        ...leaks(rule.rule?.id ?? rule.reason ?? '', rule, rule.hows),
        ...rule.hows.flatMap(leaksOfHow),
      ]),
    ]),
  ];
}

function leaksOfHow(how: HowLineage): string[] {
  const { lines, remainder } = how;
  const cost = sumNanos(lines.map((line) => line.cost)) + (remainder?.cost ?? 0n);
  const charges = lines.length + (remainder?.charges ?? 0);
  return [
    ...unequal(`lines of ${how.how.kind}`, how.cost, cost),
    ...unequal(`number of lines of ${how.how.kind}`, BigInt(how.charges), BigInt(charges)),
  ];
}

function leaks(name: string, whole: Summed, parts: readonly Summed[]): string[] {
  return [
    ...unequal(name, whole.cost, sumNanos(parts.map(({ cost }) => cost))),
    ...unequal(`confidence of ${name}`, whole.cost, sumNanos(whole.confidence.map(({ cost }) => cost))),
    ...unequal(
      `charges of ${name}`,
      BigInt(whole.charges),
      parts.reduce((sum, { charges }) => sum + BigInt(charges), 0n),
    ),
  ];
}

function unequal(name: string, whole: Nanos, parts: Nanos): string[] {
  return whole === parts ? [] : [`${name}: ${formatNanos(whole)} is not ${formatNanos(parts)}`];
}
