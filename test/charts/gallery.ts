import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawChart } from '../../src/charts/draw.js';
import { CHART_CASES } from './cases.js';

// npx tsx test/charts/gallery.ts [folder]: every chart as a PNG, for a person to look at.
const folder = process.argv[2] ?? mkdtempSync(join(tmpdir(), 'apportion-charts-'));
for (const [name, request] of CHART_CASES) {
  const { png, altText } = await drawChart(request);
  writeFileSync(join(folder, `${name}.png`), png);
  process.stdout.write(`${name}: ${altText}\n`);
}
process.stdout.write(`${CHART_CASES.length} charts in ${folder}\n`);
