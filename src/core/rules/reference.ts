import type { AttributeName, DimensionSet } from '../ledger/charge.js';
import type { AttributeRef, Leaf } from './condition.js';

/** What a comparison or a target looks at, taken apart. */
export type Reference =
  | { readonly kind: 'attribute'; readonly name: AttributeName }
  | { readonly kind: 'tag'; readonly key: string }
  | { readonly kind: 'dimension'; readonly id: string };

export function parseReference(ref: AttributeRef): Reference {
  if (isPrefixed(ref, 'tag:')) return { kind: 'tag', key: ref.slice('tag:'.length) };
  if (isPrefixed(ref, 'dimension:')) return { kind: 'dimension', id: ref.slice('dimension:'.length) };
  return { kind: 'attribute', name: ref };
}

/** `{attribute: 'dimension:team'}` and `{dimension: 'team'}` are the same reference. */
export function referenceOf(leaf: Leaf): Reference {
  return 'dimension' in leaf ? { kind: 'dimension', id: leaf.dimension } : parseReference(leaf.attribute);
}

/** The value of an attribute or a tag in a set; undefined where the vendor gave none. */
export function valueInSet(
  set: DimensionSet,
  reference: Exclude<Reference, { kind: 'dimension' }>,
): string | undefined {
  if (reference.kind === 'attribute') return set.attributes[reference.name];
  // Own keys only: a tag may be named `constructor`.
  return Object.hasOwn(set.tags, reference.key) ? set.tags[reference.key] : undefined;
}

function isPrefixed<P extends string>(ref: string, prefix: P): ref is `${P}${string}` {
  return ref.startsWith(prefix);
}
