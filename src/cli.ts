#!/usr/bin/env node
import { text } from 'node:stream/consumers';
import { runTerminal } from './terminal/program.js';

process.exitCode = await runTerminal(process.argv.slice(2), {
  out: (written) => process.stdout.write(written),
  input: () => text(process.stdin),
  note: (line) => process.stderr.write(`${line}\n`),
});
