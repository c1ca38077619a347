import { html, type View } from '../shell/html.js';
import { COLOURS, FRAME } from './chart-scale.js';

interface Segment {
  readonly label: string;
  readonly value: number;
}

/** A ring of segments from twelve o'clock on, with the share beside each that has room for it. */
export function pieMarks(segments: readonly Segment[]): View {
  const total = segments.reduce((sum, { value }) => sum + value, 0);
  const [x, y, outer] = [FRAME.width / 2, FRAME.height / 2, FRAME.height / 2 - 18];
  let before = 0;
  return segments.map(({ label, value }, index) => {
    const [start, end] = [before / total, (before + value) / total];
    before += value;
    const share = `${Math.round((value / total) * 100)}%`;
    const middle = pointAt((start + end) / 2, outer * 0.8, { x, y });
    return html`<g key=${label}>
      <path d=${ringOf(start, end, { x, y, outer })} fill=${COLOURS[index % COLOURS.length]} stroke="#fff" stroke-width="1.5">
        <title>${label}: ${value.toLocaleString('en-US')} (${share})</title>
      </path>
      ${value / total > 0.06 ? html`<text class="share" x=${middle.x} y=${middle.y + 4} text-anchor="middle">${share}</text>` : null}
    </g>`;
  });
}

function pointAt(turn: number, radius: number, { x, y }: { x: number; y: number }): { x: number; y: number } {
  const angle = turn * 2 * Math.PI - Math.PI / 2;
  return { x: x + radius * Math.cos(angle), y: y + radius * Math.sin(angle) };
}

function ringOf(start: number, end: number, at: { x: number; y: number; outer: number }): string {
  const inner = at.outer * 0.6;
  // An arc cannot go the whole way round.
  const stop = Math.min(end, start + 0.9999);
  const large = stop - start > 0.5 ? 1 : 0;
  const [a, b] = [pointAt(start, at.outer, at), pointAt(stop, at.outer, at)];
  const [c, d] = [pointAt(stop, inner, at), pointAt(start, inner, at)];
  return `M${a.x} ${a.y}A${at.outer} ${at.outer} 0 ${large} 1 ${b.x} ${b.y}L${c.x} ${c.y}A${inner} ${inner} 0 ${large} 0 ${d.x} ${d.y}Z`;
}
