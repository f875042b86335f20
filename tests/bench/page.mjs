// P2: milliseconds until the first answer can be typed, and until the app is fully alive.
// node page.mjs OURS REACT PLAIN: three addresses; prints JSON.
import { createRequire } from 'node:module';

const { chromium } = createRequire(new URL('../browser/package.json', import.meta.url))('@playwright/test');
const [ours, react, plain] = process.argv.slice(2);
const RUNS = 5;
const PROFILES = {
  'slow 4G, 4x CPU': { latency: 150, down: 204_800, up: 93_750, cpu: 4 },
  '400 kbit/s, 400 ms, 6x CPU': { latency: 400, down: 50_000, up: 50_000, cpu: 6 },
};
const PAGES = { ours: [`${ours}/lodge`, '#app #text'], react: [`${react}/lodge`, '#text'], plain: [`${plain}/`, '#text'] };
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'] });

async function visit(page, address, alive) {
  const started = performance.now();
  await page.goto(address, { waitUntil: 'commit' });
  await page.locator('#text').first().waitFor({ state: 'visible' });
  const typed = performance.now() - started;
  await page.locator(alive).first().waitFor({ state: 'visible' });
  return { typed, alive: performance.now() - started };
}

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
const result = {};
for (const [profile, { latency, down, up, cpu }] of Object.entries(PROFILES)) {
  const seen = {};
  for (let run = 0; run < RUNS; run += 1) {
    for (const [name, [address, alive]] of Object.entries(PAGES)) {
      const context = await browser.newContext({ viewport: { width: 360, height: 800 } });
      const page = await context.newPage();
      const session = await context.newCDPSession(page);
      await session.send('Network.enable');
      await session.send('Network.emulateNetworkConditions', { offline: false, latency, downloadThroughput: down, uploadThroughput: up });
      await session.send('Emulation.setCPUThrottlingRate', { rate: cpu });
      const first = await visit(page, address, alive);
      // The next visit is by somebody who has begun to answer, since only then the app is installed on the phone. It comes
      // after this one has settled, including the service worker.
      await page.locator('#text').first().fill('জল নেই');
      // On a slow connection that takes a while, so the service worker is waited for where there is one.
      await page.waitForTimeout(1_500);
      if (name === 'ours') await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated', undefined, { timeout: 60_000 });
      const second = await visit(page, address, alive);
      for (const [what, value] of Object.entries({ typed: first.typed, alive: first.alive, again: second.typed })) {
        ((seen[name] ??= {})[what] ??= []).push(value);
      }
      await context.close();
    }
  }
  result[profile] = Object.fromEntries(
    Object.entries(seen).map(([name, figures]) => [name, Object.fromEntries(Object.entries(figures).map(([what, values]) => [what, Math.round(median(values))]))]),
  );
}
await browser.close();
console.log(JSON.stringify(result));
