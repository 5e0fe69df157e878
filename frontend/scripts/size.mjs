// Fails if what the first visit loads is larger than 150 KB after gzip: index.html and what it names, and their imports.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const BUDGET = 150 * 1024;
const page = new URL('../dist/page/', import.meta.url);
const seen = new Map();
// A file brings with it the style sheets, scripts and fonts that it names; import() is left out: it comes later.
function load(path) {
  if (seen.has(path)) return;
  const bytes = readFileSync(new URL(`.${path}`, page));
  seen.set(path, gzipSync(bytes, { level: 9 }).length);
  if (path.endsWith('.html')) {
    for (const [, name] of bytes.toString().matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)) load(name);
  } else if (path.endsWith('.js')) {
    for (const [, name] of bytes.toString().matchAll(/(?:^|;)import[^("']*["']\.\/([^"']+)["']/g))
      load(`/assets/${name}`);
  } else if (path.endsWith('.css')) {
    for (const [, name] of bytes.toString().matchAll(/url\((\/assets\/[^)]+latin-[^)]+)\)/g))
      if (!name.includes('-ext-')) load(name);
  }
}
load('/index.html');
const total = [...seen.values()].reduce((sum, size) => sum + size, 0);
for (const [path, size] of seen) console.log(`${String(size).padStart(8)}  ${path}`);
console.log(`${String(total).padStart(8)}  first load after gzip, of at most ${BUDGET}`);
if (total > BUDGET) {
  console.error('The first load is too large: load what only one page needs with import().');
  process.exit(1);
}
