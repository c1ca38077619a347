import type { Element } from '../../slack/block-kit/elements.js';

/** What every drawn element is given. */
export interface ElementProps<T extends Element = Element> {
  readonly blockId: string;
  readonly element: T;
  /** Name for assistive technology: the input's label, or what the element itself says. */
  readonly label?: string;
  /** Whether it stands in an input block and is labelled by it. */
  readonly isInput?: boolean;
  /** Whether the app only hears of it with the whole form. */
  readonly isSilent?: boolean;
}

/** One element of one type, by its type. */
export type ElementOf<Type extends Element['type']> = Extract<Element, { type: Type }>;
