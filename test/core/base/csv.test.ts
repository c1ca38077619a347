import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRecordReader, parseCsv } from '../../../src/core/base/csv.js';
import { createTextReader, decodeText } from '../../../src/core/base/encoding.js';
import { readRows } from '../../../src/core/base/table.js';

const cellsOf = (text: string) => parseCsv(text).records.map(({ cells }) => cells);
const utf8 = (text: string) => new TextEncoder().encode(text);
const utf16 = (text: string, isBig: boolean, mark = '\uFEFF') => {
  const bytes = Buffer.from(`${mark}${text}`, 'utf16le');
  return isBig ? bytes.swap16() : bytes;
};

describe('a CSV text', () => {
  it.each([',', ';', '\t', '|'])('is read with the delimiter %j that its rows agree on', (delimiter) => {
    const rows = [
      ['Name, or key; what', 'Cost'],
      ['Claude | GPT', '1,5'],
      ['x', ''],
    ];
    const text = rows.map((row) => row.map((cell) => `"${cell}"`).join(delimiter)).join('\n');
    expect(cellsOf(text)).toEqual(rows);
    expect(parseCsv('a;b;c\n1,5;2,5;3\n1,5;2;3\n').delimiter).toBe(';');
    expect(parseCsv('a,b\nx;y;z,1\n').delimiter).toBe(',');
    expect(parseCsv('a|b\n"x;y;z"|"1;2;3"\n"x;y;z"|"1;2;3"\n').delimiter).toBe('|');
    expect(parseCsv('a|b\nx|"1;2;3"\ny|"1;2;3"\n').delimiter).toBe('|');
  });

  it('may have marks in front of records, line breaks of any system, and the line sep= of Excel', () => {
    expect(cellsOf('\uFEFF"a","b"\r\n\uFEFF"1","2"\r\n')).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ]);
    expect(cellsOf('a,b\r1,2\r')).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ]);
    expect(parseCsv('sep=;\na;b\n1;2,5\n').records).toEqual([
      { rowNumber: 2, cells: ['a', 'b'] },
      { rowNumber: 3, cells: ['1', '2,5'] },
    ]);
  });

  it('says whether its last row is whole: a line break or a closed quote ends it', () => {
    expect(parseCsv('a,b\n1,2').isEnded).toBe(false);
    expect(parseCsv('a,b\n1,2\n').isEnded).toBe(true);
    expect(parseCsv('a,b\n1,"2"').isEnded).toBe(true);
  });

  it.each([
    ['a,b\n1,"2', 'x.csv, row 2: a quote is not closed'],
    ['a,b\n1,"2"3\n', 'x.csv, row 2: text follows a closed quote'],
    ['<!DOCTYPE html><html>', 'x.csv is a web page or XML'],
    ['[{"a": 1}]', 'x.csv is JSON'],
    ['a,b\n1\n', 'x.csv, row 2: 1 cells under a header of 2'],
    ['a,b\n1,2,\n', 'x.csv, row 2: 3 cells under a header of 2'],
    [' \n', 'x.csv is empty'],
  ])('that is %j is refused by name', (text, sentence) => {
    expect(() => readRows({ name: 'x.csv', text })).toThrow(sentence);
  });

  it('is the same in slices of any size', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ';', 'é', ' '), maxLength: 5 });
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 3 }), { minLength: 1, maxLength: 4 }),
        fc.nat(7),
        (rows, size) => {
          const text = rows
            .map((row) => row.map((each) => `"${each.replaceAll('"', '""')}"`).join(','))
            .join('\r\n');
          const found: string[][] = [];
          const reader = createRecordReader('x.csv', (cells) => found.push(cells));
          reader.push(text.slice(0, 40)); // the delimiter is found in the first slice
          for (let at = 40; at < text.length; at += size + 1) reader.push(text.slice(at, at + size + 1));
          reader.end();
          expect(found).toEqual(rows);
        },
      ),
    );
  });

  it('with a field without end is refused at a named size, and is never kept whole', () => {
    const reader = createRecordReader('x.csv', () => undefined);
    reader.push('a,b\n1,"');
    let pushed = 0;
    expect(() => {
      for (; pushed < 100; pushed += 1) reader.push('x'.repeat(1_048_576));
    }).toThrow('x.csv, row 2: the row is longer than 4 MB');
    expect(pushed).toBeLessThan(6);
  });
});

describe('the bytes of a text file', () => {
  it('are UTF-8 or UTF-16, with a mark or without', () => {
    const text = 'Team,Größe\nÄ,1\n';
    for (const bytes of [
      utf8(text),
      utf8(`\uFEFF${text}`),
      utf16(text, false),
      utf16(text, true),
      utf16(text, false, ''),
      utf16(text, true, ''),
    ])
      expect(decodeText(bytes, 'x.csv')).toBe(text);
  });

  it('of another encoding are refused with the line and what they would read as, or read as a person says', () => {
    const latin = Buffer.from('Team\nQualit\xe4t\n', 'latin1');
    expect(() => decodeText(latin, 'x.csv')).toThrow(
      'x.csv, line 2: the file is not UTF-8. If it is Windows-1252 (it would then read "Team Qualität")',
    );
    expect(decodeText(latin, 'x.csv', 'windows-1252')).toBe('Team\nQualität\n');
    expect(() => decodeText(latin, 'x.csv', 'klingon')).toThrow('"klingon" is no encoding that is known');
    expect(() => decodeText(utf16('ab', false).subarray(0, 5), 'x.csv')).toThrow('damaged or cut off');
  });

  it('are the same text in slices that cut letters', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 30 }),
        fc.integer({ min: 1, max: 5 }),
        (tail, size) => {
          const text = `header\n${tail}`;
          const bytes = utf8(text);
          const reader = createTextReader('x.csv');
          let read = '';
          for (let at = 0; at < bytes.length; at += size) read += reader.push(bytes.subarray(at, at + size));
          expect(read + reader.end()).toBe(text);
        },
      ),
    );
  });

  it.each([
    [[0x50, 0x4b, 3, 4], 'ZIP archive or an Excel workbook'],
    [[0x50, 0x41, 0x52, 0x31], 'Parquet'],
    [[0x1f, 0x8b], 'gzip'],
    [[0xd0, 0xcf, 0x11, 0xe0], '.xls'],
    [[0x25, 0x50, 0x44, 0x46], 'PDF'],
    [[0x28, 0xb5, 0x2f, 0xfd], 'Zstandard'],
  ])('that are no text are refused by their form: %j', (bytes, form) => {
    expect(() => decodeText(Uint8Array.from([...bytes, 0, 1, 2, 3]), 'x.csv')).toThrow(form);
  });
});
