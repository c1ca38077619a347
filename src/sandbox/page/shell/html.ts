/// <reference lib="dom" />
import type { ComponentChildren } from 'preact';

export { html } from 'htm/preact';

/** What a component renders. */
export type View = ComponentChildren;
