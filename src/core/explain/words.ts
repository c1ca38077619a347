import type { ChangeCause } from './change.js';

/** Each cause in the words of a reader who has never heard of price, volume and mix. */
export const CAUSE_WORDS: Readonly<Record<ChangeCause, string>> = {
  'new-keys': 'New keys',
  'lost-keys': 'Keys no longer used',
  volume: 'Amount of work',
  'model-mix': 'Choice of models',
  'token-mix': 'Kinds of tokens',
  rate: 'Prices',
  other: 'Credits and fees',
  're-allocation': 'Moved by rules',
};
