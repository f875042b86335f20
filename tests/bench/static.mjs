// Serves a folder as a good host would: Brotli made beforehand, hashed files kept for ever.
// node static.mjs FOLDER PORT
import { readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';

const [folder, port] = process.argv.slice(2);
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json' };
const files = new Map();
const walk = (at, path) => {
  for (const entry of readdirSync(at, { withFileTypes: true })) {
    if (entry.isDirectory()) walk(join(at, entry.name), `${path}${entry.name}/`);
    else files.set(`${path}${entry.name}`, brotliCompressSync(readFileSync(join(at, entry.name))));
  }
};
walk(folder, '/');
createServer((request, response) => {
  const path = new URL(request.url, 'http://x').pathname;
  const name = files.has(path) ? path : '/index.html';
  const cache = name.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
  response.writeHead(200, { 'content-type': types[extname(name)] ?? 'text/plain', 'content-encoding': 'br', 'cache-control': cache });
  response.end(files.get(name));
}).listen(Number(port), '127.0.0.1');
