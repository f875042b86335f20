// The administrator's day: a holiday is added and taken back, an account comes and goes; the auditor reads it.
import { expect } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { person, staff, test } from './people.mjs';

const wide = { width: 1280, height: 900 };

test('a table is changed after what would differ was seen, and the change is taken back', async ({ browser }) => {
  const page = await staff(browser, 'admin', wide);
  await expect(page.locator('main h1')).toHaveText('Rules and tables');
  await page.getByRole('link', { name: 'Holidays' }).first().click();
  const text = page.locator('#table-text');
  await expect(text).toHaveValue(/\t/);
  const before = await text.inputValue();
  const line = before.trim().split('\n').at(-1).split('\t');
  // A line that cannot be read is refused in words, and stays.
  await text.fill(`${before.trimEnd()}\nnonsense\n`);
  await page.getByRole('button', { name: 'See what would change' }).click();
  await expect(page.locator('#error-summary')).toContainText('holidays.tsv');
  await expect(text).toHaveValue(/nonsense/);
  // What was begun outlives a reload.
  await page.waitForTimeout(900);
  await page.reload();
  await expect(text).toHaveValue(/nonsense/);
  const added = ['2027-12-31', ...line.slice(1)].join('\t');
  await text.fill(`${before.trimEnd()}\n${added}\n`);
  await page.getByRole('button', { name: 'See what would change' }).click();
  await expect(page.locator('#trial')).toBeFocused();
  await expect(page.locator('.difference ins')).toHaveText([added]);
  await expect(page.locator('.difference del')).toHaveCount(0);
  await page.getByRole('button', { name: 'Change it now' }).click();
  await expect(page.locator('#trial .error')).toBeVisible();
  await page.locator('#why').fill('Notification of the department');
  await page.getByRole('button', { name: 'Change it now' }).click();
  await expect(page.locator('main > .hint, main .hint').first()).toContainText('Notification of the department');
  await expect(text).toHaveValue(/2027-12-31/);

  const auditor = await staff(browser, 'auditor', wide);
  await auditor.goto('/en/staff/settings');
  await expect(auditor.locator('.changes li').first()).toContainText('Notification of the department');
  await expect(auditor.getByRole('button', { name: 'Take it back' })).toHaveCount(0);
  await auditor.goto('/en/staff/settings/holidays-tsv');
  await expect(auditor.locator('pre.table-text')).toContainText('2027-12-31');
  await expect(auditor.locator('#table-text')).toHaveCount(0);

  await page.getByRole('link', { name: 'Rules and tables' }).first().click();
  await page.locator('.changes li').first().getByRole('button', { name: 'Take it back' }).click();
  await page.locator('#why').fill('It was the wrong day');
  await page.locator('.changes form button').click();
  await expect(page.locator('.changes li').first()).toContainText('It was the wrong day');
  await expect(page.locator('.changes li').first()).toContainText('takes back');
  await page.getByRole('link', { name: 'Holidays' }).first().click();
  await expect(text).toHaveValue(before);
  expect([...page.complaints, ...auditor.complaints]).toEqual([]);
});

test('a table goes through a spreadsheet and comes back the same, or as it was changed there', async ({ browser }) => {
  const page = await staff(browser, 'admin', wide);
  await page.goto('/en/staff/settings/departments-tsv');
  const text = page.locator('#table-text');
  await expect(text).toHaveValue(/\t/);
  const before = await text.inputValue();
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save for a spreadsheet (CSV)' }).click();
  const file = await saved;
  expect(file.suggestedFilename()).toBe('departments.csv');
  const csv = await readFile(await file.path(), 'utf8');
  const take = (written) =>
    page.locator('input[type=file]').setInputFiles({ name: 'Departments.CSV', mimeType: 'text/csv', buffer: Buffer.from(written) });
  await text.fill('something else');
  await take(csv);
  await expect(text).toHaveValue(before);
  await take(csv.replace('Public Health', 'Public “Health”'));
  await expect(text).toHaveValue(/Public “Health”/);
  await page.getByRole('button', { name: 'See what would change' }).click();
  await expect(page.locator('.difference ins')).toHaveCount(1);
  // What a spreadsheet has spoilt is told, and what stands there stays.
  await take(Buffer.concat([Buffer.from(csv), Buffer.from([0xe0, 0xa6])]));
  await expect(page.locator('#error-summary')).toContainText('CSV UTF-8');
  await expect(text).toHaveValue(/Public “Health”/);
  await text.fill(before);
  expect(page.complaints).toEqual([]);
});

test('two administrators at one table: the later one reads the other first', async ({ browser }) => {
  const [one, other] = [await staff(browser, 'admin', wide), await staff(browser, 'admin', wide)];
  for (const page of [one, other]) {
    await page.goto('/en/staff/settings/grounds-tsv');
    const text = await page.locator('#table-text').inputValue();
    await page.locator('#table-text').fill(text.replace(/\tyes/, '\tno'));
    await page.getByRole('button', { name: 'See what would change' }).click();
    await page.locator('#why').fill('No longer used');
  }
  await one.getByRole('button', { name: 'Change it now' }).click();
  await expect(one.locator('.hint').first()).toContainText('No longer used');
  await other.getByRole('button', { name: 'Change it now' }).click();
  await expect(other.locator('#error-summary')).toContainText('meanwhile');
  await one.goto('/en/staff/settings');
  await one.locator('.changes li').first().getByRole('button', { name: 'Take it back' }).click();
  await one.locator('#why').fill('End of the test');
  await one.locator('.changes form button').click();
  await expect(one.locator('.changes li').first()).toContainText('End of the test');
});

test('an account is added, moved, disabled and let in again', async ({ browser }) => {
  const page = await staff(browser, 'admin', wide);
  await page.goto('/en/staff/accounts');
  await page.locator('#add-account').click();
  const adding = page.getByRole('dialog');
  await adding.locator('form button[type=submit]').click();
  await expect(adding.locator('#error-summary')).toBeVisible();
  await adding.locator('#username').fill('test.newcomer');
  await adding.locator('#person-name').fill('New Comer');
  await adding.locator('#role').fill('nodal');
  await page.getByRole('option').first().click();
  await adding.locator('#department').fill('PHE');
  await page.getByRole('option').first().click();
  await adding.locator('#password').fill('short');
  await adding.locator('form button[type=submit]').click();
  await expect(adding.locator('#error-summary')).toContainText('12');
  await adding.locator('#password').fill('a-long-password-1');
  await adding.locator('form button[type=submit]').click();
  await expect(adding).toBeHidden();
  const line = page.locator('.accounts li', { hasText: 'test.newcomer' });
  await expect(line).toContainText('Nodal officer');

  const newcomer = await person(browser, wide);
  const signIn = async (password) => {
    await newcomer.goto('/en/staff/');
    await newcomer.getByLabel('Name', { exact: true }).fill('test.newcomer');
    await newcomer.getByLabel('Password').fill(password);
    await newcomer.getByRole('button', { name: 'Sign in' }).click();
  };
  await signIn('a-long-password-1');
  await expect(newcomer.locator('.who')).toHaveText('New Comer');
  await line.getByRole('button', { name: 'Another role or office' }).click();
  await line.locator('#role').fill('data analyst');
  await page.getByRole('option').first().click();
  await line.locator('form button[type=submit]').click();
  await expect(line).toContainText('Data analyst');
  await newcomer.reload();
  await expect(newcomer.locator('.menu')).toContainText('Dashboard');
  await line.getByRole('button', { name: 'Disable' }).click();
  await line.locator('form button[type=submit]').click();
  await expect(line).toContainText('disabled');
  await newcomer.reload();
  await expect(newcomer.getByRole('button', { name: 'Sign in' })).toBeVisible();
  await line.getByRole('button', { name: 'Let them in again' }).click();
  await line.locator('#new-password').fill('another-password-2');
  await line.locator('form button[type=submit]').click();
  await expect(line).not.toContainText('disabled');
  await signIn('another-password-2');
  await expect(newcomer.locator('.who')).toHaveText('New Comer');

  // Nobody shuts themselves out.
  await page.locator('#prefix').fill('admin');
  const own = page.locator('.accounts li', { hasText: 'Administrator' }).first();
  await own.getByRole('button', { name: 'Disable' }).click();
  await own.locator('form button[type=submit]').click();
  await expect(own.locator('#error-summary')).toBeVisible();
  expect(page.complaints).toEqual([]);
});

test('an officer is said to be away by keys, the office is named as empty, and they come back', async ({ browser }) => {
  const nodal = await staff(browser, 'nodal.phe', wide);
  await nodal.goto('/en/staff/roster');
  await nodal.locator('#part').fill('bolpur-srin');
  const line = nodal.locator('.accounts li');
  await expect(line).toHaveCount(1);
  await expect(line).toContainText('Office officer');
  await line.getByRole('button', { name: 'Say when they are away' }).focus();
  await nodal.keyboard.press('Enter');
  const save = line.getByRole('button', { name: 'Save' });
  await save.click();
  await expect(line.locator('#error-summary')).toBeVisible();
  await line.locator('#away-first').fill('today');
  await line.locator('#away-last').fill('yesterday');
  await save.click();
  await expect(line.locator('#error-summary')).toBeVisible();
  // Any usual spelling; Enter sends.
  const last = new Date(Date.now() + 3 * 86_400_000).toLocaleDateString('en-GB', { timeZone: 'Asia/Kolkata' });
  await line.locator('#away-last').fill(last);
  await nodal.keyboard.press('Enter');
  await expect(line.locator('.pill')).toContainText('away until');
  await expect(line.getByRole('button', { name: 'Other days' })).toBeFocused();
  // The other tab has not seen it, and overwrites nothing.
  const other = await staff(browser, 'nodal.phe', wide);
  await other.goto('/en/staff/roster');
  await other.locator('#part').fill('বোলপুর শ্রীনিকেতন');
  const there = other.locator('.accounts li', { hasText: 'bolpur-sriniketan' });
  await expect(there.locator('.pill')).toContainText('away until');
  await line.getByRole('button', { name: 'Other days' }).click();
  await line.locator('#away-first').fill('tomorrow');
  await save.click();
  await expect(line.locator('.pill')).toContainText('away from');
  await there.getByRole('button', { name: 'Back at work' }).click();
  await expect(other.locator('.failed')).toContainText('Somebody else');
  await expect(there.locator('.pill')).toContainText('away from');
  // Without a line nothing is claimed.
  await other.context().setOffline(true);
  await there.getByRole('button', { name: 'Back at work' }).click();
  await expect(other.locator('main .failed')).toContainText('connection');
  await expect(there.locator('.pill')).toContainText('away from');
  await other.context().close();
  // Found among all who are away, and after a reload.
  await nodal.reload();
  await nodal.locator('#only-away').check();
  await expect(nodal.locator('.accounts li', { hasText: 'bolpur-sriniketan' }).locator('.pill')).toContainText('away from');
  await nodal.locator('.accounts li', { hasText: 'bolpur-sriniketan' }).getByRole('button', { name: 'Back at work' }).click();
  await expect(nodal.locator('.accounts li .pill')).toHaveCount(0);
  await expect(nodal.locator('.accounts li button[aria-expanded]')).toHaveText(['Say when they are away']);

  // Each rank keeps the roster of its own.
  const assistant = await staff(browser, 'assistant', wide);
  await assistant.goto('/en/staff/roster');
  await expect(assistant.locator('.accounts li', { hasText: 'telecaller' }).first()).toBeVisible();
  await expect(assistant.locator('.accounts li', { hasText: 'analyst' })).toHaveCount(0);
  expect([...nodal.complaints, ...assistant.complaints]).toEqual([]);
});
