// Fails where modules of the server need each other in a circle: then none can be read, moved or tested without the rest.
//
//   node scripts/circles.mjs [FOLDER]      the crate's folder; src/server where none is given
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const root = process.argv[2] ?? 'src/server';
/** @type {Map<string, Map<string, string>>} For each module the modules that it uses, with a file that does. */
const uses = new Map();

for (const file of readdirSync(root, { recursive: true }).filter((name) => name.endsWith('.rs'))) {
  const module = file.split('/')[0].replace(/\.rs$/, '');
  if (module === 'lib' || module === 'main') continue;
  const code = readFileSync(join(root, file), 'utf8').replace(/\/\/.*/g, '').split('#[cfg(test)]\nmod tests')[0];
  const found = [...code.matchAll(/\bcrate::(\w+)/g)].map(([, name]) => name);
  for (const [, list] of code.matchAll(/\bcrate::\{([^;]*)\};/g)) {
    // Names inside inner braces belong to the module before them.
    found.push(...list.replace(/\{[^}]*\}/g, '').split(',').map((part) => part.trim().split(/\W/)[0]));
  }
  const own = uses.get(module) ?? new Map();
  for (const name of found) if (name && name !== module && !own.has(name)) own.set(name, file);
  uses.set(module, own);
}

/** The shortest way from a module back to itself; nothing where there is none. */
function circle(start) {
  const ways = [[start]];
  const seen = new Set();
  for (const way of ways) {
    for (const next of uses.get(way.at(-1))?.keys() ?? []) {
      if (next === start) return [...way, next];
      if (!seen.has(next)) {
        seen.add(next);
        ways.push([...way, next]);
      }
    }
  }
  return undefined;
}

if (uses.size < 2) throw new Error(`there are no modules in ${root}`);
const circles = [...uses.keys()].map(circle).filter(Boolean);
const told = new Set();
for (const way of circles) {
  const members = [...new Set(way)].sort().join(' ');
  if (told.has(members)) continue;
  told.add(members);
  console.error(way.map((name, at) => (at === 0 ? name : `→ ${name} (${uses.get(way[at - 1]).get(name)})`)).join(' '));
}
if (told.size > 0) process.exit(1);
console.log(`${uses.size} modules without a circle`);
