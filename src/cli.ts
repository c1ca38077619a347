#!/usr/bin/env node
import { runTerminal } from './terminal/program.js';

process.exitCode = await runTerminal(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  note: (line) => process.stderr.write(`${line}\n`),
});
