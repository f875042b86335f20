// Bytes of the first page of each app: HTML, styles, glue, WebAssembly, catalogue; all Brotli 11, without fonts.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const KIB = 1024;
const dist = process.argv[2];
const brotli = (path) =>
  brotliCompressSync(readFileSync(path), { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
const find = (folder, pattern) => readdirSync(folder).filter((name) => pattern.test(name)).map((name) => join(folder, name));

// `goal` is the goal in docs/benchmarks.md; `limit` is what no change may exceed. Where the limit is above the goal, the
// goal is not met yet.
const apps = [
  {
    name: 'citizen',
    folder: dist,
    catalogues: ['citizen.bn.json'],
    goal: 130,
    limit: 130,
    way: { part: 'questions', words: ['later.bn.json'], goal: 220, limit: 317 },
  },
  { name: 'staff', folder: join(dist, 'staff'), catalogues: ['citizen.bn.json', 'staff.bn.json'], goal: 250, limit: 350 },
];
// For every app, in KiB: what the first answer contains (PERF-01), and styles and glue alone (PERF-04, PERF-05).
const shares = [['shell', ['html', 'css'], 14], ['styles', ['css'], 15], ['glue', ['glue'], 30]];
let failed = false;
for (const app of apps) {
  const parts = [
    ['html', [join(app.folder, 'index.html')]],
    ['css', find(app.folder, /^(base|citizen|staff)-.*\.css$/)],
    ['glue', find(app.folder, /\.js$/)],
    ['wasm', find(app.folder, /_bg\.wasm$/)],
    ['words', app.catalogues.map((name) => join(dist, 'locales', name))],
  ].map(([name, files]) => [name, files.reduce((sum, file) => sum + brotli(file), 0)]);
  const total = parts.reduce((sum, [, bytes]) => sum + bytes, 0);
  const kib = (bytes) => (bytes / KIB).toFixed(1);
  const verdict = total > app.limit * KIB ? 'OVER ITS LIMIT' : total > app.goal * KIB ? `above its goal of ${app.goal}` : 'within its goal';
  console.log(`${app.name.padEnd(8)} ${kib(total)} KiB (${parts.map(([name, bytes]) => `${name} ${kib(bytes)}`).join(', ')}), ${verdict}`);
  for (const [share, of, limit] of shares) {
    const bytes = parts.filter(([name]) => of.includes(name)).reduce((sum, [, bytes]) => sum + bytes, 0);
    if (bytes <= limit * KIB) continue;
    console.log(`  ${share} ${kib(bytes)} KiB, OVER ITS LIMIT of ${limit}`);
    failed = true;
  }
  for (const part of find(app.folder, /\.wasm$/).filter((path) => !path.endsWith('_bg.wasm'))) {
    console.log(`  later: ${part.split('.').at(-2)} ${kib(brotli(part))} KiB`);
  }
  failed ||= total > app.limit * KIB;
  if (app.way) {
    // P1b: what a whole lodging downloads of the built app: the first page, the texts and the parts of the later questions.
    // Tables and answers of the server are not included; tests/browser/pages.spec.mjs counts them as well.
    const parts = readFileSync(find(app.folder, /\.parts\.js$/)[0], 'utf8');
    const chunks = [...parts.matchAll(/\/\* ([^*]*) \*\/\s*const __(chunk_\d+) /g)].filter(([, users]) => users.split(', ').includes(app.way.part));
    const wanted = new RegExp(`\\.(split_${app.way.part}|${chunks.map(([, , name]) => name).join('|')})\\.wasm$`);
    const files = [...find(app.folder, wanted), ...app.way.words.map((name) => join(dist, 'locales', name))];
    const way = total + files.reduce((sum, path) => sum + brotli(path), 0);
    const verdict = way > app.way.limit * KIB ? 'OVER ITS LIMIT' : way > app.way.goal * KIB ? `above its goal of ${app.way.goal}` : 'within its goal';
    console.log(`  a whole lodging ${kib(way)} KiB, ${verdict}`);
    failed ||= way > app.way.limit * KIB;
  }
}
process.exit(failed ? 1 : 0);
