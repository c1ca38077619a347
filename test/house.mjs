// The import table of the house, checked; and a guard against a green check of nothing.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

const { status, stdout, stderr } = spawnSync('node_modules/.bin/depcruise', ['--config', '.dependency-cruiser.cjs', 'src'], { encoding: 'utf8' });
process.stdout.write(stdout);
process.stderr.write(stderr);
const cruised = Number(/\((\d+) modules/.exec(stdout)?.[1] ?? 0);
const sources = readdirSync('src', { recursive: true }).filter((file) => file.endsWith('.ts')).length;
if (cruised < sources) {
  process.stderr.write(`The import check saw ${cruised} of ${sources} source files.\n`);
  process.exit(1);
}
process.exit(status ?? 1);
