// Photos and texts besides lodging: whatever the connection, the phone or another tab does, nothing is filed without the
// attachments chosen for it, and nothing is lost silently.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, expect } from '@playwright/test';
import { PHONE, alive, codeFor, fillForm, lodge, person, photoFile, signIn, staff, test } from './people.mjs';
import { act, reported, submit } from './states.mjs';

const TEXT = 'আমাদের পাড়ার টিউবওয়েল খারাপ, জল নেই।';
const SEND = { name: 'অভিযোগ পাঠান' };

/** The first bytes of an iPhone's photo, which no browser can draw. */
const heic = { name: 'IMG_0001.HEIC', mimeType: 'image/heic', buffer: Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic\0\0\0\0mif1heic'), Buffer.alloc(4_000, 7)]) };

/** The photos on a case's timeline. */
const thread = (page) => page.locator('.thread li').first();

/** A case of a new citizen, who is signed in. */
async function own(browser, mobile, options) {
  const page = await person(browser, PHONE, options);
  const number = await lodge(page, { text: TEXT, mobile });
  await signIn(page, mobile);
  return { page, number };
}

for (const [kind, path] of [['a dispute', 'dispute'], ['"only partly"', 'partly'], ['added information', 'add'], ['an answer', 'answer']]) {
  test(`a photo that is still on its way when Send is pressed goes with ${kind}`, async ({ browser }) => {
    const mobile = `98350000${['dispute', 'partly', 'add', 'answer'].indexOf(path)}1`;
    const { page, number } = await own(browser, mobile);
    if (path === 'answer') await act(page, 'analyst', number, { request_information: { missing: 'কোন পাড়ার কোন টিউবওয়েল?' } });
    if (path === 'dispute' || path === 'partly') await reported(page, number);
    let open;
    const held = new Promise((done) => (open = done));
    await page.route('**/api/uploads/*', async (route) => {
      if (route.request().method() === 'PATCH') await held;
      await route.continue();
    });
    await page.goto(`/case/${number}/${path}`);
    await page.locator('#reason').fill('এখনও জল পড়ছে না, ছবি দেখুন।');
    await page.locator('#photos').setInputFiles(await photoFile(page, 900, 700));
    await expect(page.locator('.photo-list img')).toBeVisible();
    await submit(page);
    await page.waitForURL(`**/case/${number}`);
    await expect(thread(page)).toContainText('১টি ছবি এখনও আসছে');
    await expect(page.locator('.queue')).toContainText('ছবি বা বলা কথা পাঠানো বাকি: ১টি');
    open();
    await expect(page.locator('.queue')).not.toContainText('বাকি', { timeout: 30_000 });
    await page.reload();
    await expect(thread(page).locator('.photos img')).toBeVisible();
    await expect(page.locator('.queue')).toHaveCount(0);
    expect(await page.evaluate(async () => (await (await caches.open('pratikar-photos')).keys()).length), 'nothing is left on the phone').toBe(0);
    expect(page.complaints).toEqual([]);
  });
}

test('what was sent off without a line goes by itself later, though the browser was closed', async ({ browser, baseURL }) => {
  test.setTimeout(240_000);
  const { number } = await own(browser, '9835000051');
  const folder = mkdtempSync(join(tmpdir(), 'phone-'));
  const { launchOptions, locale } = test.info().project.use;
  const phone = () => chromium.launchPersistentContext(folder, { ...launchOptions, ...PHONE, locale, baseURL, serviceWorkers: 'block' });
  let context = await phone();
  let page = context.pages()[0];
  await signIn(page, '9835000051');
  await page.goto(`/case/${number}/add`);
  await page.locator('#reason').fill('পাশের কলটাও বন্ধ হয়ে গেছে।');
  await context.setOffline(true);
  await page.locator('#photos').setInputFiles(await photoFile(page, 900, 700));
  await expect(page.locator('.photo-list img')).toBeVisible();
  await submit(page);
  await expect(page.locator('main form .notice')).toBeVisible();
  await context.close();

  context = await phone();
  page = context.pages()[0];
  await page.goto('/');
  await expect(page.locator('.queue')).toContainText('আরও কিছু জানান');
  await expect(page.locator('.queue'), 'the words are shown to nobody here').not.toContainText('পাশের কলটাও');
  // The session ended with the browser: once she has signed in, it goes.
  await page.locator('.queue').getByRole('link', { name: 'কোড দিয়ে ঢুকলে' }).click();
  await page.locator('#mobile').fill('9835000051');
  await submit(page);
  await page.locator('#code').waitFor();
  await page.locator('#code').fill(await codeFor(page, '9835000051'));
  await submit(page);
  await expect(page.locator('.queue')).toContainText('পাঠানো হয়েছে', { timeout: 30_000 });
  await expect(page.locator('.queue')).not.toContainText('বাকি', { timeout: 30_000 });
  await page.goto(`/case/${number}`);
  await expect(thread(page)).toContainText('পাশের কলটাও বন্ধ হয়ে গেছে।');
  await expect(thread(page).locator('.photos img')).toBeVisible();
  await context.close();
});

test('an iPhone’s own format is named, stays among the photos, and is told again before sending', async ({ browser }) => {
  const page = await person(browser);
  await page.goto('/lodge');
  await alive(page);
  await page.locator('#text').fill(TEXT);
  await page.goto('/lodge/photos');
  await page.locator('#photos').setInputFiles([heic, await photoFile(page, 900, 700)]);
  // A photo that is still being made smaller is lost with the page, and this test leaves the page.
  await expect(page.locator('.photo-list img')).toBeVisible();
  await submit(page);
  await page.goto('/lodge/check');
  await expect(page.locator('#check')).toContainText('১টি ছবি পাঠানো যাবে না');
  await page.goto('/lodge/photos');
  await expect(page.locator('.photo-list .unfit')).toContainText('HEIC');
  await expect(page.locator('.photo-list li')).toHaveCount(2);
  await page.locator('.photo-list .unfit button').click();
  await expect(page.locator('.photo-list li')).toHaveCount(1);
  await page.goto('/lodge/check');
  await expect(page.locator('#check')).not.toContainText('পাঠানো যাবে না');
});

test('a photo that turns out to be none takes no letter from whoever is typing', async ({ browser }) => {
  const { page, number } = await own(browser, '9835000061');
  await page.goto(`/case/${number}/add`);
  await page.locator('#photos').setInputFiles(heic);
  await page.locator('#reason').focus();
  await page.keyboard.type('the pump is broken since May', { delay: 20 });
  await expect(page.locator('.photo-list .unfit')).toBeVisible();
  await expect(page.locator('#reason')).toHaveValue('the pump is broken since May');
  await expect(page.locator('#reason')).toBeFocused();
});

test('where the browser keeps nothing, photos are sent all the same and nothing is said to be saved', async ({ browser }) => {
  const page = await person(browser);
  await page.addInitScript(() => {
    caches.open = () => Promise.reject(new DOMException('denied', 'SecurityError'));
    Storage.prototype.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
  });
  await page.goto('/lodge');
  await alive(page);
  await page.locator('#text').fill(TEXT);
  await expect(page.locator('.saved')).toContainText('রাখা যাচ্ছে না');
  await expect(page.locator('.saved')).not.toContainText('✓');
  await fillForm(page, { text: TEXT, mobile: '9835000071', photo: await photoFile(page, 900, 700) });
  await page.getByRole('button', SEND).click();
  await page.locator('#reference').waitFor();
  const number = (await page.locator('#reference').textContent()).replace(/\s/g, '');
  const reader = await person(browser);
  await signIn(reader, '9835000071');
  await reader.goto(`/case/${number}`);
  await reader.locator('details.own summary').click();
  await expect(reader.locator('details.own .photos img')).toBeVisible();
});

test('a report waits for its photos and goes by itself once they have arrived', async ({ browser }) => {
  const page = await person(browser);
  const number = await lodge(page, { text: TEXT, mobile: '9835000081' });
  await act(page, 'analyst', number, { categorise: { category: 'water.tubewell', department: 'PHE', lane: 'ordinary', district: 307, place: 2827 } });
  const offices = await (await page.request.get('/api/offices?department=PHE&district=307', { headers: { 'pratikar-app': 'staff' } })).json();
  await act(page, 'nodal.phe', number, { forward: { office: offices.find(({ name }) => name.en.startsWith('Bolpur-Sriniketan')).id } });
  await act(page, 'officer.phe.bolpur-sriniketan', number, { record_contact: { means: 'phone', text: 'ফোনে কথা হয়েছে।' } });
  const officer = await staff(browser, 'officer.phe.bolpur-sriniketan', PHONE);
  let open;
  const held = new Promise((done) => (open = done));
  await officer.route('**/api/uploads/*', async (route) => {
    if (route.request().method() === 'PATCH') await held;
    await route.continue();
  });
  await officer.goto(`/en/staff/case/${number}`);
  await officer.getByRole('button', { name: 'File the Action Taken Report' }).click();
  const form = officer.locator('form.action');
  await form.getByLabel('Done', { exact: true }).check();
  await form.getByLabel('What was done, when, by whom').fill('পাইপ ও ওয়াশার আজ বদলানো হয়েছে, জল আসছে।');
  await form.locator('#photos').setInputFiles(await photoFile(officer, 900, 700));
  // It moves the button as it comes.
  await expect(form.locator('.photo-list li')).toHaveCount(1);
  await form.getByRole('button', { name: 'File the Action Taken Report' }).click();
  await expect(form.locator('.notice').last()).toContainText('photos are being sent first');
  await expect(officer.locator('.pill.stage')).not.toHaveText('Report being checked');
  open();
  await expect(officer.locator('.pill.stage')).toHaveText('Report being checked', { timeout: 40_000 });
  await expect(officer.locator('.thread li').first().locator('.photos img')).toBeVisible();
});

test('two tabs show one draft, and the second can lodge another after the first has sent', async ({ browser }) => {
  const first = await person(browser);
  await first.goto('/lodge');
  await alive(first);
  const second = await first.context().newPage();
  await second.goto('/lodge');
  await alive(second);
  await first.locator('#text').fill(TEXT);
  await expect(second.locator('#text')).toHaveValue(TEXT);
  await fillForm(first, { text: TEXT, mobile: '9835000091' });
  await first.getByRole('button', SEND).click();
  await first.locator('#reference').waitFor();
  await expect(second.locator('#text')).toHaveValue('');
  const another = 'স্কুলের টিউবওয়েল ভেঙে গেছে, জল নেই।';
  await fillForm(second, { text: another, mobile: '9835000091' });
  await second.getByRole('button', SEND).click();
  await second.locator('#reference').waitFor();
  await signIn(first, '9835000091');
  await expect(first.locator('.card')).toHaveCount(2);
});

test('four thousand long letters fit, as the counter says', async ({ browser }) => {
  test.setTimeout(180_000);
  const page = await person(browser);
  await fillForm(page, { text: `${TEXT} ${'স্ত্রী'.repeat(3_950)}`, mobile: '9835000101' });
  await page.getByRole('button', SEND).click();
  await page.locator('#reference').waitFor();
});

test('a number that this phone does not know is not said to be registered', async ({ browser }) => {
  const number = await lodge(await person(browser), { text: TEXT, mobile: '9835000121' });
  const page = await person(browser);
  await page.goto(`/en/done/${number}`);
  await alive(page);
  await expect(page.locator('main h1')).toHaveText(new RegExp(`Grievance ${number.match(/..../g).join('\\s')}`));
  await expect(page.locator('main')).not.toContainText('registered');
  await expect(page).not.toHaveTitle(/registered/);
});

test('what was typed for a step that is over meanwhile stays and can be sent as information', async ({ browser }) => {
  const { page, number } = await own(browser, '9835000131');
  await reported(page, number);
  await page.goto(`/case/${number}/partly`);
  await page.locator('#reason').fill('হাতলটা এখনও ঢিলা।');
  const other = await page.context().newPage();
  await other.goto(`/case/${number}/dispute`);
  await other.locator('#reason').fill('কিছুই হয়নি।');
  await submit(other);
  await other.waitForURL(`**/case/${number}`);
  await submit(page);
  await expect(page.locator('main .said')).toHaveText('হাতলটা এখনও ঢিলা।');
  await page.getByRole('button', { name: 'এই লেখাটা বাড়তি খবর হিসেবে দিন' }).click();
  await expect(page.locator('#reason')).toHaveValue('হাতলটা এখনও ঢিলা।');
  await submit(page);
  await page.waitForURL(`**/case/${number}`);
  await expect(thread(page)).toContainText('হাতলটা এখনও ঢিলা।');
});

test('what is written anew while it waits for a line is what goes', async ({ browser }) => {
  const { page, number } = await own(browser, '9835000141');
  await page.goto(`/case/${number}/add`);
  await page.locator('#reason').fill('পাশের কলটাও বন্ধ।');
  await page.context().setOffline(true);
  await submit(page);
  await expect(page.locator('main form .notice')).toBeVisible();
  await page.locator('#reason').fill('পাশের কলটা আবার চলছে।');
  await submit(page);
  await page.context().setOffline(false);
  await page.waitForURL(`**/case/${number}`);
  await expect(page.locator('.thread')).toContainText('পাশের কলটা আবার চলছে।');
  await expect(page.locator('.thread')).not.toContainText('পাশের কলটাও বন্ধ।');
});

test('one tap by mistake neither closes a case nor deletes what was written', async ({ browser }) => {
  const { page, number } = await own(browser, '9835000111');
  await reported(page, number);
  await page.goto(`/case/${number}`);
  await page.locator('#confirm').click();
  await expect(page.locator('#sure')).toBeFocused();
  await page.getByRole('button', { name: 'না, ফিরে যান' }).click();
  await expect(page.locator('#confirm')).toBeFocused();
  await page.locator('#confirm').click();
  await page.locator('#confirm-sure').click();
  await expect(page.locator('#rate')).toBeVisible();
});
