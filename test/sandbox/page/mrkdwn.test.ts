import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEntities, parseMrkdwn, type Run } from '../../../src/sandbox/page/chat/mrkdwn.js';

const textOf = (runs: readonly Run[]): string =>
  runs.map((run) => ('runs' in run ? textOf(run.runs) : 'text' in run ? run.text : '')).join('');

describe('parseMrkdwn', () => {
  it.each<[string, readonly Run[]]>([
    ['*bold*', [{ kind: 'bold', runs: [{ kind: 'text', text: 'bold' }] }]],
    [
      'a _b_',
      [
        { kind: 'text', text: 'a ' },
        { kind: 'italic', runs: [{ kind: 'text', text: 'b' }] },
      ],
    ],
    ['2*3*4', [{ kind: 'text', text: '2*3*4' }]],
    ['snake_case_name', [{ kind: 'text', text: 'snake_case_name' }]],
    ['`a*b*`', [{ kind: 'code', text: 'a*b*' }]],
    ['<@U1>', [{ kind: 'user', id: 'U1', label: null }]],
    ['<!subteam^S1|@ops>', [{ kind: 'usergroup', id: 'S1', label: '@ops' }]],
    ['<!here>', [{ kind: 'broadcast', range: 'here' }]],
    ['<https://x.test/?a=1&amp;b=2|here>', [{ kind: 'link', url: 'https://x.test/?a=1&b=2', text: 'here' }]],
    ['&gt; quoted', [{ kind: 'quote', runs: [{ kind: 'text', text: 'quoted' }] }]],
    ['&lt;script&gt;', [{ kind: 'text', text: '<script>' }]],
    [':tada: :nope:', [{ kind: 'text', text: '🎉 :nope:' }]],
  ])('reads %s', (written, runs) => {
    expect(parseMrkdwn(written)).toEqual(runs);
  });

  it('loses nothing of text without markup', () => {
    const word = fc.stringMatching(/^[\p{L}\p{N} .,;!?%$()&/-]*$/u);
    fc.assert(
      fc.property(word, (text) => {
        expect(textOf(parseMrkdwn(text))).toBe(decodeEntities(text));
      }),
    );
  });
});
