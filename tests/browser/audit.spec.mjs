// The auditor's day: who has read a case, and whether the ledger is whole.
import { readFile } from 'node:fs/promises';
import { expect } from '@playwright/test';
import { PHONE, staff, test } from './people.mjs';

/** A case that somebody of the staff has opened; answers its number. */
async function opened(page) {
  await page.goto('/en/staff/work');
  const first = page.locator('.rows-list a').first();
  await first.click();
  await expect(page).toHaveURL(/case\/\d{12}$/);
  // Only what has come was read.
  await expect(page.locator('.actions h2').first()).toBeVisible();
  return page.url().match(/case\/(\d+)/)[1];
}

test('an auditor finds by keyboard who read a case, and goes on from there', async ({ browser }) => {
  const officer = await staff(browser, 'nodal.wcdsw');
  const number = await opened(officer);

  const page = await staff(browser, 'auditor');
  await expect(page.locator('main h1')).toHaveText('Who has read or done what');
  const rows = page.locator('.readings tbody tr');
  await expect(rows.first()).toBeVisible();
  // What is wrong is said at its field, and what was typed stays.
  await page.locator('#account').focus();
  await page.keyboard.type('nobody.at.all');
  await page.keyboard.press('Enter');
  await expect(page.locator('#error-summary')).toContainText('Nobody has an account by this name');
  await expect(page.locator('#account')).toHaveValue('nobody.at.all');
  await page.locator('#account').fill('');
  await page.locator('#case').fill('12');
  await page.locator('#to').fill('31 February');
  await page.keyboard.press('Enter');
  await expect(page.locator('#error-summary li')).toHaveCount(2);
  await expect(rows).toHaveCount(0);
  await page.locator('#to').fill('');
  await page.locator('#case').fill('');
  // More days than are looked for at once, and what is in no list.
  await page.locator('#from').fill('1/1/2026');
  await page.locator('#what').fill('zzz');
  await page.locator('.readings-form button[type=submit]').click();
  await expect(page.locator('#error-summary')).toContainText('At most 31 days');
  await expect(page.locator('#error-summary')).toContainText('Choose one from the list');
  await page.locator('#from').fill('');
  await page.locator('#what').fill('');
  // A number in Bengali digits, as it stands on a letter.
  await page.locator('#case').fill(number.replaceAll(/\d/g, (digit) => '০১২৩৪৫৬৭৮৯'[digit]));
  await page.keyboard.press('Enter');
  await expect(rows.first()).toContainText('nodal.wcdsw');
  await expect(rows.first()).toContainText('A case');
  await expect(page.locator('#error-summary')).toHaveCount(0);
  // The account is one press away: all that they have read.
  await rows.first().getByRole('button', { name: 'nodal.wcdsw' }).press('Enter');
  await expect(page.locator('#account')).toHaveValue('nodal.wcdsw');
  await page.locator('#case').fill('');
  await page.locator('#case').press('Enter');
  await expect(rows.filter({ hasText: 'A worklist' }).first()).toBeVisible();
  const [file] = await Promise.all([page.waitForEvent('download'), page.locator('#save-readings').press('Enter')]);
  const saved = await readFile(await file.path(), 'utf8');
  expect(saved.trim().split('\r\n').length).toBe((await rows.count()) + 1);
  expect(saved).toContain(`"case","${number}"`);
  await page.locator(`.readings a[href$="${number}"]`).first().press('Enter');
  await expect(page).toHaveURL(new RegExp(`/en/staff/case/${number}`));
  // Back finds what was looked for; so does a reload.
  await page.goBack();
  await expect(page.locator('#account')).toHaveValue('nodal.wcdsw');
  await expect(rows.first()).toContainText('nodal.wcdsw');
  await page.reload();
  await expect(page.locator('#account')).toHaveValue('nodal.wcdsw');

  // What was done is a list of its own, with the same form.
  await page.goto('/en/staff/readings');
  await page.getByRole('button', { name: 'What was done' }).press('Enter');
  await expect(page.locator('#what')).toHaveCount(0);
  await page.locator('#account').fill('nodal.wcdsw');
  await page.locator('#account').press('Enter');
  await expect(rows.first()).toContainText('nodal.wcdsw');
  await expect(rows.first().locator('td').nth(1)).not.toHaveText('');
  await expect(page).toHaveURL(/account=nodal\.wcdsw&done=yes/);
  await page.reload();
  await expect(page.getByRole('button', { name: 'What was done' })).toHaveAttribute('aria-pressed', 'true');
  await expect(rows.first()).toContainText('nodal.wcdsw');
  await page.locator('#account').fill('validator.birbhum');
  await page.locator('#to').fill('1/1/2026');
  await page.locator('#to').press('Enter');
  await expect(page.locator('.empty')).toHaveText('Nobody has done anything like this.');

  // Looking here is on record as well.
  await page.goto('/en/staff/readings');
  await page.locator('#account').fill('auditor');
  await page.locator('#account').press('Enter');
  await expect(rows.filter({ hasText: 'This record' }).first()).toBeVisible();
  expect([...page.complaints, ...officer.complaints]).toEqual([]);
});

test('the ledger is checked from a phone, and the page that was left says how it ended', async ({ browser }) => {
  const page = await staff(browser, 'auditor', PHONE);
  await page.goto('/en/staff/ledger');
  // A page that is left at once takes a call along that has not gone yet.
  const begun = page.waitForResponse((answer) => answer.url().endsWith('/api/ledger/check') && answer.request().method() === 'POST');
  await page.getByRole('button', { name: 'Check it now' }).click();
  await begun;
  await page.goto('/en/staff/readings');
  await expect(page.locator('main h1')).toHaveText('Who has read or done what');
  await page.goto('/en/staff/ledger');
  await expect(page.locator('.ledger-found h2')).toHaveText('The ledger is whole', { timeout: 60_000 });
  await expect(page.locator('.ledger-found')).toContainText('asked for by Auditor');
  await expect(page.getByRole('button', { name: 'Check it now' })).toBeVisible();
  // Nobody else is let in.
  const other = await staff(browser, 'admin', PHONE);
  await other.goto('/en/staff/readings');
  await expect(other.locator('main')).toContainText('Your role may not do this');
  expect(page.complaints).toEqual([]);
});
