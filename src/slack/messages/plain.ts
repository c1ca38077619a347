import { type Message, section } from '../blocks.js';
import { escapeMrkdwn, oneLine } from '../text.js';

/** One sentence, as a message. */
export function sentenceMessage(sentence: string): Message {
  return { text: escapeMrkdwn(oneLine(sentence)).slice(0, 3000), blocks: [section(sentence)] };
}
