// A verification caller's work, by keyboard alone: the next citizen, ringing, the outcome, and the next one by itself.
import { expect } from '@playwright/test';
import { PHONE, staff, test } from './people.mjs';
import { port } from './where.mjs';

const wide = { width: 1280, height: 800 };

/** What the demo's citizens do when their telephones ring. */
async function citizens(page, habit) {
  await page.request.post('/dev/exchange', { form: { habit }, headers: { origin: new URL(page.url()).origin } });
}

// Whatever came of a test: other tests ring people who answer.
test.afterEach(({ request }) => request.post('/dev/exchange', { form: { habit: 'answer' }, headers: { origin: `http://localhost:${port}` } }));

/** Opens the page of calls and takes a case by its key; answers the case's number. */
async function takeNext(page) {
  await page.goto('/en/staff/calls');
  await page.locator('#next-call').waitFor();
  await page.keyboard.press('x');
  return shownNumber(page);
}

async function shownNumber(page) {
  await page.locator('#call-case').waitFor();
  return (await page.locator('.one-call .reference').textContent()).replaceAll(/\D/g, '');
}

async function made(page) {
  return Number((await page.locator('main > .hint').first().textContent()).match(/Calls today: (\d+)/)?.[1] ?? 0);
}

test('a call takes four keys from the number to the next citizen', async ({ browser }) => {
  const page = await staff(browser, 'caller', wide);
  await citizens(page, 'answer');
  const number = await takeNext(page);
  const before = await made(page);
  await page.waitForTimeout(200);
  await page.keyboard.press('c');
  await expect(page.locator('#call-number')).toHaveText(/\d{5} \d{5}/);
  await expect(page.locator('.line-state')).toHaveText('Ringing…');
  await expect(page.locator('.line-state')).toHaveText('The citizen has answered');
  await page.keyboard.press('1');
  await expect(page.locator('form.action button[type=submit]')).toBeFocused();
  await page.keyboard.press('h');
  await expect(page.locator('.line-state')).toHaveText('The call has ended');
  await page.locator('form.action button[type=submit]').focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => made(page)).toBe(before + 1);
  // The next one is there without being asked for.
  await expect(page.locator('#call-case')).toBeFocused();
  expect(await shownNumber(page)).not.toBe(number);
  expect(page.complaints).toEqual([]);
});

test('a no wants a word, nobody answering chooses itself, and later wants a time', async ({ browser }) => {
  const page = await staff(browser, 'caller', wide);
  await citizens(page, 'off');
  await takeNext(page);
  await page.waitForTimeout(200);
  await page.keyboard.press('3');
  await expect(page.locator('#entry')).toBeFocused();
  await page.keyboard.type('জল 12');
  await expect(page.locator('input[value=disputed]')).toBeChecked();
  await page.locator('#entry').fill('');
  await page.locator('form.action button[type=submit]').click();
  await expect(page.locator('#error-summary')).toContainText('Write what is missing');
  await takeNext(page);
  await page.waitForTimeout(200);
  await page.keyboard.press('6');
  await page.locator('form.action button[type=submit]').click();
  await expect(page.locator('#error-summary')).toBeVisible();
  await expect(page.locator('#later')).toBeVisible();
  await takeNext(page);
  await page.waitForTimeout(200);
  // An outcome without a call is refused, and nothing that was entered is lost.
  await page.keyboard.press('4');
  await page.locator('form.action button[type=submit]').click();
  await expect(page.locator('#error-summary')).toContainText('Show the number and call the citizen first');
  await expect(page.locator('input[value=not_reached]')).toBeChecked();
  expect(page.complaints).toEqual([]);
});

test('a line that fails is chosen by the exchange and sends the citizen back to the queue', async ({ browser }) => {
  const page = await staff(browser, 'caller', PHONE);
  await citizens(page, 'off');
  await takeNext(page);
  const shown = await page.locator('.one-call .reference').textContent();
  await page.locator('#ring').click();
  await expect(page.locator('.line-state')).toHaveText('It did not ring');
  await expect(page.locator('input[value=line_fault]')).toBeChecked();
  // What the exchange has heard cannot be recorded otherwise.
  await page.locator('input[value=confirmed], input[value=agreed]').check();
  await page.locator('form.action button[type=submit]').click();
  await expect(page.locator('#error-summary')).toContainText('does not fit the call');
  await page.locator('input[value=line_fault]').check();
  await page.locator('form.action button[type=submit]').click();
  // Another citizen, or nobody where the demo has no more to call at this hour.
  await expect(page.locator('.one-call .reference', { hasText: shown })).toHaveCount(0);
  await expect(page.locator('main')).toContainText(/other: [1-9]/);
  expect(page.complaints).toEqual([]);
});
