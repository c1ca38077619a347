/** Quoted where need be (RFC 4180); what a spreadsheet would take for a formula gets an apostrophe. */
export function textCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return quoted(safe);
}

/** A number as it is: a minus begins no formula there. */
const NUMBER = /^-?\d+(\.\d+)?$/;

/** A line of cells with its line break; numbers stay numbers, all else is text. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map((cell) => (NUMBER.test(cell) ? cell : textCell(cell))).join(',')}\r\n`;
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
