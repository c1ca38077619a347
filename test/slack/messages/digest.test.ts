import { describe, expect, it } from 'vitest';
import { digestChart } from '../../../src/charts/spec.js';
import { digestMessage } from '../../../src/slack/messages/digest.js';
import { digestFigures } from '../figures.js';

describe('a digest', () => {
  it('says the same week in text, message and chart: Monday to Sunday', () => {
    const figures = digestFigures();
    const { text, blocks } = digestMessage(figures);
    expect(text).toContain('in the week of 9–15 Nov 2026');
    expect(JSON.stringify(blocks)).toContain('in the week of 9–15 Nov 2026');
    expect(digestChart(figures).altText).toContain('9 Nov – 15 Nov: $1,234');
  });
});
