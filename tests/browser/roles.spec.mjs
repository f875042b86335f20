// A piece of a working day for the roles that no other journey follows: those who look at the whole.
import { expect } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { staff, test } from './people.mjs';

const wide = { width: 1280, height: 900 };

test('data analyst: finds, saves what was found, and is told nobody’s words', async ({ browser }) => {
  const page = await staff(browser, 'data', wide);
  await page.goto('/en/staff/search?department=PHE');
  await expect(page.locator('.card').first()).toBeVisible();
  await page.getByRole('button', { name: 'Download as a table' }).click();
  const dialog = page.getByRole('dialog', { name: 'Download as a table' });
  await dialog.getByRole('button', { name: 'Download', exact: true }).click();
  await expect(dialog.locator('#export-why-error')).toBeVisible();
  await dialog.locator('#export-why').fill('Report on water');
  const saved = page.waitForEvent('download');
  await page.keyboard.press('Enter');
  const file = await saved;
  expect(file.suggestedFilename()).toBe('pratikar.csv');
  const [head, ...lines] = (await readFile(await file.path(), 'utf8')).trimEnd().split('\r\n');
  expect(head.replace('\uFEFF', '')).toMatch(/^Grievance number,Stage,In this stage since,/);
  const found = Number((await page.locator('#found-count').textContent()).replaceAll(/\D/g, ''));
  expect(lines.length).toBe(found);
  for (const line of lines) expect(line).toMatch(/^\d{4} \d{4} \d{4},/);
  await expect(dialog).toBeHidden();
  await expect(page.locator('main')).toContainText(`${found} grievances saved to the file`);
  expect(page.complaints).toEqual([]);
  // The auditor reads for what.
  const auditor = await staff(browser, 'auditor', wide);
  await auditor.goto('/en/staff/readings');
  await expect(auditor.locator('main')).toContainText('Report on water');
});

test('principal manager: from the figures to a late case, and to who is away', async ({ browser }) => {
  const page = await staff(browser, 'principal', wide);
  await page.goto('/en/staff/dashboard');
  await expect(page.locator('.tile').first()).toBeVisible();
  await page.goto('/en/staff/desks');
  const table = page.getByRole('table', { name: 'Where the work stands' });
  await table.getByRole('columnheader', { name: 'Past limit' }).getByRole('button').click();
  const first = table.locator('tbody th a').first();
  const desk = await first.textContent();
  await first.click();
  await page.locator('.card a').first().click();
  await expect(page.locator('main h1')).toBeVisible();
  // They look; nobody above the desks acts on a case but by a note.
  const actions = page.locator('ul.do button');
  await expect(actions).toHaveCount(1);
  await expect(actions).toContainText('Write a note');
  await page.goBack();
  await page.goBack();
  await expect(table.locator('tbody th a').first()).toHaveText(desk);
  await expect(table.locator('tbody th a').first()).toBeFocused();
  await page.goto('/en/staff/roster');
  await expect(page.locator('.card').first()).toBeVisible();
  expect(page.complaints).toEqual([]);
});
