// A quality lead's work by keyboard: hear, mark by digits, send; the caller disputes, another lead decides.
import { expect } from '@playwright/test';
import { staff, test } from './people.mjs';

const wide = { width: 1280, height: 900 };

/**
 * Takes calls until one with a tele-caller is there; answers how many were scored on the way. Whose call comes is drawn, and other
 * tests of the same server may have made calls to verify.
 */
async function takeIntake(page) {
  for (let scored = 0; ; scored += 1) {
    await page.waitForTimeout(200);
    await page.keyboard.press('x');
    await expect(page.locator('#call-title')).toBeFocused();
    const count = page.locator('.call-marks .hint').first();
    await expect(count).toContainText(/\d of \d/);
    if ((await count.textContent()).includes('of 10')) return scored;
    await page.locator('#mark-row-0').focus();
    for (let criterion = 0; criterion < 7; criterion += 1) await page.keyboard.press('2');
    await page.locator('.call-marks button[type=submit]').click();
    await expect(page.locator('#scored')).toBeVisible();
  }
}

test('a call is heard and marked by digits, and the next is there', async ({ browser }) => {
  const page = await staff(browser, 'quality', wide);
  await expect(page.locator('main h1')).toHaveText('Quality of calls');
  const before = await takeIntake(page);
  expect(await page.locator('.one-call').textContent(), 'blind').not.toContain('Tele-caller');
  await page.locator('#play').click();
  // The sound has come, and plays.
  await expect.poll(() => page.evaluate(() => document.querySelector('audio').currentTime)).toBeGreaterThan(0.2);
  await page.getByRole('button', { name: '2×' }).click();
  expect(await page.evaluate(() => document.querySelector('audio').playbackRate)).toBe(2);
  await page.locator('#mark-moment').click();
  await expect(page.locator('#note')).toBeFocused();
  await expect(page.locator('#note')).toHaveValue(/^\[0:\d\d\] $/);
  await page.keyboard.type('speaks too fast');
  // What is missing has the focus.
  await page.locator('.call-marks button[type=submit]').click();
  await expect(page.locator('#mark-row-0')).toBeFocused();
  for (const digit of ['2', '1', '9', '2', '2', '2', '0', '2', '2']) await page.keyboard.press(digit);
  await expect(page.locator('.call-marks .hint').first()).toContainText('9 of 10');
  await page.keyboard.press('2');
  await expect(page.locator('.call-marks .hint').first()).toContainText('10 of 10');
  await expect(page.locator('#mark-0-fully')).toBeChecked();
  await expect(page.locator('#mark-2-none')).toBeChecked();
  await expect(page.locator('#mark-6-not')).toBeChecked();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.locator('#scored')).toContainText('Tele-caller');
  await expect(page.locator('#scored')).toContainText('%');
  await expect(page.locator('main > .hint').first()).toContainText(`Calls scored today: ${before + 1}`);
  await page.keyboard.press('x');
  await expect(page.locator('#call-title')).toBeFocused();
  expect(page.complaints).toEqual([]);

  const caller = await staff(browser, 'telecaller', wide);
  await caller.goto('/en/staff/scores');
  const card = caller.locator('.accounts li').first();
  await expect(card).toContainText('speaks too fast');
  await card.locator('summary').click();
  await expect(card.locator('.given')).toContainText('again and again');
  expect(await card.textContent(), 'who scored').not.toContain('Quality lead');
  await card.getByRole('button', { name: 'I see it otherwise' }).first().click();
  await card.locator('#why').fill('She asked twice herself');
  await card.locator('form button').click();
  await expect(card).toContainText('Another lead decides');

  await page.reload();
  await expect(page.locator('main h1')).toBeVisible();
  await expect(page.getByText('Disputes for you')).toHaveCount(0);
  const other = await staff(browser, 'quality2', wide);
  const dispute = other.locator('section', { hasText: 'Disputes for you' }).locator('li').first();
  await expect(dispute).toContainText('She asked twice herself');
  await dispute.getByRole('button', { name: 'Decide' }).first().click();
  await dispute.locator('#dispute-6-partly').check();
  await dispute.locator('#decision').fill('She did ask, one mark more');
  await dispute.locator('form button[type=submit]').click();
  await expect(other.getByText('Disputes for you')).toHaveCount(0);
  await caller.reload();
  await expect(caller.locator('.accounts li').first()).toContainText('She did ask, one mark more');
  expect([...caller.complaints, ...other.complaints]).toEqual([]);
});

/** The lead in whose team the tele-caller is, with the list of calls to choose from open; and the other one's page. */
async function leadOfTeleCaller(browser) {
  const pages = [];
  for (const name of ['quality', 'quality2']) {
    const page = await staff(browser, name, wide);
    await page.locator('#choose-call summary').click();
    await expect(page.locator('#choose-call').locator('.card, .empty').first()).toBeVisible();
    pages.push(page);
  }
  const own = await pages[0].locator('#choose-call .card', { hasText: 'Tele-caller' }).count();
  return own ? pages : pages.reverse();
}

test('a call is chosen for a reason, its silence is skipped, and its record goes back to the caller', async ({ browser }) => {
  // Its own, also where the test is run again.
  const wrong = `The village is wrong ${Date.now()}`;
  const [lead, other] = await leadOfTeleCaller(browser);
  await expect(other.locator('#choose-call .card', { hasText: 'Tele-caller' })).toHaveCount(0);
  const card = lead.locator('#choose-call .card', { hasText: 'Tele-caller' });
  await card.getByRole('button', { name: 'Calls', exact: true }).click();
  const hear = card.getByRole('button', { name: /^Hear it/ }).last();
  // Nothing is heard without a reason.
  await hear.click();
  await expect(card.locator('#why-chosen')).toBeFocused();
  await expect(card).toContainText('Say why you have chosen the call');
  await lead.keyboard.press('Space');
  await hear.focus();
  await lead.keyboard.press('Enter');
  await expect(lead.locator('#call-title')).toBeFocused();
  await expect(lead.locator('#call-title')).toContainText('somebody has complained');
  // A page that is loaded again goes on with it.
  await lead.reload();
  await lead.locator('#go-on-held').click();
  await expect(lead.locator('#call-title')).toContainText('somebody has complained');
  await lead.keyboard.press('p');
  const at = () => lead.evaluate(() => document.querySelector('audio').currentTime);
  await expect.poll(at).toBeGreaterThan(0.2);
  await lead.keyboard.press('s');
  await expect(lead.locator('#skip-silence')).toHaveAttribute('aria-pressed', 'true');
  await expect(lead.locator('.player .hint')).toContainText(/Silences skipped: \d/);
  // From the middle of the silence it goes to its end at once.
  await lead.evaluate(() => (document.querySelector('audio').currentTime = 9.6));
  await expect.poll(at, { timeout: 1_500 }).toBeGreaterThan(12.3);
  await lead.locator('#mark-row-0').focus();
  for (let criterion = 0; criterion < 10; criterion += 1) await lead.keyboard.press('2');
  await lead.locator('#correction').fill('x'.repeat(501));
  await lead.locator('.call-marks button[type=submit]').click();
  await expect(lead.locator('#correction-error')).toContainText('500');
  await lead.locator('#correction').fill(`${wrong} ${'ক'.repeat(400)}`);
  await lead.locator('.call-marks button[type=submit]').click();
  await expect(lead.locator('#scored')).toContainText('Tele-caller');
  const returned = lead.locator('section', { hasText: 'Returned for correction' }).locator('li', { hasText: wrong });
  await expect(returned.locator('.pill')).toContainText('waits');

  const caller = await staff(browser, 'telecaller', wide);
  await caller.goto('/en/staff/scores');
  const record = caller.locator('.returned li', { hasText: wrong });
  await expect(record).toBeVisible();
  expect(await caller.evaluate(() => document.documentElement.scrollWidth - innerWidth), 'a word without an end').toBeLessThanOrEqual(0);
  await expect(record.locator('a.reference')).toBeVisible();
  await record.getByRole('button', { name: 'I have corrected it' }).click();
  await record.locator('form button[type=submit]').click();
  await expect(record).toContainText('Write what you have corrected');
  await record.locator('#corrected').fill('Put right by a note');
  await caller.reload();
  await record.getByRole('button', { name: 'I have corrected it' }).click();
  await expect(record.locator('#corrected'), 'what was typed outlives a reload').toHaveValue('Put right by a note');
  await record.locator('form button[type=submit]').click();
  await expect(record.locator('.pill')).toContainText('corrected');
  await expect(caller.locator('#returned-title')).toBeFocused();
  await expect(caller.locator('.accounts li', { hasText: 'somebody has complained' }).first()).toBeVisible();
  await lead.reload();
  await expect(returned).toContainText('Put right by a note');
  expect([...lead.complaints, ...other.complaints, ...caller.complaints]).toEqual([]);
});
