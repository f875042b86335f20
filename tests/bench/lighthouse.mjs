// Lighthouse's mobile scores of the first page, lodging and a case; node lighthouse.mjs ADDRESS: prints JSON. Medians of five.
import { mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import lighthouse from 'lighthouse';

const { chromium } = createRequire(new URL('../browser/package.json', import.meta.url))('@playwright/test');
const { lodgeIn, signInIn } = await import('../browser/states.mjs');
const base = process.argv[2];
const RUNS = 5;
const PORT = 9333;
const context = await chromium.launchPersistentContext(mkdtempSync(join(tmpdir(), 'lighthouse-')), {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  baseURL: base,
  serviceWorkers: 'block',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', `--remote-debugging-port=${PORT}`],
});
const page = context.pages()[0];
const mobile = `98${String(Date.now()).slice(-8)}`;
const number = await lodgeIn(page, '', { mobile });
await signInIn(page, '', mobile);
await page.goto('about:blank');

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const result = {};
for (const [name, path] of [['first page', '/'], ['lodging', '/lodge'], ['a case', `/case/${number}`]]) {
  const seen = {};
  for (let run = 0; run < RUNS; run += 1) {
    const { lhr } = await lighthouse(`${base}${path}`, {
      port: PORT,
      logLevel: 'silent',
      onlyCategories: ['performance', 'accessibility', 'best-practices'],
      disableStorageReset: true,
    });
    if (new URL(lhr.finalDisplayedUrl).pathname !== path) throw new Error(`${path} led to ${lhr.finalDisplayedUrl}`);
    const figures = Object.fromEntries(Object.entries(lhr.categories).map(([id, { score }]) => [id, Math.round(score * 100)]));
    figures.cls = lhr.audits['cumulative-layout-shift'].numericValue;
    for (const id of ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time', 'speed-index', 'interactive']) figures[id] = Math.round(lhr.audits[id].numericValue);
    for (const [id, value] of Object.entries(figures)) (seen[id] ??= []).push(value);
    if (process.env.FAULTS) {
      const low = Object.values(lhr.audits).filter(({ score, scoreDisplayMode }) => score !== null && score < 1 && scoreDisplayMode !== 'informative');
      console.error(name, low.map(({ id, score, displayValue }) => `${id} ${score} ${displayValue ?? ''}`).join('; '));
    }
  }
  result[name] = Object.fromEntries(Object.entries(seen).map(([id, values]) => [id, median(values)]));
}
await context.close();
console.log(JSON.stringify(result));
