// Completes package-lock.json: `npm ci` wants an entry for the optional package of every platform, and npm leaves
// those out that its registry cannot serve at the moment (mirrors lag behind). Run by `npm run lock` after a change
// of dependencies. Such entries pin the exact version that their parent names; they carry no hash.
import { readFileSync, writeFileSync } from 'node:fs';

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const OS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const CPU = ['arm64', 'arm', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'];
const words = (name) => name.split('/').at(-1).split(/[-.]/);
const pick = (name, known) => words(name).flatMap((word) => known.filter((one) => one === word || (one === 'arm' && /^arm[a-z]*$/.test(word)))).slice(0, 1);

let added = 0;
for (const [place, parent] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    const [os, cpu] = [pick(name, OS), pick(name, CPU)];
    if (os.length === 0 || find(place, name) || !/^\d/.test(version)) continue;
    const libc = words(name).some((word) => /musl/.test(word)) ? { libc: ['musl'] } : words(name).some((word) => /gnu/.test(word)) && os[0] === 'linux' ? { libc: ['glibc'] } : {};
    lock.packages[`${nearest(place)}node_modules/${name}`] = { version, cpu, ...(parent.dev ? { dev: true } : {}), ...libc, optional: true, os };
    added += 1;
  }
}
const { '': root, ...rest } = lock.packages;
lock.packages = { '': root, ...Object.fromEntries(Object.entries(rest).sort(([a], [b]) => a.localeCompare(b, 'en'))) };
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`${added} platform packages added to package-lock.json\n`);

/** The folder in which a package's own siblings stand: `node_modules/a/node_modules/b` has `node_modules/a/`. */
function nearest(place) {
  return place.slice(0, place.lastIndexOf('node_modules/'));
}

function find(place, name) {
  for (let at = `${place}/`; ; at = nearest(at.slice(0, -1))) {
    if (lock.packages[`${at === '/' ? '' : at}node_modules/${name}`]) return true;
    if (at === '' || at === '/') return false;
  }
}
