const MARGIN = 8;
const GAP = 4;

/**
 * Style that fixes a popover under its box, or above it when there is no room: a scrolling list or modal around
 * the box must not cut it off. `least` and `height` are pixels.
 */
export function placeAt(box: Element | null, least = 240, height = 300): string {
  if (!box) return '';
  const { left, top, bottom, width } = box.getBoundingClientRect();
  const wide = Math.min(Math.max(width, least), window.innerWidth - 2 * MARGIN);
  const from = Math.max(MARGIN, Math.min(left, window.innerWidth - wide - MARGIN));
  const isBelow = window.innerHeight - bottom > height || top < height;
  const vertical = isBelow ? `top: ${bottom + GAP}px` : `bottom: ${window.innerHeight - top + GAP}px`;
  return `left: ${from}px; width: ${wide}px; ${vertical}`;
}
