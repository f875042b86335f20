// Nothing typed is lost, nothing is sent twice, and the service is useful where the app cannot run.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { DESKTOP, PHONE, alive, fillForm, lodge, messagesTo, person, photoFile, staff, test } from './people.mjs';
import { port as beside, program, root } from './where.mjs';

const TEXT = 'আমাদের পাড়ার টিউবওয়েল খারাপ, জল নেই।';

test('what is typed survives a reload, Back and another language', async ({ browser }) => {
  const page = await person(browser);
  await fillForm(page, { text: TEXT, mobile: '9830011111' });
  await page.reload();
  await alive(page);
  await page.goto('/lodge');
  await alive(page);
  await expect(page.locator('#text')).toHaveValue(TEXT);
  await page.locator('details.languages summary').click();
  await page.getByRole('link', { name: 'English' }).click();
  await alive(page);
  expect(new URL(page.url()).pathname).toBe('/en/lodge');
  await expect(page.locator('#text')).toHaveValue(TEXT);
  await page.getByRole('button', { name: 'Delete it' }).click();
  await page.getByRole('button', { name: 'No, keep it' }).click();
  await expect(page.locator('#draft-delete')).toBeFocused();
  await page.getByRole('button', { name: 'Delete it' }).click();
  await page.getByRole('button', { name: 'Yes, delete it' }).click();
  await page.goto('/lodge');
  await alive(page);
  await expect(page.locator('#text')).toHaveValue('');
  expect(page.complaints).toEqual([]);
});

test('pressing twice on a slow line lodges once, and Back does not lodge again', async ({ browser }) => {
  const page = await person(browser);
  await fillForm(page, { text: TEXT, mobile: '9830022222' });
  await page.route('**/api/grievances', async (route) => {
    await new Promise((done) => setTimeout(done, 1_500));
    await route.continue();
  });
  const button = page.locator('button[type=submit]');
  await button.click();
  await button.click({ delay: 50 });
  await page.locator('#reference').waitFor();
  await page.goBack();
  await page.waitForTimeout(500);
  expect(await messagesTo(page, '9830022222')).toEqual(['lodged']);
});

test('a dead line keeps the grievance and sends it when it is back', async ({ browser }) => {
  const page = await person(browser);
  await fillForm(page, { text: TEXT, mobile: '9830033333' });
  await page.context().setOffline(true);
  await page.getByRole('button', { name: 'অভিযোগ পাঠান' }).click();
  await expect(page.getByText('এখনও পাঠানো যায়নি')).toBeVisible();
  await page.context().setOffline(false);
  await page.locator('#reference').waitFor();
  expect(await messagesTo(page, '9830033333')).toEqual(['lodged']);
});

test('an answer that is lost on its way makes one grievance', async ({ browser }) => {
  const page = await person(browser);
  await fillForm(page, { text: TEXT, mobile: '9830044444' });
  let lost = 0;
  await page.route('**/api/grievances', async (route) => {
    if (lost++ === 0) {
      await route.fetch(); // the server has it, the phone does not know
      await route.abort();
    } else {
      await route.continue();
    }
  });
  await page.getByRole('button', { name: 'অভিযোগ পাঠান' }).click();
  await expect(page.getByText('এখনও পাঠানো যায়নি')).toBeVisible();
  await page.getByRole('button', { name: 'অভিযোগ পাঠান' }).click();
  await page.locator('#reference').waitFor();
  expect(await messagesTo(page, '9830044444')).toEqual(['lodged']);
});

test('who writes another grievance while the photos of the first are still going loses nothing of it', async ({ browser }) => {
  const page = await person(browser);
  await page.route('**/api/uploads/*', async (route) => {
    if (route.request().method() === 'PATCH') await new Promise((done) => setTimeout(done, 4_000));
    await route.continue();
  });
  const chosen = async () => {};
  await fillForm(page, { text: TEXT, mobile: '9830012121', photo: await photoFile(page), chosen });
  await page.getByRole('button', { name: 'অভিযোগ পাঠান' }).click();
  await page.locator('#reference').waitFor();
  await expect(page.locator('.queue')).toBeVisible();
  await page.getByRole('link', { name: 'প্রতিকার' }).click();
  await page.getByRole('link', { name: 'অভিযোগ জানান' }).click();
  await page.locator('#text').fill('দ্বিতীয় অভিযোগ, রাস্তা ভাঙা');
  await expect(page.locator('.queue')).not.toContainText('পাঠানো বাকি', { timeout: 40_000 });
  await page.waitForTimeout(1_000);
  expect(new URL(page.url()).pathname).toBe('/lodge');
  await expect(page.locator('#text')).toHaveValue('দ্বিতীয় অভিযোগ, রাস্তা ভাঙা');
  await page.reload();
  await alive(page);
  await expect(page.locator('#text')).toHaveValue('দ্বিতীয় অভিযোগ, রাস্তা ভাঙা');
});

test('what is typed before the app comes is taken over, with the cursor', async ({ browser }) => {
  const page = await person(browser);
  let release;
  const held = new Promise((done) => (release = done));
  await page.route('**/*.wasm', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto('/lodge', { waitUntil: 'commit' });
  await page.locator('#shell #text').pressSequentially('জল নেই');
  await page.keyboard.press('ArrowLeft');
  release();
  await alive(page);
  await expect(page.locator('#text')).toHaveValue('জল নেই');
  await expect(page.locator('#text')).toBeFocused();
  await page.keyboard.type('X');
  await expect(page.locator('#text')).toHaveValue('জল নেX' + 'ই');
});

test('without WebAssembly the plain form lodges', async ({ browser }) => {
  const page = await person(browser);
  await page.route('**/*.wasm', (route) => route.abort());
  await page.goto('/lodge');
  await expect(page.locator('#shell .helpline')).toContainText('91370 91370');
  await page.locator('#text').fill(TEXT);
  await page.locator('#plain-name').fill('রহিমা বিবি');
  await page.locator('#plain-mobile').fill('12');
  await page.getByRole('button', { name: 'অভিযোগ পাঠান' }).click();
  await expect(page.locator('.summary')).toContainText('১০ সংখ্যার মোবাইল নম্বর লিখুন');
  await expect(page.locator('#text')).toHaveValue(TEXT);
  await page.locator('#mobile').fill('9830055555');
  await page.getByRole('button', { name: 'অভিযোগ পাঠান' }).click();
  await expect(page.locator('.panel .number')).toHaveText(/\d{4}\s\d{4}\s\d{4}/);
});

test('without any script the plain form lodges, in English too', async ({ browser }) => {
  const page = await person(browser, PHONE, { javaScriptEnabled: false });
  await page.goto('/en');
  await expect(page.locator('main h1')).toHaveText("Take your grievance straight to the Chief Minister's Office");
  await page.getByRole('link', { name: 'Lodge a grievance' }).click();
  await page.locator('#text').fill('The tube well is broken.');
  await page.locator('#plain-name').fill('Rahima');
  await page.locator('#plain-mobile').fill('98300 66666');
  await page.getByRole('button', { name: 'Send the grievance' }).click();
  await expect(page.locator('main h1')).toHaveText('Your grievance is registered');
});

test('a conflict shows both versions and keeps what was typed', async ({ browser }) => {
  const citizen = await person(browser);
  const number = await lodge(citizen, { text: TEXT, mobile: '9830077777' });
  const analyst = await staff(browser, 'analyst');
  await analyst.goto(`/en/staff/case/${number}`);
  await analyst.getByRole('button', { name: 'Write a note' }).click();
  await analyst.locator('#entry').fill('এই লেখা হারাবে না');
  // More than a note, which alone would be no conflict.
  const other = await staff(browser, 'analyst2');
  await other.goto(`/en/staff/case/${number}`);
  await other.getByRole('button', { name: 'Set the lane' }).click();
  await other.getByLabel('Emergency, 24 hours').check();
  await other.locator('#entry').fill('আমি আগে');
  await other.locator('form.action').getByRole('button', { name: 'Set the lane' }).click();
  await expect(other.locator('form.action')).toHaveCount(0);
  await analyst.locator('form.action').getByRole('button', { name: 'Write a note' }).click();
  await expect(analyst.locator('.conflict')).toContainText('version 1');
  await expect(analyst.locator('.conflict')).toContainText('version 2');
  await expect(analyst.locator('#entry')).toHaveValue('এই লেখা হারাবে না');
  await analyst.locator('form.action').getByRole('button', { name: 'Write a note' }).click();
  await expect(analyst.locator('.conflict')).toHaveCount(0);
  await expect(analyst.locator('.thread')).toContainText('এই লেখা হারাবে না');
});

test('the dashboard pauses and goes on, and a figure leads to its cases', async ({ browser }) => {
  const cmo = await staff(browser, 'cmo', DESKTOP);
  await expect(cmo.locator('#link-state')).toHaveText('Live');
  const today = async () => Number((await cmo.locator('#lodged-today').textContent()).replaceAll(',', ''));
  await expect(cmo.locator('#lodged-today')).toHaveText(/\d/);
  const before = await today();
  await cmo.getByRole('button', { name: 'Pause' }).click();
  const citizen = await person(browser);
  await lodge(citizen, { text: TEXT, mobile: '9830088888' });
  await cmo.waitForTimeout(1_500);
  expect(await today()).toBe(before);
  await cmo.getByRole('button', { name: 'Resume' }).click();
  await expect.poll(today).toBe(before + 1);
  await cmo.getByRole('row', { name: /Public Health|Women/ }).first().getByRole('link').click();
  await expect(cmo.locator('main h1')).toHaveText('The cases behind the figure');
  await cmo.goBack();
  await expect(cmo.locator('#open')).toBeVisible();
  // Another period than those that can be chosen is not called "all".
  await cmo.goto('/en/staff/dashboard?days=7');
  await expect(cmo.locator('main')).toContainText('Of those lodged in the last 30 days');
  await cmo.context().setOffline(true);
  await expect(cmo.locator('#link-state')).toHaveText('Reconnecting…');
  await cmo.context().setOffline(false);
  await expect(cmo.locator('#link-state')).toHaveText('Live', { timeout: 40_000 });
});

test('a role that sees no figures is told so', async ({ browser }) => {
  const caller = await staff(browser, 'telecaller', DESKTOP);
  await caller.goto('/en/staff/dashboard');
  await expect(caller.locator('main .failed, main .notice').first()).toBeVisible();
  await expect(caller.locator('#link-state')).toHaveCount(0);
});

test('the dashboard reconnects by itself after the server was gone', async ({ browser }) => {
  const data = mkdtempSync(join(tmpdir(), 'pratikar-'));
  const fixed = ['--data', data, '--public', `${root}public`];
  execFileSync(`${program}-seed`, [...fixed, '--grievances', '40'], { stdio: 'ignore' });
  const port = beside - 1;
  const base = `http://localhost:${port}`;
  const start = () => spawn(program, [...fixed, 'serve', '--demo', '--port', String(port), '--dist', `${root}dist`], { stdio: 'ignore' });
  let server = start();
  const cmo = await person(browser, DESKTOP);
  await expect.poll(() => cmo.request.get(`${base}/readyz`).then((answer) => answer.ok(), () => false)).toBe(true);
  await cmo.goto(`${base}/en/staff/`);
  await cmo.getByLabel('Name', { exact: true }).fill('cmo');
  await cmo.getByLabel('Password').fill('pratikar-demo');
  await cmo.getByRole('button', { name: 'Sign in' }).click();
  await expect(cmo.locator('#link-state')).toHaveText('Live');
  // The first frame has come: both the tile and the stream say so.
  await expect(cmo.locator('#lodged-today')).toHaveText(/\d/);
  await expect(cmo.locator('#open')).not.toHaveText('0');
  const open = await cmo.locator('#open').textContent();
  server.kill('SIGKILL');
  await expect(cmo.locator('#link-state')).toHaveText('Reconnecting…');
  expect(await cmo.locator('#open').textContent(), 'the last figures stay').toBe(open);
  server = start();
  await expect(cmo.locator('#link-state')).toHaveText('Live', { timeout: 40_000 });
  server.kill();
});

test('a tele-caller takes a grievance by keyboard and sees what the caller lodged before', async ({ browser }) => {
  const page = await staff(browser, 'telecaller');
  for (const turn of [1, 2]) {
    await page.goto('/en/staff/intake');
    await page.locator('#mobile').fill('98300 99999');
    await expect(page.locator('.earlier')).toContainText(turn === 1 ? 'No earlier grievance' : 'Tap is dry');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Anil Das');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Tap is dry. For a week.');
    await page.keyboard.press('Tab');
    await page.keyboard.type('no water in');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.type('bolpur-s');
    await page.keyboard.press('Enter');
    await page.locator('#conduct-1').check();
    await page.locator('#privacy').check();
    await expect(page.locator('#language')).toBeChecked();
    await page.getByRole('button', { name: 'Register the grievance' }).focus();
    await page.keyboard.press('Enter');
    await expect(page.locator('#reference')).toHaveText(/\d{4}\s\d{4}\s\d{4}/);
  }
  expect(page.complaints).toEqual([]);
});
