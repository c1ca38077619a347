import { type Message, section } from './blocks.js';
import { literalMrkdwn, oneLine } from './text.js';

/** One sentence, as a message. */
export function sentenceMessage(sentence: string): Message {
  return { text: literalMrkdwn(oneLine(sentence)).slice(0, 3000), blocks: [section(sentence)] };
}
