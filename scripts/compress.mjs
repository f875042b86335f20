// Writes a .br and a .gz beside every file worth it, so that the server hands out finished bytes.
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const folder = process.argv[2];
const walk = (at) =>
  readdirSync(at, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? walk(join(at, entry.name)) : [join(at, entry.name)],
  );

for (const path of walk(folder)) {
  if (/\.(br|gz)$/.test(path)) rmSync(path);
}
for (const path of walk(folder)) {
  if (!/\.(wasm|js|css|json|svg)$/.test(path) || statSync(path).size < 200) continue;
  const bytes = readFileSync(path);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
}
