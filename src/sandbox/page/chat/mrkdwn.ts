import { withEmoji } from './emoji.js';

/** A run of formatted text. */
export type Run =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bold' | 'italic' | 'strike' | 'quote'; readonly runs: readonly Run[] }
  | { readonly kind: 'code' | 'pre'; readonly text: string }
  | { readonly kind: 'link'; readonly url: string; readonly text: string }
  | { readonly kind: 'user' | 'channel' | 'usergroup'; readonly id: string; readonly label: string | null }
  | { readonly kind: 'broadcast'; readonly range: string };

const PRE = /```\n?([\s\S]+?)\n?```/;
const CODE = /`([^`\n]+)`/;
const ANGLED = /<([^<>\n]+)>/;
const STYLES = { '*': 'bold', _: 'italic', '~': 'strike' } as const;
const STYLED = /(?<![\p{L}\p{N}])([*_~])(?=\S)([^\n]*?\S)\1(?![\p{L}\p{N}])/u;

/** Slack's three entities, decoded. */
export function decodeEntities(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** Slack's `mrkdwn` as runs. Anything that is no markup is text; nothing is ever lost or becomes HTML. */
export function parseMrkdwn(text: string): readonly Run[] {
  return splitAt(text, PRE, (match) => ({ kind: 'pre', text: decodeEntities(match[1] ?? '') }), parseLines);
}

function parseLines(text: string): readonly Run[] {
  const runs: Run[] = [];
  let plain: string[] = [];
  const flush = () => {
    if (plain.length > 0) runs.push(...parseInline(plain.join('\n')));
    plain = [];
  };
  for (const line of text.split('\n')) {
    const quoted = /^(?:&gt;|>) ?(.*)$/.exec(line);
    if (!quoted) {
      plain.push(line);
      continue;
    }
    flush();
    runs.push({ kind: 'quote', runs: parseInline(quoted[1] ?? '') });
  }
  flush();
  return runs;
}

function parseInline(text: string): readonly Run[] {
  return splitAt(
    text,
    CODE,
    (match) => ({ kind: 'code', text: decodeEntities(match[1] ?? '') }),
    parseAngled,
  );
}

function parseAngled(text: string): readonly Run[] {
  return splitAt(text, ANGLED, (match) => angled(match[1] ?? ''), parseStyled);
}

function parseStyled(text: string): readonly Run[] {
  return splitAt(
    text,
    STYLED,
    (match) => ({ kind: styleOf(match[1]), runs: parseStyled(match[2] ?? '') }),
    (plain) => (plain === '' ? [] : [{ kind: 'text', text: withEmoji(decodeEntities(plain)) }]),
  );
}

function styleOf(mark: string | undefined): 'bold' | 'italic' | 'strike' {
  if (mark === '_') return STYLES['_'];
  return mark === '~' ? STYLES['~'] : STYLES['*'];
}

/** What stands between `<` and `>`: a mention, a date or a link. */
function angled(inner: string): Run {
  const [target = '', label = null] = inner.split(/\|(.*)/s);
  if (target.startsWith('@')) return { kind: 'user', id: target.slice(1), label };
  if (target.startsWith('#')) return { kind: 'channel', id: target.slice(1), label };
  if (target.startsWith('!subteam^')) return { kind: 'usergroup', id: target.slice(9), label };
  if (target.startsWith('!date^')) return { kind: 'text', text: decodeEntities(label ?? target) };
  if (target.startsWith('!')) return { kind: 'broadcast', range: target.slice(1) };
  const url = decodeEntities(target);
  return { kind: 'link', url, text: label === null ? url : withEmoji(decodeEntities(label)) };
}

function splitAt(
  text: string,
  pattern: RegExp,
  found: (match: RegExpExecArray) => Run,
  between: (text: string) => readonly Run[],
): readonly Run[] {
  const match = pattern.exec(text);
  if (!match) return text === '' ? [] : between(text);
  const before = text.slice(0, match.index);
  const after = text.slice(match.index + match[0].length);
  return [
    ...(before === '' ? [] : between(before)),
    found(match),
    ...splitAt(after, pattern, found, between),
  ];
}
