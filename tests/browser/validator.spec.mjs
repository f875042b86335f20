// A field validator's day: the nearest place next, cases taken along to where there is no line, a visit that a photo proves.
import { expect } from '@playwright/test';
import { PASSWORD, PHONE, WITH_CAMERA, lodge, person, photoFile, staff, takePhoto, test } from './people.mjs';
import { reported } from './states.mjs';

test.use(WITH_CAMERA);

const AT_BOLPUR = { geolocation: { latitude: 23.6667, longitude: 87.6871, accuracy: 12 }, permissions: ['geolocation', 'camera'] };
const WITHOUT_LINE = { ...AT_BOLPUR, serviceWorkers: 'allow', habits: { keys: true, undo: 10 } };

/** A case that an office has reported as done, without a photo, so that it is visited. */
async function toVisit(browser, mobile) {
  const citizen = await person(browser);
  const number = await lodge(citizen, { text: 'পাড়ার টিউবওয়েল খারাপ, জল নেই।', mobile });
  await citizen.goto('/');
  await reported(citizen, number);
  await citizen.context().close();
  return number;
}

const api = (page, path) =>
  page.evaluate(async (path) => (await fetch(path, { headers: { 'pratikar-app': 'staff' } })).json(), path);

async function open(page, number) {
  await page.locator(`#row-${number}`).click();
  await page.locator('.do').getByRole('button', { name: 'Record the visit' }).click();
  return page.locator('form.action');
}

async function fill(form) {
  for (const question of await form.getByRole('radiogroup').all()) {
    if ((await question.getByLabel('Yes').count()) > 0) await question.getByLabel('Yes').check();
  }
  await form.getByLabel('Met here').check();
  await form.getByLabel('Done, and the citizen, met there, agrees').check();
  await form.getByLabel('Details').fill('কল থেকে জল পড়ছে। তিনি সামনে ছিলেন।');
}

async function takeAlong(page) {
  await page.locator('.along summary').click();
  await page.getByRole('button', { name: /Take them a/ }).click();
  await expect(page.locator('.along .hint')).toContainText(/\d cases? on this phone/, { timeout: 60_000 });
}

test('a visit without a line: the app starts, the case is there, and report and photo go once', async ({ browser }) => {
  const number = await toVisit(browser, '9847300001');
  const page = await staff(browser, 'validator.birbhum', PHONE, WITHOUT_LINE);
  await page.locator(`#row-${number}`).waitFor();
  await takeAlong(page);
  await page.context().setOffline(true);
  await page.goto('/en/staff/work');
  await expect(page.locator('.list .without-line')).toBeVisible({ timeout: 60_000 });
  // The way is known without a line, too.
  await page.locator('#route').click();
  await expect(page.locator('.row-way').first()).toBeVisible();
  let form = await open(page, number);
  await expect(page.locator('.about .said')).toContainText('টিউবওয়েল');
  await fill(form);
  await takePhoto(page, form);
  // What is begun outlives a reload, the photo too.
  await page.waitForTimeout(1_000);
  await page.reload();
  form = page.locator('form.action');
  await expect(form.getByLabel('Details')).toHaveValue(/জল পড়ছে/);
  await expect(form.locator('.photo-list img')).toHaveCount(1);
  await form.locator('button[type=submit]').click();
  await expect(page.locator('.toast')).toContainText('goes when there is a line');
  await page.locator('.toast .close').click();
  await expect(page.locator('.waiting-line')).toContainText('1 photo waits');
  await expect(page.locator(`#row-${number}`)).toHaveCount(0);
  await page.reload();
  await expect(page.locator('.waiting-line')).toContainText('1 report or decision waits');
  await page.context().setOffline(false);
  await expect(page.locator('.waiting-line')).toHaveCount(0, { timeout: 60_000 });
  const view = await api(page, `/api/grievances/${number}`);
  expect(view.line.stage).toBe('redressed');
  const visits = view.timeline.filter((entry) => entry.kind === 'visit_recorded');
  expect(visits).toHaveLength(1);
  expect(visits[0].photos).toHaveLength(1);
  expect(visits[0].shots[0].position).toEqual({ latitude_micro: 23_666_700, longitude_micro: 87_687_100, accuracy_m: 12 });
  expect(page.complaints).toEqual([]);
});

test('two tabs send a report once, and neither says that it failed', async ({ browser }) => {
  const number = await toVisit(browser, '9847300005');
  const page = await staff(browser, 'validator.birbhum', PHONE, WITHOUT_LINE);
  await page.locator(`#row-${number}`).waitFor();
  await takeAlong(page);
  await page.context().setOffline(true);
  const form = await open(page, number);
  await fill(form);
  await takePhoto(page, form);
  await form.locator('button[type=submit]').click();
  await page.locator('.toast .close').click();
  const other = await page.context().newPage();
  await other.goto('/en/staff/work');
  await expect(other.locator('.waiting-line')).toContainText('1 report or decision waits', { timeout: 60_000 });
  let sent = 0;
  for (const tab of [page, other]) tab.on('request', (request) => (sent += request.method() === 'POST' && request.url().endsWith('/actions') ? 1 : 0));
  await page.context().setOffline(false);
  for (const tab of [page, other]) {
    await expect(tab.locator('.waiting-line')).toHaveCount(0, { timeout: 60_000 });
    // What was taken along gives way to what is so now.
    await expect(tab.locator('.list .without-line')).toHaveCount(0);
  }
  await expect(page.locator(`#row-${number}`)).toHaveCount(0);
  expect(sent).toBe(1);
  expect((await api(page, `/api/grievances/${number}`)).line.stage).toBe('redressed');
});

test('a session that the server has ended opens nothing without a line, and the next sign-in does', async ({ browser }) => {
  const number = await toVisit(browser, '9847300006');
  const page = await staff(browser, 'validator.birbhum', PHONE, WITHOUT_LINE);
  await page.locator(`#row-${number}`).waitFor();
  await takeAlong(page);
  await page.context().clearCookies();
  await page.goto('/en/staff/');
  await page.getByLabel('Password').waitFor();
  await page.waitForTimeout(500);
  await page.context().setOffline(true);
  await page.goto('/en/staff/work');
  await expect(page.locator('.failed')).toBeVisible({ timeout: 60_000 });
  await page.context().setOffline(false);
  await page.goto('/en/staff/');
  await page.getByLabel('Name', { exact: true }).fill('validator.birbhum');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('.along summary').click();
  await expect(page.locator('.along .hint')).toContainText(/\d cases? on this phone/);
  await page.waitForTimeout(500);
  await page.context().setOffline(true);
  await page.goto('/en/staff/work');
  await expect(page.locator('.list .without-line')).toBeVisible({ timeout: 60_000 });
  await expect(page.locator(`#row-${number}`)).toBeVisible();
});

test('a phone that keeps nothing says so, and takes nothing along', async ({ browser }) => {
  const page = await staff(browser, 'validator.birbhum', PHONE, WITHOUT_LINE);
  await page.locator('.along summary').click();
  await page.evaluate(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
  });
  await page.getByRole('button', { name: 'Take them along' }).click();
  await expect(page.locator('.along .error')).toContainText('Make room', { timeout: 60_000 });
  await expect(page.locator('.along .hint')).toContainText('The first 50 cases');
});

test('what was taken along is gone after signing out, and nobody else is shown it', async ({ browser }) => {
  const number = await toVisit(browser, '9847300002');
  const page = await staff(browser, 'validator.birbhum', PHONE, WITHOUT_LINE);
  await page.locator(`#row-${number}`).waitFor();
  await takeAlong(page);
  // Nothing of it can be read on the device.
  const kept = await page.evaluate(async () => {
    const database = await new Promise((resolve) => (indexedDB.open('pratikar-staff').onsuccess = (event) => resolve(event.target.result)));
    const all = database.transaction('along').objectStore('along').getAll();
    return new Promise((resolve) => (all.onsuccess = () => resolve(all.result.map((value) => (value instanceof CryptoKey ? { extractable: value.extractable } : String(value))))));
  });
  expect(kept).toContainEqual({ extractable: false });
  expect(JSON.stringify(kept)).not.toContain('টিউবওয়েল');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Password').waitFor();
  await page.context().setOffline(true);
  await page.goto('/en/staff/work');
  await expect(page.locator('.failed')).toBeVisible({ timeout: 60_000 });
  await expect(page.locator('.rows-list')).toHaveCount(0);
  await page.context().setOffline(false);
  await page.goto('/en/staff/');
  await page.getByLabel('Name', { exact: true }).fill('validator.alipurduar');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('.along summary').click();
  await expect(page.locator('.along .hint')).toContainText('The first 50 cases');
});

test('what is missing in a visit is said at its field, and a photo that was chosen is no proof', async ({ browser }) => {
  const number = await toVisit(browser, '9847300003');
  const page = await staff(browser, 'validator.birbhum', PHONE, AT_BOLPUR);
  const form = await open(page, number);
  await form.locator('button[type=submit]').click();
  await expect(form.locator('#error-summary li')).toHaveCount(6);
  await fill(form);
  await form.locator('#photos').setInputFiles(await photoFile(page));
  await expect(form.locator('.photo-list li.sent')).toHaveCount(1);
  await form.locator('button[type=submit]').click();
  await expect(form.locator('#error-summary li')).toHaveCount(1);
  await form.locator('#error-summary a').click();
  await expect(page.locator('#camera')).toBeFocused();
  // Nobody agrees who was not met.
  await form.getByLabel('Not at home').check();
  await expect(form.getByLabel('Done, and the citizen, met there, agrees')).toHaveCount(0);
  await form.getByLabel('Looks done, the citizen was not met').check();
  await takePhoto(page, form);
  await form.locator('button[type=submit]').click();
  await expect(page.locator('.seen')).toContainText('Not at home');
  await expect(page.locator('.shots')).toContainText('within 12 metres');
  expect((await api(page, `/api/grievances/${number}`)).line.stage).toBe('verification');
  expect(page.complaints).toEqual([]);
});

test('the list goes by the way: the nearest place next', async ({ browser }) => {
  const number = await toVisit(browser, '9847300004');
  const page = await staff(browser, 'validator.birbhum', PHONE, AT_BOLPUR);
  await page.locator(`#row-${number}`).waitFor();
  await page.locator('#route').click();
  await expect(page.locator('#route')).toHaveAttribute('aria-pressed', 'true');
  await expect(page.locator('.route .hint')).toContainText('From here');
  const metres = await page.locator('.row-way').allTextContents();
  expect(metres.length).toBeGreaterThan(0);
  // The case lies in the block where the validator is.
  const rows = await page.locator('.rows-list a').evaluateAll((links) => links.map((link) => link.id));
  expect(rows.indexOf(`row-${number}`)).toBeLessThan(Math.max(1, rows.length));
  await expect(page.locator('.row-way').first()).toContainText(/same place|km on/);
  await page.locator('#route').click();
  await expect(page.locator('.row-way')).toHaveCount(0);
});
