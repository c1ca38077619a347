// What must run before there is a node_modules: installs what is missing, builds what is stale, runs the checks.
// Plain JavaScript on purpose; everything else in src/ is TypeScript.
import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bin = (name) => `node_modules/.bin/${name}`;
const STEPS = [
  ['types', bin('tsc'), ['-p', 'test/tsconfig.json']],
  ['lint', bin('oxlint'), ['--quiet']],
  ['format', bin('biome'), ['ci', '.', '--reporter=summary']],
  ['house', 'node', ['test/house.mjs']],
  ['dead code', bin('knip'), ['--no-config-hints']],
  ['exports that only tests use', bin('knip'), ['--no-config-hints', '--production']],
];

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(`Apportion needs Node 20.19 or newer; this is ${process.versions.node}.`);
}

const wish = process.argv[2];
if (wish === 'verify') await verify();
else {
  install();
  build();
  if (wish === 'check') check();
}

function install() {
  const wanted = hash(['package-lock.json']) + process.versions.modules;
  if (read('node_modules/.apportion-setup') === wanted) return;
  say('Installing dependencies (the first time this may compile SQLite for two minutes) ...');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync('node_modules/.apportion-setup', wanted);
}

function build() {
  const wanted = hash(['tsconfig.json', ...files('src')]);
  if (read('dist/.built') === wanted) return;
  say('Building ...');
  run('node', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json']);
  mkdirSync('dist', { recursive: true });
  writeFileSync('dist/.built', wanted);
}

/** Everything, one after the other, with all that it prints. */
function check() {
  for (const [name, command, args] of [...STEPS, ['migrations', 'node', ['test/migrations.mjs']], ['tests', bin('vitest'), ['run']]]) {
    say(`check: ${name}`);
    run(command, args);
  }
}

/**
 * What a contributor runs before each commit: side by side, with only the output of what failed. It installs nothing:
 * worktrees may share one node_modules, which `npm ci` would empty for all of them.
 */
async function verify() {
  if (!existsSync('node_modules')) fail('Run npm run setup first: there is no node_modules.');
  const tests = tried('tests of core and docs', bin('vitest'), ['run', 'test/core', 'test/docs']);
  let passed = true;
  for (const step of STEPS) passed = (await tried(...step)) && passed;
  if (!(await tests) || !passed) process.exit(1);
}

function tried(name, command, args) {
  const began = Date.now();
  return new Promise((resolve) => {
    execFile(command, args, { maxBuffer: 1e8 }, (error, stdout, stderr) => {
      say(`${error ? 'FAILED' : 'ok    '} ${name} (${Math.round((Date.now() - began) / 1000)} s)`);
      if (error) say(`${stdout}${stderr}`);
      resolve(error === null);
    });
  });
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
  if (error) fail(`Could not run ${command}: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

function files(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function hash(paths) {
  const sum = createHash('sha256');
  for (const path of paths) sum.update(path).update('\0').update(readFileSync(path)).update('\0');
  return sum.digest('hex');
}

function read(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

function say(line) {
  process.stderr.write(`${line}\n`);
}

function fail(sentence) {
  say(sentence);
  process.exit(1);
}
