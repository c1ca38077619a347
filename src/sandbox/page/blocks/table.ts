import type { BlockOf, Cell } from '../../slack/block-kit/blocks.js';
import { RichText } from '../chat/text.js';
import { html, type View } from '../shell/html.js';

/** A table or data_table; the first row is its head. Scrolls sideways rather than squeezing its columns. */
export function DataTable({ block }: { block: BlockOf<'table'> | BlockOf<'data_table'> }): View {
  const [head = [], ...body] = block.rows;
  const settings = block.type === 'table' ? (block.column_settings ?? []) : [];
  const classOf = (column: number): string => {
    const setting = settings[column];
    return `${setting?.align ?? 'left'}${setting?.is_wrapped ? ' wrapped' : ''}`;
  };
  // Focusable, so that the keyboard can scroll it.
  return html`<div class="block-table" tabindex="0" role="region" aria-label="Table">
    <table>
      ${block.type === 'data_table' ? html`<caption>${block.caption}</caption>` : null}
      <thead>
        <tr>${head.map((cell, column) => html`<th scope="col" class=${classOf(column)}><${CellView} cell=${cell} /></th>`)}</tr>
      </thead>
      <tbody>
        ${body.map(
          (row) => html`<tr>
            ${row.map((cell, column) => html`<td class=${classOf(column)}><${CellView} cell=${cell} /></td>`)}
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function CellView({ cell }: { cell: Cell }): View {
  if (cell.type === 'rich_text') return html`<${RichText} block=${cell} />`;
  return cell.type === 'raw_text' ? cell.text : (cell.text ?? String(cell.value));
}
