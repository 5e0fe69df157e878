// The halt function in Node.js, with CloudFront's key value store replaced by a map.
import assert from 'node:assert/strict';
import { mkdtempSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const here = new URL('.', import.meta.url);
const page = readFileSync(new URL('pages/halted.html', here), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'halt-'));
mkdirSync(join(folder, 'node_modules/cloudfront'), { recursive: true });
writeFileSync(join(folder, 'node_modules/cloudfront/package.json'), '{"type":"module","main":"index.js"}');
// As CloudFront's: get throws for a key that isn't there.
writeFileSync(join(folder, 'node_modules/cloudfront/index.js'), `
  export const values = new Map();
  export default { kvs: (id) => ({ async get(key) {
    if (id !== 'store' || !values.has(key)) throw new Error('KeyNotFound');
    return values.get(key);
  } }) };
`);
// As main.tf puts it together, and with its one function made visible.
const code = readFileSync(new URL('halt.js', here), 'utf8')
  .replace('HALTED_PAGE', () => JSON.stringify(page)).replace('STORE_ID', '"store"');
writeFileSync(join(folder, 'halt.mjs'), `${code}\nexport { handler };\nexport { values } from 'cloudfront';\n`);
const { handler, values } = await import(pathToFileURL(join(folder, 'halt.mjs')).href);

const event = (uri, method = 'GET') => ({ request: { uri, method, headers: {} } });
const passes = async (uri) => {
  const asked = event(uri);
  assert.equal(await handler(asked), asked.request, `${uri} passes while nothing is halted`);
};

for (const uri of ['/', '/v1/status', '/assets/index.js']) await passes(uri);
values.set('halted', 'no');
await passes('/');

values.set('halted', 'yes');
for (const uri of ['/', '/telescope', '/assets/index.js', '/index.html']) {
  const answer = await handler(event(uri));
  assert.equal(answer.statusCode, 503, `${uri} says that the showers are halted`);
  assert.equal(answer.body.data, page);
  assert.equal(answer.headers['cache-control'].value, 'no-store');
}
const answer = await handler(event('/v1/txs', 'POST'));
assert.equal(answer.statusCode, 503, 'no transaction passes while the showers are halted');
assert.equal(JSON.parse(answer.body.data).title, 'Halted');
values.delete('halted');
await passes('/');

// The page needs nothing else: whatever it would load, the function would answer with the page again.
assert.doesNotMatch(page, /<script|<link|<img|@import|url\(|src=/i);
console.log('the halt function: passes, halts, passes again');
