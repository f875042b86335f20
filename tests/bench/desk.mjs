// P17: at the desk, milliseconds from the key that decides a case until the next one is drawn and takes keys, without a pointer,
// against the same in plain JavaScript on the same server; and on an officer's phone on a poor line, until the list is there on a
// second visit. node desk.mjs ADDRESS: of a demo server started for this; prints JSON.
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';

const { chromium } = createRequire(new URL('../browser/package.json', import.meta.url))('@playwright/test');
const [base] = process.argv.slice(2);
/** Cases that are decided in a row. */
const DECIDED = 50;
/** Visits of the phone. */
const VISITS = 5;
const STAFF = { 'pratikar-app': 'staff', origin: base, 'content-type': 'application/json' };

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] });
const sorted = (values) => values.toSorted((one, other) => one - other);
const p95 = (values) => Math.round(sorted(values)[Math.ceil(values.length * 0.95) - 1] * 10) / 10;
const median = (values) => Math.round(sorted(values)[Math.floor(values.length / 2)] * 10) / 10;

async function fillDesk(context, count) {
  for (let at = 0; at < count; at += 1) {
    const form = {
      text: `টিউবওয়েল তিন মাস ধরে খারাপ, ${at + 1} নম্বর পাড়ায় জল নেই। পঞ্চায়েতে জানিয়েছি।`,
      district: 307, place: 2827, landmark: `পাড়া ${at + 1}`, name: 'রহিমা বিবি', mobile: `98${String(30_000_000 + at)}`, gender: 'woman', language: 'bn',
    };
    const headers = { 'pratikar-app': 'citizen', origin: base, 'idempotency-key': randomUUID() };
    const answer = await context.request.post(`${base}/api/grievances`, { headers, data: form });
    if (!answer.ok()) throw new Error(`a grievance was not lodged: ${await answer.text()}`);
  }
}

async function signIn(page, username) {
  await page.goto(`${base}/en/staff/`);
  await page.locator('#username').fill(username);
  await page.locator('#password').fill('pratikar-demo');
  await page.locator('form button[type=submit]').click();
  await page.locator('nav.menu').waitFor();
}

/** In the page: from Enter until `isDrawn` for a case other than `before`, and the frame after. */
const measure = ({ before, isDrawn }) => {
  const drawn = new Function('before', `return (${isDrawn})(before)`);
  window.decided = new Promise((resolve) => {
    addEventListener('keydown', function decide(event) {
      if (event.key !== 'Enter') return;
      removeEventListener('keydown', decide, true);
      const look = () => {
        if (!drawn(before)) return requestAnimationFrame(look);
        requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - event.timeStamp)));
      };
      look();
    }, true);
  });
};

async function ours() {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  await signIn(page, 'analyst');
  await page.locator('.rows-list').waitFor();
  await page.evaluate(() => {
    // After the app's own listener, which takes what it acts on.
    addEventListener('keydown', (event) => {
      if (event.key === 'Enter') window.began = event.timeStamp;
      if (event.key === '1') window.heard = event.defaultPrevented ? event.timeStamp : undefined;
    });
  });
  const current = () => page.evaluate(() => document.querySelector('[id^=row-][aria-current=true]')?.id ?? '');
  const isDrawn = `(before) => {
    const link = document.querySelector('[id^=row-][aria-current=true]');
    const number = link?.id.slice(4);
    return Boolean(number) && link.id !== before && document.activeElement === link && document.querySelector('.workplace .about .reference')?.textContent.replace(/\\s/g, '') === number;
  }`;
  const [drawn, heard] = [[], []];
  let decided = false;
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.locator('.workplace').waitFor();
  for (let skipped = 0; drawn.length < DECIDED && skipped < DECIDED; ) {
    const before = await current();
    // One case in twenty is shown without a suggestion: somebody would read it longer; here the next is taken.
    if (!(await page.locator('.probable li').first().waitFor({ timeout: 1_500 }).then(() => true, () => false))) {
      [skipped, decided] = [skipped + 1, false];
      await page.waitForTimeout(300);
      await page.keyboard.press('j');
      await page.waitForFunction((before) => document.querySelector('[id^=row-][aria-current=true]')?.id !== before, before);
      await page.waitForTimeout(300);
      continue;
    }
    // A press that comes too early does nothing: the first that is heard ends the time of the decision before.
    do await page.keyboard.press('1');
    while (!(await page.evaluate(() => window.heard)));
    if (decided) heard.push(await page.evaluate(() => window.heard - window.began));
    await page.waitForFunction(() => document.activeElement?.matches('form.action button[type=submit]'));
    await page.waitForTimeout(300);
    await page.evaluate(measure, { before, isDrawn });
    await page.keyboard.press('Enter');
    drawn.push(await page.evaluate(() => window.decided));
    decided = true;
  }
  await page.context().close();
  return { drawn, heard };
}

const PLAIN = `<!doctype html><meta charset="utf-8"><title>Desk</title><style>body{display:grid;grid-template-columns:1fr 2fr;font:16px sans-serif}.open{font-weight:bold}</style>
<ul id="list"></ul><article id="case" tabindex="-1"></article><script type="module">
const headers = { 'pratikar-app': 'staff', 'content-type': 'application/json' };
const get = async (path) => (await fetch(path, { headers })).json();
const element = (name, text) => Object.assign(document.createElement(name), { textContent: text });
let { rows } = await get('/api/queues/desk');
const known = new Map();
const fetched = (reference) => { if (!known.has(reference)) known.set(reference, get('/api/grievances/' + reference)); return known.get(reference); };
const list = document.querySelector('#list'), article = document.querySelector('#case');
list.replaceChildren(...rows.map(({ reference, title }) => Object.assign(element('li', reference + ' ' + title), { id: 'row-' + reference })));
async function show() {
  const found = await fetched(rows[0].reference);
  list.querySelector('.open')?.classList.remove('open');
  document.getElementById('row-' + found.line.reference).classList.add('open');
  article.replaceChildren(element('h1', found.line.title), element('p', found.text), ...found.timeline.map(({ kind, at }) => element('p', kind + ' ' + at)), ...(found.suggestion?.likely ?? []).map(({ category }) => element('button', category)));
  article.dataset.case = found.line.reference;
  article.focus();
  if (rows[1]) fetched(rows[1].reference);
}
addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || rows.length < 2) return;
  const [{ reference, version }] = rows;
  fetch('/api/grievances/' + reference + '/actions', { method: 'POST', headers: { ...headers, 'idempotency-key': crypto.randomUUID(), 'if-match': '"' + version + '"' }, body: JSON.stringify({ categorise: { category: 'water.tubewell', department: 'PHE', lane: 'ordinary' } }) })
    .then((answer) => { window.sent = (window.sent ?? 0) + answer.ok; });
  document.getElementById('row-' + reference).remove();
  rows = rows.slice(1);
  show();
});
await show();
</script>`;

async function plain() {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  await page.route('**/bench-desk', (route) => route.fulfill({ contentType: 'text/html', body: PLAIN }));
  await signIn(page, 'analyst2');
  await page.goto(`${base}/bench-desk`);
  await page.locator('#case[data-case]').waitFor();
  const times = [];
  const isDrawn = "(before) => document.querySelector('#case').dataset.case !== before && document.activeElement.id === 'case'";
  for (let at = 0; at < DECIDED - 10; at += 1) {
    const before = await page.evaluate(() => document.querySelector('#case').dataset.case);
    await page.waitForTimeout(150);
    await page.evaluate(measure, { before, isDrawn });
    await page.keyboard.press('Enter');
    times.push(await page.evaluate(() => window.decided));
  }
  if (!(await page.evaluate(() => window.sent))) throw new Error('the plain page has decided nothing');
  await page.context().close();
  return times;
}

/** An officer's phone: the list on a second visit, at 400 kbit/s, 400 ms and a processor six times as slow. */
async function phone() {
  const context = await browser.newContext({ viewport: { width: 360, height: 800 } });
  const page = await context.newPage();
  await signIn(page, 'officer.phe.bolpur-sriniketan');
  await page.locator('.worklist h1').waitFor();
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated', undefined, { timeout: 60_000 }).catch(() => undefined);
  await page.waitForTimeout(2_000);
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 });
  await session.send('Emulation.setCPUThrottlingRate', { rate: 6 });
  const times = [];
  for (let visit = 0; visit < VISITS; visit += 1) {
    const started = performance.now();
    await page.goto(`${base}/en/staff/`, { waitUntil: 'commit' });
    await page.locator('.worklist [role=status]', { hasText: /\d/ }).first().waitFor();
    times.push(performance.now() - started);
  }
  await context.close();
  return times;
}

const helper = await browser.newContext();
await fillDesk(helper, 2 * DECIDED + 30);
const [desk, reference, list] = [await ours(), await plain(), await phone()];
await browser.close();
const { drawn, heard } = desk;
console.log(JSON.stringify({ decided: drawn.length, drawn: p95(drawn), median: median(drawn), heard: p95(heard), plain: p95(reference), plainMedian: median(reference), list: median(list) }));
