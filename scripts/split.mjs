// Trunk's hook after each build: cuts the app's module at the functions that carry `#[wasm_split]`, so that the first
// page downloads only what it needs and parts are downloaded later. Optimises, and names the files by their content.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { TRUNK_STAGING_DIR: staging, TRUNK_PROFILE: profile, CARGO_TARGET_DIR: target = 'target' } = process.env;
const release = profile === 'release';
const run = (command, ...rest) => execFileSync(command, rest, { stdio: ['ignore', 'ignore', 'inherit'] });
// What rustc enables by default: wasm-opt reads it from a section that the splitter drops.
const FEATURES = ['bulk-memory', 'nontrapping-float-to-int', 'sign-ext', 'mutable-globals', 'reference-types', 'multivalue'];

const built = readdirSync(staging).find((name) => name.endsWith('_bg.wasm'));
const old = built.replace('_bg.wasm', '');
const app = old.replace(/-[0-9a-f]+$/, '');
const work = mkdtempSync(join(tmpdir(), 'split-'));
const module = join(target, 'wasm32-unknown-unknown', release ? 'wasm-release' : 'debug', `${app}.wasm`);
run('wasm-split-cli', '--out-name', app, module, work);

const parts = readdirSync(work).filter((name) => name.endsWith('.wasm') && name !== `${app}.wasm`);
const hash = createHash('sha256').update(readFileSync(new URL(import.meta.url)));
for (const tool of ['wasm-bindgen', 'wasm-opt']) hash.update(execFileSync(tool, ['--version']));
for (const name of readdirSync(work).sort()) hash.update(readFileSync(join(work, name)));
const name = `${app}-${hash.digest('hex').slice(0, 16)}`;
run('wasm-bindgen', '--target', 'web', '--no-typescript', '--keep-lld-exports', '--out-dir', staging, '--out-name', name, join(work, `${app}.wasm`));

// Flattening first finds more equal code; ordering functions by name puts similar ones together, which Brotli compresses
// better. Both save two percent.
const PASSES = ['--flatten', '--rereloop', '-Oz', '-Oz', '--reorder-functions-by-name', '--low-memory-unused'];
const optimise = (from, to) =>
  release ? run('wasm-opt', ...PASSES, ...FEATURES.map((feature) => `--enable-${feature}`), from, '-o', to) : renameSync(from, to);
optimise(join(staging, `${name}_bg.wasm`), join(work, 'main'));
writeFileSync(join(staging, `${name}_bg.wasm`), readFileSync(join(work, 'main')));
for (const part of parts) optimise(join(work, part), join(staging, `${name}.${part}`));

// Scripts and page refer to the files by these names.
const edit = (path, change) => writeFileSync(path, change(readFileSync(path, 'utf8')));
const links = `${name}.parts.js`;
writeFileSync(join(staging, links), readFileSync(join(work, '__wasm_split.js')));
edit(join(staging, links), (text) =>
  parts.reduce((text, part) => text.replaceAll(`./${part}`, `./${name}.${part}`), text.replaceAll(`./${app}.js`, `./${name}.js`)),
);
edit(join(staging, `${name}.js`), (text) => text.replaceAll('from "./__wasm_split.js"', `from "./${links}"`));
const page = join(staging, readdirSync(staging).find((file) => file.endsWith('.html')));
edit(page, (text) =>
  text
    .replaceAll(old, name)
    // Requested at once, not only when the first script refers to it.
    .replace(/<link rel="modulepreload" href="([^"]*\/)[^"]*"[^>]*>/, (link, base) => `${link}<link rel="modulepreload" href="${base}${links}">`),
);
for (const file of readdirSync(staging).filter((file) => file.startsWith(old) && old !== name)) rmSync(join(staging, file));
rmSync(work, { recursive: true });
