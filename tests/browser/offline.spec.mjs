// Bad connections and none: the app from the phone's cache, an outbox that survives the browser, connections that cut,
// duplicate and reorder.
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, expect } from '@playwright/test';
import { PHONE, alive, fillForm, messagesTo, person, photoFile, test } from './people.mjs';
import { badLine } from './proxy.mjs';
import { port as beside, program, root } from './where.mjs';

const TEXT = 'আমাদের পাড়ার টিউবওয়েল খারাপ, জল নেই।';
const SEND = { name: 'অভিযোগ পাঠান' };

/** Waits until the service worker has cached everything and controls the page. */
async function worked(page) {
  const state = async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    return registration?.active?.state === 'activated' && navigator.serviceWorker.controller !== null;
  };
  await expect.poll(() => page.evaluate(state)).toBe(true);
}

/** A browser whose phone storage outlives it. */
async function phone(folder, baseURL) {
  const { launchOptions, locale } = test.info().project.use;
  const context = await chromium.launchPersistentContext(folder, { ...launchOptions, ...PHONE, locale, baseURL });
  return { context, page: context.pages()[0] ?? (await context.newPage()) };
}

/** The photo as the phone keeps it until it has arrived: the hash of its bytes. */
const keptPhoto = (page) =>
  page.evaluate(async () => {
    const cache = await caches.open('pratikar-photos');
    let request;
    // It is made small first.
    while (!request) {
      await new Promise((done) => setTimeout(done, 20));
      [request] = await cache.keys();
    }
    const bytes = await (await cache.match(request)).arrayBuffer();
    return btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))));
  });

test('a grievance written without a line goes once there is one, though the browser was killed', async () => {
  test.setTimeout(240_000);
  const folder = mkdtempSync(join(tmpdir(), 'phone-'));
  const line = await badLine();
  let { context, page } = await phone(folder, line.base);
  // The worker comes with the second page.
  await page.goto('/');
  await alive(page);
  await page.goto('/mine');
  await worked(page);
  // The tables are fetched with the first question, and kept.
  await page.goto('/lodge/category');
  await page.locator('#category').waitFor();
  line.rule = () => ({ request: true });
  await page.goto('/');
  await alive(page);
  await page.goto('/help');
  await expect(page.locator('main h1')).toHaveText('সাহায্য');
  await expect(page.locator('main .news')).toHaveCount(0);
  // A page that is not on the phone is not silently replaced by another.
  await page.goto('/figures');
  await expect(page.locator('main .news')).toContainText('এই পাতা খোলা গেল না');
  await expect(page.locator('main h1')).toHaveText('সাহায্য');
  await fillForm(page, { text: TEXT, mobile: '9831000001', photo: null });
  await page.goBack();
  await page.locator('#check').waitFor();
  await page.getByRole('link', { name: /ছবি/ }).click();
  await page.locator('#photos').setInputFiles(await photoFile(page));
  await expect(page.locator('.photo-list li')).toHaveCount(1);
  const digest = await keptPhoto(page);
  await page.getByRole('button', { name: 'এগিয়ে যান' }).click();
  await page.locator('#check').waitFor();
  await page.getByRole('button', { name: 'এগিয়ে যান' }).click();
  await page.locator('#gender').waitFor();
  await page.getByRole('button', SEND).click();
  await expect(page.locator('.state .notice')).toContainText('এই ফোনে রাখা আছে');
  await context.close();

  ({ context, page } = await phone(folder, line.base));
  await page.goto('/');
  await alive(page);
  await expect(page.locator('.queue')).toContainText('এই ফোনে রাখা আছে');
  await expect(page.locator('.queue')).not.toContainText('পাঠানো হয়েছে, নম্বর');
  line.rule = () => ({});
  await page.getByRole('button', { name: 'এখনই পাঠান' }).click();
  await expect(page.locator('.queue')).toContainText(/পাঠানো হয়েছে, নম্বর \d{4}\s\d{4}\s\d{4}/);
  expect(await messagesTo(page, '9831000001')).toEqual(['lodged']);
  const piece = () => line.seen.find((seen) => seen.startsWith('PATCH'));
  await expect.poll(piece).toBeTruthy();
  const upload = piece().split(' ')[1];
  await expect.poll(async () => (await page.request.head(upload)).headers()['repr-digest']).toBe(`sha-256=:${digest}:`);
  // The server has the photo a moment before the phone knows that it has.
  await expect.poll(() => page.evaluate(() => localStorage.getItem('pratikar.outbox') ?? '[]')).toBe('[]');
  await page.reload();
  await alive(page);
  await expect(page.locator('.queue')).toHaveCount(0);
  await page.goto('/lodge');
  await alive(page);
  await expect(page.locator('#text')).toHaveValue('');
  await context.close();
  await line.close();
});

const FAULTS = ['request', 'half', 'answer', 'twice', 'wait'];
const STEPS = [
  ['the tables', 'GET', /^\/api\/reference/],
  ['likely duplicates', 'POST', /^\/api\/similar/],
  ['announcing a photo', 'POST', /^\/api\/uploads$/],
  ['asking how far it is', 'HEAD', /^\/api\/uploads\//],
  ['a piece of a photo', 'PATCH', /^\/api\/uploads\//],
  ['the grievance', 'POST', /^\/api\/grievances$/],
];

for (const [index, [what, method, path]] of STEPS.entries()) {
  test(`a line that breaks at ${what} makes one grievance with its whole photo`, async ({ browser }) => {
    test.setTimeout(480_000);
    for (const [number, fault] of FAULTS.entries()) {
      const line = await badLine();
      const page = await person(browser, PHONE, { baseURL: line.base });
      let left = 1;
      line.rule = (request) => {
        // Slow enough that the photo can be looked at before it has gone.
        const slow = request.method === 'PATCH' ? { wait: 400 } : {};
        if (request.method !== method || !path.test(request.url) || left < 1) return slow;
        left -= 1;
        return fault === 'wait' ? { wait: 2_500 } : { ...slow, [fault]: true };
      };
      const mobile = `98320${index}${number}`.padEnd(9, '0') + '1';
      await page.goto('/lodge');
      await alive(page);
      let digest;
      const chosen = async () => (digest = await keptPhoto(page));
      await fillForm(page, { text: TEXT, mobile, photo: await photoFile(page, 1_200, 900), chosen });
      await page.getByRole('button', SEND).click();
      const again = async () => {
        if (await page.locator('#reference').count()) return true;
        const button = page.getByRole('button', SEND);
        if (await button.count()) await button.click().catch(() => {});
        return false;
      };
      await expect.poll(again, { timeout: 30_000, intervals: [1_500] }).toBe(true);
      expect(left, `${what}, ${fault}: the fault was met`).toBe(0);
      expect(await messagesTo(page, mobile), `${what}, ${fault}`).toEqual(['lodged']);
      // The last upload that was announced is the one that the grievance names.
      const piece = () => line.seen.findLast((seen) => seen.startsWith('PATCH'));
      await expect.poll(piece, { timeout: 30_000 }).toBeTruthy();
      const upload = piece().split(' ')[1];
      const here = async () => (await page.request.head(upload)).headers()['repr-digest'] ?? 'on its way';
      await expect.poll(here, { timeout: 40_000 }).toMatch(/^sha-256=/);
      expect(await here(), `${what}, ${fault}`).toBe(`sha-256=:${digest}:`);
      await page.context().close();
      await line.close();
    }
  });
}

test('a newer version is told, waits for the form, and loses nothing', async ({ browser }) => {
  const line = await badLine();
  const page = await person(browser, PHONE, { baseURL: line.base, serviceWorkers: 'allow' });
  await page.goto('/lodge');
  await alive(page);
  await page.locator('#text').fill(TEXT);
  await worked(page);
  await page.evaluate(() => (window.opened = true));
  // The page asks for news once it stands.
  await page.waitForTimeout(3_000);
  line.rule = (request) =>
    request.url.startsWith('/sw.js') ? { rewrite: (body) => Buffer.from(body.toString().replace(/VERSION = '/, "VERSION = 'n")) } : {};
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
  await expect(page.locator('.news')).toContainText('নতুনটি এসে গেছে');
  await page.getByRole('button', { name: 'এগিয়ে যান' }).click();
  await page.locator('#category').waitFor();
  // Still the same page, in the middle of the form.
  expect(await page.evaluate(() => window.opened)).toBe(true);
  await page.getByRole('link', { name: 'প্রতিকার' }).click();
  await expect.poll(() => page.evaluate(() => window.opened ?? false).catch(() => true)).toBe(false);
  await alive(page);
  await page.goto('/lodge');
  await alive(page);
  await expect(page.locator('#text')).toHaveValue(TEXT);
  await line.close();
});

test('a page in another language is no newer version', async ({ browser }) => {
  const context = await browser.newContext({ ...PHONE, serviceWorkers: 'allow' });
  const pages = [];
  for (const path of ['/mine', '/en/mine', '/mine', '/hi/mine', '/mine']) {
    const page = await context.newPage();
    await page.goto(path);
    await alive(page);
    await worked(page);
    await page.waitForTimeout(1_500);
    pages.push(page);
  }
  for (const page of pages) await expect(page.locator('.news')).toHaveCount(0);
  await context.close();
});

test('the kill switch takes the worker back and leaves what was typed', async ({ browser }) => {
  const data = mkdtempSync(join(tmpdir(), 'off-'));
  const port = beside - 2;
  const off = spawn(program, ['--data', data, '--public', `${root}public`, 'serve', '--port', port, '--dist', `${root}dist`, '--no-service-worker']);
  await expect.poll(() => fetch(`http://localhost:${port}/readyz`).then((answer) => answer.ok, () => false)).toBe(true);
  const line = await badLine();
  const page = await person(browser, PHONE, { baseURL: line.base, serviceWorkers: 'allow' });
  await page.goto('/lodge');
  await alive(page);
  await page.locator('#text').fill(TEXT);
  await worked(page);
  line.rule = (request) => (request.url.startsWith('/sw.js') ? { port } : {});
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update().catch(() => {}));
  await expect.poll(() => page.evaluate(async () => Boolean(await navigator.serviceWorker.getRegistration()))).toBe(false);
  expect(await page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith('app-')))).toEqual([]);
  await page.reload();
  await alive(page);
  await expect(page.locator('#text')).toHaveValue(TEXT);
  off.kill();
  await line.close();
});

test('who goes back and forth while it waits is told that it waits, and it goes', async ({ browser }) => {
  const page = await person(browser);
  await fillForm(page, { text: TEXT, mobile: '9831000009' });
  await page.context().setOffline(true);
  await page.getByRole('button', SEND).click();
  await expect(page.locator('.state .notice')).toContainText('এই ফোনে রাখা আছে');
  await page.goBack();
  await expect(page.locator('.queue')).toContainText('এই ফোনে রাখা আছে');
  await page.goForward();
  await expect(page.locator('.queue')).toContainText('এই ফোনে রাখা আছে');
  await expect(page.locator('#gender')).toHaveCount(0);
  await page.context().setOffline(false);
  await expect(page.locator('.queue')).toContainText(/পাঠানো হয়েছে, নম্বর \d{4}/, { timeout: 40_000 });
  expect(await messagesTo(page, '9831000009')).toEqual(['lodged']);
});

test('a phone without room says so and still sends', async ({ browser }) => {
  const page = await person(browser);
  await fillForm(page, { text: TEXT, mobile: '9831000004' });
  await page.evaluate(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    Cache.prototype.put = () => Promise.reject(new DOMException('full', 'QuotaExceededError'));
  });
  await page.context().setOffline(true);
  await page.getByRole('button', SEND).click();
  await expect(page.getByText('আর জায়গা নেই')).toBeVisible();
  await page.context().setOffline(false);
  await page.locator('#reference').waitFor();
  expect(await messagesTo(page, '9831000004')).toEqual(['lodged']);
});

test('a grievance of words alone costs little on the line', async ({ browser }) => {
  const page = await person(browser);
  await page.goto('/lodge');
  await alive(page);
  // Warm: everything that is kept is here.
  await fillForm(page, { text: TEXT, mobile: '9831000005' });
  const client = await page.context().newCDPSession(page);
  await client.send('Network.enable');
  let received = 0;
  let requests = 0;
  let sent = 0;
  client.on('Network.loadingFinished', ({ encodedDataLength }) => (received += encodedDataLength));
  client.on('Network.requestWillBeSent', ({ request }) => {
    requests += 1;
    sent += JSON.stringify(request.headers).length + (request.postData?.length ?? 0) + request.url.length;
  });
  await page.getByRole('button', SEND).click();
  await page.locator('#reference').waitFor();
  await page.waitForTimeout(500);
  expect(requests).toBeLessThanOrEqual(4);
  expect(received + sent).toBeLessThanOrEqual(25 * 1024);
});
