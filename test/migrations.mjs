// The folder drizzle/ must be what the schema says: `drizzle-kit generate` finds nothing to add to a copy of it,
// and a database made by its SQL has exactly the columns, keys and indexes of its latest snapshot.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import Database from 'better-sqlite3';

const copy = mkdtempSync(join(tmpdir(), 'apportion-drizzle-'));
const troubles = [];
try {
  cpSync('drizzle', copy, { recursive: true });
  const flags = ['--dialect', 'sqlite', '--schema', './src/store/sqlite/schema/*.ts', '--out', relative('.', copy)]; // it would read an absolute path as ./path;
  const { status, stdout, stderr } = spawnSync('node_modules/.bin/drizzle-kit', ['generate', ...flags], { encoding: 'utf8' });
  if (status !== 0) troubles.push(`drizzle-kit generate failed:\n${stdout}${stderr}`);
  else if (!stdout.includes('No schema changes')) {
    troubles.push(`the schema has changed: run \`npm run db:generate\` and commit drizzle/. ${stdout}`);
  }
  troubles.push(...differences());
} finally {
  rmSync(copy, { recursive: true });
}
for (const trouble of troubles) process.stderr.write(`migrations: ${trouble}\n`);
process.exit(troubles.length === 0 ? 0 : 1);

function differences() {
  const { entries } = JSON.parse(readFileSync('drizzle/meta/_journal.json', 'utf8'));
  const database = new Database(':memory:');
  for (const { tag } of entries) database.exec(readFileSync(`drizzle/${tag}.sql`, 'utf8'));
  const last = String(entries.at(-1).idx).padStart(4, '0');
  const { tables } = JSON.parse(readFileSync(`drizzle/meta/${last}_snapshot.json`, 'utf8'));
  const made = database.prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'").pluck().all();
  const found = made.filter((name) => !(name in tables)).map((name) => `table ${name} is not in the schema.`);
  for (const table of Object.values(tables)) {
    const wanted = describe(Object.values(table.columns), Object.values(table.compositePrimaryKeys)[0]?.columns);
    const actual = columnsOf(database, table.name);
    if (wanted !== actual) found.push(`table ${table.name} is\n  ${actual}\nwhere the schema says\n  ${wanted}`);
    const indexes = database.prepare('select name from pragma_index_list(?)').pluck().all(table.name);
    for (const { name } of Object.values(table.indexes)) if (!indexes.includes(name)) found.push(`index ${name} is missing.`);
  }
  return found;
}

function columnsOf(database, table) {
  const rows = database.prepare('select name, type, "notnull" as isRequired, pk from pragma_table_info(?) order by cid').all(table);
  const key = rows.filter(({ pk }) => pk > 0).toSorted((a, b) => a.pk - b.pk);
  return text(rows.map(({ name, type, isRequired, pk }) => [name, type.toLowerCase(), isRequired === 1 || pk > 0]), key.map(({ name }) => name));
}

function describe(columns, compositeKey) {
  const key = compositeKey ?? columns.filter(({ primaryKey }) => primaryKey).map(({ name }) => name);
  return text(columns.map(({ name, type, notNull }) => [name, type, notNull || key.includes(name)]), key);
}

function text(columns, key) {
  const parts = columns.map(([name, type, isRequired]) => `${name} ${type}${isRequired ? ' not null' : ''}`);
  return `${parts.join(', ')}; key (${key.join(', ')})`;
}
