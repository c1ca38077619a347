import { invalid } from '../base/errors.js';
import type { DigestScope } from './digest.js';

/** All spend, as a text. */
export const ALL_SCOPE = 'all';

/** A scope as a text, `team=Search` or `all`: in keys of notices, forms and at the terminal. */
export function scopeText(scope: DigestScope): string {
  return scope === null ? ALL_SCOPE : `${scope.dimension}=${scope.owner}`;
}

/** Inverse of `scopeText`. @throws AppError `invalid`. */
export function parseScope(text: string): DigestScope {
  if (text === ALL_SCOPE) return null;
  const at = text.indexOf('=');
  return at > 0 && at < text.length - 1
    ? { dimension: text.slice(0, at), owner: text.slice(at + 1) }
    : invalid(`"${text.slice(0, 60)}" is no scope; write ${ALL_SCOPE}, or NAME=VALUE such as team=Search.`);
}
