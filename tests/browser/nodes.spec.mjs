// The whole way once more, on PostgreSQL: the official watches at one node while everybody else acts at the other.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { wholeWay } from './story.mjs';
import { WITH_CAMERA, test } from './people.mjs';
import { port as first, program, root } from './where.mjs';

test.use(WITH_CAMERA);

const folder = mkdtempSync('/tmp/pratikar-nodes-');
const running = [];

/** Starts a program that ends with this test. */
function start(command, args) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  running.push(child);
  return child;
}

/** Waits until a node says that it is ready. */
async function ready(base) {
  for (let tries = 0; tries < 300; tries += 1) {
    const answer = await fetch(`${base}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${base} does not come up`);
}

test.afterAll(async () => {
  // The nodes first, the database behind them last.
  for (const child of running.reverse()) {
    const ended = child.exitCode === null ? once(child, 'exit') : null;
    if (child.spawnfile === program) child.kill();
    child.stdin.end();
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

test('one grievance from a phone to redressed, on two nodes of one database', async ({ browser }) => {
  test.setTimeout(480_000);
  const [line] = await once(start(`${root}scripts/postgres`, []).stdout, 'data');
  const options = (node) => [
    ...['--data', `${folder}/${node}`, '--public', `${root}public`, '--database-url', line.toString().trim()],
  ];
  const seed = start(`${program}-seed`, [...options('a'), '--grievances', '300', '--seed', '7']);
  const [code] = await once(seed, 'exit');
  if (code !== 0) throw new Error('the demo was not written');
  mkdirSync(`${folder}/attachments`);
  const bases = [];
  for (const [index, node] of ['a', 'b'].entries()) {
    const port = first + 1 + index;
    if (node === 'b') {
      mkdirSync(`${folder}/b`, { mode: 0o700 });
      copyFileSync(`${folder}/a/secret.key`, `${folder}/b/secret.key`);
    }
    start(program, [...options(node), '--attachments', `${folder}/attachments`, 'serve', '--demo', '--unlimited', '--port', String(port), '--dist', `${root}dist`]);
    bases.push(`http://localhost:${port}`);
    await ready(bases.at(-1));
  }
  await wholeWay(browser, { baseURL: bases[0] }, { baseURL: bases[1] });
});
