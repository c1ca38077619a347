import { z } from 'zod';
import type { UseTags } from '../../core/gateways/token-use.js';

const MOST_LETTERS = 200;

/** Settings of a source of token records: under which tags the records name whom, where not under the usual ones. */
export const TAG_OPTIONS = {
  customerTag: z.string().min(1).optional(),
  featureTag: z.string().min(1).optional(),
  teamTag: z.string().min(1).optional(),
  userTag: z.string().min(1).optional(),
};
/** The same, read. */
export interface TagOptions {
  readonly customerTag?: string | undefined;
  readonly featureTag?: string | undefined;
  readonly teamTag?: string | undefined;
  readonly userTag?: string | undefined;
}

const USUAL = {
  customer: ['customer', 'customer_id', 'tenant', 'tenant_id', 'end_user'],
  feature: ['feature'],
  team: ['team'],
  user: ['user', 'user_id'],
} as const;

/** Tags of a record by name; the settings say which of them count, otherwise the usual names do, in that order. */
export function readTags(bag: ReadonlyMap<string, string>, options: TagOptions): UseTags {
  const find = (own: string | undefined, usual: readonly string[]): string | null => {
    for (const name of own === undefined ? usual : [own]) {
      const value = clean(bag.get(name));
      if (value !== null) return value;
    }
    return null;
  };
  return {
    customer: find(options.customerTag, USUAL.customer),
    feature: find(options.featureTag, USUAL.feature),
    team: find(options.teamTag, USUAL.team),
    user: find(options.userTag, USUAL.user),
  };
}

/** A tag's text, bounded; null for a blank one. */
export function clean(text: string | null | undefined): string | null {
  const plain = (text ?? '').trim().slice(0, MOST_LETTERS);
  return plain === '' ? null : plain;
}

/** `feature:summary` or `feature=summary` as name and value; a word alone is no tag with a name. */
export function splitTag(tag: string): readonly [name: string, value: string] | null {
  const match = /^([^:=]+)[:=](.+)$/s.exec(tag);
  return match === null ? null : [match[1]?.trim() ?? '', match[2]?.trim() ?? ''];
}
