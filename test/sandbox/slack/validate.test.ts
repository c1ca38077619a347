import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Surface, validateBlocks, validateView } from '../../../src/sandbox/slack/validate.js';

const plain = (text: string) => ({ type: 'plain_text', text });
const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });
const option = (value: string) => ({ text: plain(value), value });
const actions = (...elements: object[]) => ({ type: 'actions', elements });
const input = (element: object, extra: object = {}) => ({
  type: 'input',
  label: plain('Label'),
  element,
  ...extra,
});
const button = (extra: object = {}) => ({ type: 'button', text: plain('Go'), ...extra });
const select = (extra: object) => ({ type: 'static_select', ...extra });
const image = (extra: object = {}) => ({
  type: 'image',
  alt_text: 'Chart',
  image_url: 'https://x.test/a.png',
  ...extra,
});
const cells = (columns: number, text = 'x') =>
  Array.from({ length: columns }, () => ({ type: 'raw_text', text }));
const table = (rows: number, columns = 2, text = 'x') => ({
  type: 'table',
  rows: Array.from({ length: rows }, () => cells(columns, text)),
});
const many = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, i) => make(i));
const number = { type: 'number_input', is_decimal_allowed: true };

type Row = readonly [name: string, surface: Surface, blocks: unknown, pointer: string, message: string];
const refused: readonly Row[] = [
  [
    'a header over 150 characters',
    'message',
    [{ type: 'header', text: plain('x'.repeat(151)) }],
    '/blocks/0/text/text',
    'must be less than 151 characters',
  ],
  [
    'a section over 3,000 characters',
    'message',
    [section('x'.repeat(3001))],
    '/blocks/0/text/text',
    'must be less than 3001 characters',
  ],
  ['an empty text', 'message', [section('')], '/blocks/0/text/text', 'must be more than 0 characters'],
  [
    'a section without text or fields',
    'message',
    [{ type: 'section' }],
    '/blocks/0',
    'missing required field: text or fields',
  ],
  [
    'eleven fields',
    'message',
    [{ type: 'section', fields: many(11, () => plain('x')) }],
    '/blocks/0/fields',
    'no more than 10 items allowed',
  ],
  [
    'fifty-one blocks in a message',
    'message',
    many(51, () => ({ type: 'divider' })),
    '/blocks',
    'no more than 50 items allowed',
  ],
  [
    'a hundred and one blocks in a home tab',
    'home',
    many(101, () => ({ type: 'divider' })),
    '/blocks',
    'no more than 100 items allowed',
  ],
  ['an unknown block', 'message', [{ type: 'marquee' }], '/blocks/0/type', 'unsupported type'],
  [
    'an unknown property',
    'message',
    [{ type: 'divider', colour: 'red' }],
    '/blocks/0',
    'invalid additional property: colour',
  ],
  [
    'an image without alt text',
    'message',
    [image({ alt_text: undefined })],
    '/blocks/0/alt_text',
    'missing required field',
  ],
  [
    'an image with two sources',
    'message',
    [image({ slack_file: { id: 'F12345678' } })],
    '/blocks/0',
    'must provide exactly one of image_url or slack_file',
  ],
  [
    'a table in a modal',
    'modal',
    [table(2)],
    '/blocks/0',
    'unsupported type: table is not allowed in a modal',
  ],
  [
    'a table in a home tab',
    'home',
    [table(2)],
    '/blocks/0',
    'unsupported type: table is not allowed in a home',
  ],
  [
    'an alert in a message',
    'message',
    [{ type: 'alert', text: plain('Hm') }],
    '/blocks/0',
    'unsupported type: alert is not allowed in a message',
  ],
  [
    'a number input in a message',
    'message',
    [input(number)],
    '/blocks/0',
    'unsupported type: number_input is not allowed in a message',
  ],
  ['two tables', 'message', [table(2), table(2)], '/blocks', 'only_one_table_allowed'],
  ['a table of 101 rows', 'message', [table(101)], '/blocks/0/rows', 'no more than 100 items allowed'],
  ['a table of 21 columns', 'message', [table(2, 21)], '/blocks/0/rows/0', 'no more than 20 items allowed'],
  [
    'a table over 10,000 characters',
    'message',
    [table(100, 2, 'x'.repeat(51))],
    '/blocks',
    'table cells hold more than 10000 characters',
  ],
  [
    'a ragged table',
    'message',
    [{ type: 'table', rows: [cells(2), cells(3)] }],
    '/blocks/0/rows',
    'rows must have equal lengths',
  ],
  [
    'a block_id used twice',
    'message',
    [
      { type: 'divider', block_id: 'a' },
      { type: 'divider', block_id: 'a' },
    ],
    '/blocks/1/block_id',
    'block_id "a" already exists',
  ],
  [
    'an action_id used twice in a block',
    'message',
    [actions(button({ action_id: 'a' }), button({ action_id: 'a' }))],
    '/blocks/0',
    'action_id "a" already exists',
  ],
  [
    'a button text over 75 characters',
    'message',
    [actions(button({ text: plain('x'.repeat(76)) }))],
    '/blocks/0/elements/0/text/text',
    'must be less than 76 characters',
  ],
  [
    'a button of an unknown style',
    'message',
    [actions(button({ style: 'huge' }))],
    '/blocks/0/elements/0/style',
    'must be one of: primary, danger',
  ],
  [
    'twenty-six elements',
    'message',
    [actions(...many(26, () => button()))],
    '/blocks/0/elements',
    'no more than 25 items allowed',
  ],
  [
    'a text input among actions',
    'message',
    [actions({ type: 'plain_text_input' })],
    '/blocks/0/elements/0/type',
    'unsupported type',
  ],
  [
    'a select without options',
    'message',
    [actions(select({}))],
    '/blocks/0/elements/0',
    'must provide exactly one of options or option_groups',
  ],
  [
    '101 options',
    'message',
    [actions(select({ options: many(101, (i) => option(String(i))) }))],
    '/blocks/0/elements/0/options',
    'no more than 100 items allowed',
  ],
  [
    'an option value over 75 characters',
    'message',
    [actions(select({ options: [{ text: plain('a'), value: 'x'.repeat(76) }] }))],
    '/blocks/0/elements/0/options/0/value',
    'must be less than 76 characters',
  ],
  [
    'an initial option that is not offered',
    'message',
    [actions(select({ options: [option('a')], initial_option: option('b') }))],
    '/blocks/0/elements/0',
    'initial option must match one of the options',
  ],
  [
    'six overflow options',
    'message',
    [actions({ type: 'overflow', options: many(6, (i) => option(String(i))) })],
    '/blocks/0/elements/0/options',
    'no more than 5 items allowed',
  ],
  [
    'eleven checkboxes',
    'message',
    [actions({ type: 'checkboxes', options: many(11, (i) => option(String(i))) })],
    '/blocks/0/elements/0/options',
    'no more than 10 items allowed',
  ],
  [
    'a number input that does not say whether decimals are allowed',
    'modal',
    [input({ type: 'number_input' })],
    '/blocks/0/element/is_decimal_allowed',
    'missing required field',
  ],
  [
    'two elements that want the focus',
    'modal',
    many(2, () => input({ type: 'plain_text_input', focus_on_load: true })),
    '/blocks',
    'only one element may have focus_on_load',
  ],
  [
    'eleven context elements',
    'message',
    [{ type: 'context', elements: many(11, () => plain('x')) }],
    '/blocks/0/elements',
    'no more than 10 items allowed',
  ],
];

const modal = (extra: object = {}) => ({ type: 'modal', title: plain('Title'), blocks: [], ...extra });

describe('validateBlocks', () => {
  it.each(refused)('refuses %s', (...[, surface, blocks, pointer, message]) => {
    expect(validateBlocks(surface, blocks)).toContainEqual({ pointer, message });
  });

  it.each([
    ['fifty blocks', 'message', many(50, () => ({ type: 'divider' }))],
    ['a header of 150 characters', 'message', [{ type: 'header', text: plain('x'.repeat(150)) }]],
    ['a table of 100 rows and 20 columns', 'message', [table(100, 20)]],
    ['a number input in a modal', 'modal', [input(number)]],
    ['an alert in a modal', 'modal', [{ type: 'alert', text: plain('Hm'), level: 'warning' }]],
    [
      'an initial option among groups',
      'home',
      [
        actions(
          select({
            option_groups: [{ label: plain('g'), options: [option('a')] }],
            initial_option: option('a'),
          }),
        ),
      ],
    ],
  ] as const)('accepts %s', (_name, surface, blocks) => {
    expect(validateBlocks(surface, blocks)).toEqual([]);
  });

  it('judges any value without throwing, and points into it', () => {
    const json = fc.jsonValue();
    fc.assert(
      fc.property(
        fc.oneof(
          json,
          fc.array(
            fc.record({
              type: fc.constantFrom('section', 'actions', 'table', 'x'),
              text: json,
              rows: json,
              elements: json,
            }),
          ),
        ),
        (value) => {
          for (const problem of validateBlocks('message', value)) {
            expect(problem.pointer).toMatch(/^\/blocks(\/|$)/);
            expect(problem.message).not.toBe('');
          }
        },
      ),
    );
  });

  it('accepts a section exactly when its text has 1 to 3,000 characters', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6000 }), (length) => {
        const isAccepted = validateBlocks('message', [section('x'.repeat(length))]).length === 0;
        expect(isAccepted).toBe(length >= 1 && length <= 3000);
      }),
    );
  });
});

describe('validateView', () => {
  it.each([
    ['a title over 24 characters', modal({ title: plain('x'.repeat(25)) }), '/view/title/text'],
    [
      'inputs without a submit button',
      modal({ blocks: [input({ type: 'plain_text_input' })] }),
      '/view/submit',
    ],
    [
      'private metadata over 3,000 characters',
      modal({ private_metadata: 'x'.repeat(3001) }),
      '/view/private_metadata',
    ],
    ['a table in its blocks', modal({ blocks: [table(2)] }), '/view/blocks/0'],
    ['a home tab with a title', { type: 'home', blocks: [], title: plain('No') }, '/view'],
    ['no view at all', undefined, '/view'],
  ])('refuses %s', (_name, view, pointer) => {
    expect(validateView(view).map((problem) => problem.pointer)).toContain(pointer);
  });

  it('refuses a view over 250 kB', () => {
    const blocks = many(100, () => section('é'.repeat(2900)));
    expect(validateView(modal({ blocks }))).toContainEqual({
      pointer: '/view',
      message: 'view is too large',
    });
  });

  it('accepts a modal whose inputs have a submit button', () => {
    expect(validateView(modal({ submit: plain('Save'), blocks: [input(number)] }))).toEqual([]);
  });
});
