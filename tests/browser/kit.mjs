// The kit (scripts/kit) as a place in the browser: answered from its folder, without a server, at an address of its own.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const FOLDER = new URL('../../target/kit/', import.meta.url).pathname;
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.wasm': 'application/wasm', '.css': 'text/css', '.json': 'application/json' };

/** Where the tests find it. */
export const KIT = 'http://kit.localhost';

function answer(path) {
  // A page of any language is the one page; what calls a server finds none.
  const name = /^\/(\w\w\/?)?$/.test(path) ? 'index.html' : normalize(path).replace(/^\/+/, '');
  try {
    return { status: 200, contentType: TYPES[extname(name)] ?? 'application/octet-stream', body: readFileSync(join(FOLDER, name)) };
  } catch {
    return { status: 404, contentType: 'text/plain', body: 'not in the kit' };
  }
}

/** Answers the kit's address in a context. */
export async function serveKit(context) {
  await context.route(`${KIT}/**`, (route) => route.fulfill(answer(new URL(route.request().url()).pathname)));
}

// `scripts/kit --serve`
if (process.argv[1] === new URL(import.meta.url).pathname) {
  createServer((request, response) => {
    const { status, contentType, body } = answer(new URL(request.url, KIT).pathname);
    response.writeHead(status, { 'content-type': contentType }).end(body);
  }).listen(8082, 'localhost');
  console.log('http://localhost:8082/en/');
}
