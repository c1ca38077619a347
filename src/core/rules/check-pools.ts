import { invalid } from '../base/errors.js';
import { ruleName } from './dependencies.js';
import type { DimensionRules, Pool } from './rule.js';
import type { Split } from './target.js';

/**
 * Shared costs flow one way: no pool gives to its own owner by a fixed share or as a fallback (in `among` it is
 * just left out), and none names the owner of a pool before it, whose money has been passed on already.
 * @throws AppError `invalid` naming dimension, pool and owner.
 */
export function checkPools(dimension: DimensionRules): void {
  const passedOn = new Map<string, Pool>();
  for (const pool of dimension.shared ?? []) {
    const named = namedOwners(pool.split);
    for (const owner of pool.split.method === 'fixed' ? named : [pool.split.fallback])
      if (owner === pool.owner)
        invalid(`${ruleName(dimension, pool)} gives ${owner} its own money back; take ${owner} out of it.`);
    for (const owner of named) {
      const earlier = passedOn.get(owner);
      if (earlier !== undefined && owner !== pool.owner)
        invalid(
          `${ruleName(dimension, pool)} gives to ${owner}, whose money "${earlier.id}" has passed on before; take ${owner} out of it or put this one first.`,
        );
    }
    passedOn.set(pool.owner, pool);
  }
}

/** Every owner that a split names. */
function namedOwners(split: Split): readonly string[] {
  const among = split.method === 'fixed' ? Object.keys(split.shares) : (split.among ?? []);
  return split.fallback === undefined ? among : [...among, split.fallback];
}
