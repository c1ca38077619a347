import type { Chart, Element } from 'chart.js';
import { AppError } from '../core/base/errors.js';
import { BACKGROUND, FONT_FAMILY, INK } from './theme.js';

/** The few canvas calls we draw with; the compiler knows no DOM here. */
export interface Pen {
  font: string;
  fillStyle: string;
  strokeStyle: string;
  lineWidth: number;
  textAlign: string;
  textBaseline: string;
  lang: string;
  save(): void;
  restore(): void;
  beginPath(): void;
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  rect(x: number, y: number, width: number, height: number): void;
  clip(): void;
  stroke(): void;
  fillRect(x: number, y: number, width: number, height: number): void;
  strokeText(text: string, x: number, y: number): void;
  fillText(text: string, x: number, y: number): void;
  measureText(text: string): { readonly width: number };
}

function isPen(context: unknown): context is Pen {
  return typeof context === 'object' && context !== null && 'measureText' in context;
}

/** The canvas of a chart. @throws AppError `bug` when it has none. */
export function penOf(chart: Chart): Pen {
  const context: unknown = chart.ctx;
  if (!isPen(context)) throw new AppError('bug', 'The chart has no canvas to draw on.');
  return context;
}

/** A number that chart.js worked out for a bar or point; NaN where it has none. */
export function property(element: Element | undefined, name: string): number {
  const value: unknown = element?.getProps([name], true)[name];
  return typeof value === 'number' ? value : Number.NaN;
}

/** A font for the pen. */
export function fontOf(size: number, bold: boolean): string {
  return `${bold ? 'bold ' : ''}${size}px ${FONT_FAMILY}`;
}

/** The text cut in the middle to a width in pixels, in the pen's font: long names often differ at their ends. */
export function fitted(pen: Pen, text: string, width: number): string {
  if (pen.measureText(text).width <= width) return text;
  const characters = Array.from(text);
  for (let kept = characters.length - 1; kept > 0; kept -= 1) {
    const head = characters
      .slice(0, Math.ceil(kept * 0.6))
      .join('')
      .trimEnd();
    const tail = characters
      .slice(characters.length - Math.floor(kept * 0.4))
      .join('')
      .trimStart();
    const cut = `${head}…${tail}`;
    if (pen.measureText(cut).width <= width) return cut;
  }
  return '…';
}

/** Writes text on a white rim, so that no grid line runs through it. */
export function rimmedText(pen: Pen, text: string, at: { x: number; y: number }): void {
  pen.strokeStyle = BACKGROUND;
  pen.lineWidth = 4;
  pen.strokeText(text, at.x, at.y);
  pen.fillStyle = INK;
  pen.fillText(text, at.x, at.y);
}
