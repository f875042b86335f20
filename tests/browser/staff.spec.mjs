// The staff app's frame: forms that keep what is theirs, tables, and lists that come page by page.
import { expect } from '@playwright/test';
import { PASSWORD, lodge, person, staff, test } from './people.mjs';

/** A new grievance, as the desk sees it. */
async function atTheDesk(browser, mobile) {
  const citizen = await person(browser);
  const number = await lodge(citizen, { text: 'টিউবওয়েল খারাপ। জল নেই।', mobile });
  const page = await staff(browser, 'analyst');
  await page.goto(`/en/staff/case/${number}`);
  await page.locator('.workplace').waitFor();
  return page;
}

test('what is typed for one action stays with it, and what is missing is told at its field', async ({ browser }) => {
  const page = await atTheDesk(browser, '9847000001');
  const form = page.locator('form.action');
  const choose = (name) => page.locator('.do').getByRole('button', { name }).click();
  await choose('Ask for information');
  await form.locator('#entry').fill('Which pump is it?');
  await choose('Not admissible');
  await expect(form.locator('#entry')).toHaveValue('');
  // The grounds come from the server, and move the button as they do.
  await form.locator('input[type=radio]').first().waitFor();
  await form.locator('button[type=submit]').click();
  await expect(form.locator('#choice-error')).toHaveText('Choose one');
  await expect(form.locator('#entry-error')).toHaveText('Write the reason or the details.');
  await expect(form.locator('.summary a')).toHaveCount(2);
  await choose('Ask for information');
  await expect(form.locator('.summary')).toHaveCount(0);
  await expect(form.locator('#entry')).toHaveValue('Which pump is it?');
  // Another action changes the case: what was typed for this one is still there.
  await choose('Write a note');
  await form.locator('#entry').fill('Called, nobody answered.');
  await form.locator('button[type=submit]').click();
  await expect(form).toHaveCount(0);
  await choose('Ask for information');
  await expect(form.locator('#entry')).toHaveValue('Which pump is it?');
  await choose('Write a note');
  await expect(form.locator('#entry')).toHaveValue('');
  expect(page.complaints).toEqual([]);
});

test('a department that somebody chose is not taken back by the suggestion, and an office goes with its department', async ({ browser }) => {
  const page = await atTheDesk(browser, '9847000002');
  const choose = (name) => page.locator('.do').getByRole('button', { name }).click();
  await choose('Categorise and send');
  const department = page.locator('#department');
  await expect(department).not.toHaveValue('');
  await department.fill('Public Works');
  await page.getByRole('option').first().click();
  const chosen = await department.inputValue();
  await choose('Write a note');
  await choose('Categorise and send');
  await expect(department).toHaveValue(chosen);
});

test('digits, dates and places of a text are read in the page’s script where somebody wants that', async ({ browser }) => {
  const number = await lodge(await person(browser), { text: 'বীরভূমের টিউবওয়েল ৫ নভেম্বর থেকে খারাপ।', mobile: '9847000011' });
  const page = await staff(browser, 'analyst');
  await page.goto(`/en/staff/case/${number}`);
  const readings = page.locator('.about .said rt');
  const shows = page.getByRole('button', { name: 'Show digits, dates and places in English script' });
  await expect(shows).toHaveAttribute('aria-pressed', 'false');
  await expect(readings).toHaveCount(0);
  await shows.click();
  await expect(readings).toHaveText(['Birbhum', '5', 'November']);
  // Whoever reads Bengali reads what was written.
  await page.goto(`/staff/case/${number}`);
  await expect(page.locator('.about .said')).toContainText('নভেম্বর');
  await expect(page.locator('.about [aria-pressed]')).toHaveCount(0);
  expect(page.complaints).toEqual([]);
});

test('a next page that does not come leaves the rows that stand, and is asked for again', async ({ browser }) => {
  const page = await staff(browser, 'manager');
  let cut = true;
  await page.route(/cursor=/, (route) => (cut ? route.abort() : route.continue()));
  await page.goto('/en/staff/cases?days=');
  const rows = page.locator('.card');
  await expect(rows).toHaveCount(50);
  const more = page.locator('.pager button');
  await more.click();
  await expect(page.locator('.pager .error')).not.toBeEmpty();
  await expect(rows).toHaveCount(50);
  cut = false;
  await more.click();
  await expect(rows).toHaveCount(100);
});

test('the desks are sorted by their load', async ({ browser }) => {
  const page = await staff(browser, 'manager');
  await page.goto('/en/staff/desks');
  const table = page.getByRole('table', { name: 'Where the work stands' });
  const open = async () => (await table.locator('tbody tr td:nth-child(3)').allTextContents()).map((text) => Number(text.replaceAll(',', '')));
  await table.getByRole('columnheader', { name: 'Open' }).getByRole('button').click();
  const figures = await open();
  expect(figures.length).toBeGreaterThan(3);
  expect(figures).toEqual([...figures].sort((a, b) => b - a));
  await table.locator('tbody th a').first().focus();
  await page.keyboard.press('ArrowDown');
  await expect(table.locator('tbody th a').nth(1)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('.card').first()).toBeVisible();
  // Back finds it as it was left: the order, and the row.
  await page.goBack();
  await expect(table.locator('tbody th a').nth(1)).toBeFocused();
  expect(await open()).toEqual(figures);
  // What nobody needs is left out, and stays so.
  const column = table.getByRole('columnheader', { name: 'Open' });
  const look = page.getByText('Columns and spacing');
  await look.click();
  await page.getByLabel('Open', { exact: true }).uncheck();
  await expect(column).toHaveCount(0);
  const high = await table.locator('tbody tr').first().evaluate((row) => row.offsetHeight);
  await page.getByLabel('Rows close together').check();
  expect(await table.locator('tbody tr').first().evaluate((row) => row.offsetHeight)).toBeLessThan(high);
  await page.reload();
  await expect(table.locator('tbody tr').first()).toBeVisible();
  await expect(column).toHaveCount(0);
  await expect(look).toContainText('1 hidden');
  await look.click();
  await page.getByLabel('Open', { exact: true }).check();
  await expect(column, 'an order that nothing showed has ended').toHaveAttribute('aria-sort', 'none');
  await page.getByLabel('Open', { exact: true }).uncheck();
  // On a shared computer the next person has their own.
  await page.getByRole('link', { name: 'Sign out' }).or(page.getByRole('button', { name: 'Sign out' })).click();
  await page.locator('#username').fill('principal');
  await page.locator('#password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.locator('nav.menu').waitFor();
  await page.goto('/en/staff/desks');
  await expect(column).toBeVisible();
});

test('offices stand side by side, and nobody is named where there are too few answers', async ({ browser }) => {
  const nodal = await staff(browser, 'nodal.phe');
  await nodal.goto('/en/staff/offices');
  const table = nodal.getByRole('table', { name: 'Offices side by side' });
  await expect(table.locator('tbody tr').first()).toBeVisible();
  await expect(nodal.locator('#offices-finding')).toContainText('too few answers');
  // The rows add up to the tile, but for what is at the department's own desk.
  const figures = async (column) => (await table.locator(`tbody tr td:nth-child(${column})`).allTextContents()).map(Number);
  const open = [...(await figures(3)), ...(await figures(4)), ...(await figures(5)), ...(await figures(6))];
  const whole = Number(await nodal.locator('.tile .value').first().textContent());
  const sum = open.reduce((all, one) => all + one, 0);
  expect(sum).toBeGreaterThan(0);
  expect(sum).toBeLessThanOrEqual(whole);
  // Their own department alone; by keys from row to row, and on to the office's cases.
  await expect(nodal.locator('#department')).toHaveCount(0);
  await table.locator('tbody th a').first().focus();
  await nodal.keyboard.press('ArrowDown');
  await expect(table.locator('tbody th a').nth(1)).toBeFocused();
  const office = await table.locator('tbody th a').nth(1).textContent();
  await nodal.keyboard.press('Enter');
  await expect(nodal.locator('.card').first()).toBeVisible();
  await expect(nodal.locator('#office')).toHaveValue(new RegExp(`^${office.trim()},`));

  const cmo = await staff(browser, 'cmo');
  await cmo.goto('/en/staff/offices');
  await expect(cmo.locator('.notice')).toContainText('Choose a department');
  await cmo.locator('#department').fill('Public Health');
  await cmo.keyboard.press('ArrowDown');
  await cmo.keyboard.press('Enter');
  await expect(cmo).toHaveURL(/offices\?days=90&where=department:PHE/);
  await expect(cmo.locator('tbody tr').first()).toBeVisible();
  await cmo.getByRole('link', { name: 'All', exact: true }).click();
  await expect(cmo).toHaveURL(/days=&where=department:PHE/);
  // An office that has a case now; others have only reported before.
  const busy = cmo.locator('tbody tr').filter({ has: cmo.locator('.age-1, .age-2, .age-3, .age-4') });
  await busy.first().locator('th a').click();
  await expect(cmo.locator('.card').first()).toBeVisible();
  await cmo.goBack();
  await expect(cmo.locator('tbody tr').first()).toBeVisible();
});

test('a word without an end widens neither the worklist nor the case', async ({ browser }) => {
  const citizen = await person(browser);
  const number = await lodge(citizen, { text: `জলনেই${'ক'.repeat(400)}`, mobile: '9847000009' });
  const page = await staff(browser, 'analyst', { width: 320, height: 700 });
  const wide = () => page.evaluate(() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth);
  await page.goto('/en/staff/work');
  await page.locator('.cards li').first().waitFor();
  expect(await wide()).toBeLessThanOrEqual(0);
  await page.goto(`/en/staff/case/${number}`);
  await page.locator('.workplace').waitFor();
  expect(await wide()).toBeLessThanOrEqual(0);
});
