// Every component in each of its states (scripts/kit), in both languages of the staff, light, dark and in forced colours: axe
// without a finding, nothing that scrolls sideways, targets large enough for a thumb; and what a keyboard does to each.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect } from '@playwright/test';
import { KIT, serveKit } from './kit.mjs';
import { person, test } from './people.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const COMPONENTS = ['table', 'pager', 'tabs', 'remote', 'timeline', 'chart', 'dialog', 'toast', 'button', 'summary', 'text', 'date', 'checkbox', 'radios', 'suggest', 'photos', 'unsent'];
/** What stands over the page once something was pressed. */
const OPENED = { dialog: '#open', toast: '#with' };

/** A page of the kit. */
async function kit(browser, component, { language = 'en', ...options } = {}) {
  const page = await person(browser, { width: 1280, height: 800 }, options);
  await serveKit(page.context());
  await page.goto(`${KIT}/${language}/#${component}`);
  await page.locator(`main[data-page=${component}]`).waitFor();
  return page;
}

async function check(page, what) {
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    await page.evaluate(`if (!window.axe) { (${'function () {'} ${axe} }).call(window) }`);
    const found = await page.evaluate(async (tags) => {
      const { violations } = await window.axe.run(document, { runOnly: { type: 'tag', values: tags }, rules: { 'label-content-name-mismatch': { enabled: true } } });
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`);
    }, TAGS);
    expect.soft(found, `${what} at ${width}`).toEqual([]);
    const wide = await page.evaluate(() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth);
    expect.soft(wide, `${what} at ${width} scrolls sideways`).toBeLessThanOrEqual(0);
    const small = await page.evaluate((least) => {
      const size = (control) => {
        const box = (/radio|checkbox/.test(control.type) ? control.closest('.radio, .check') : control).getBoundingClientRect();
        return Math.min(box.width, box.height);
      };
      const controls = [...document.querySelectorAll('a[href], button, input:not([type=file]), textarea, summary')];
      return controls.filter((control) => control.checkVisibility() && size(control) < least).map((control) => control.outerHTML.slice(0, 120));
    }, width < 500 ? 44 : 24);
    expect.soft(small, `${what} at ${width}: small targets`).toEqual([]);
  }
}

for (const language of ['bn', 'en']) {
  for (const colours of [{ colorScheme: 'light' }, { colorScheme: 'dark' }, { forcedColors: 'active' }]) {
    const name = Object.values(colours).join();
    test(`every component in ${language}, ${name === 'active' ? 'in forced colours' : name}`, async ({ browser }) => {
      for (const component of COMPONENTS) {
        const page = await kit(browser, component, { language, ...colours });
        await check(page, `${component} (${language}, ${name})`);
        if (OPENED[component]) {
          await page.locator(OPENED[component]).click();
          await page.locator('dialog[open], .toast').waitFor();
          await check(page, `${component}, open (${language}, ${name})`);
        }
        expect(page.complaints, component).toEqual([]);
        await page.context().close();
      }
    });
  }
}

test('the kit names every component that is walked', async ({ browser }) => {
  const page = await person(browser);
  await serveKit(page.context());
  await page.goto(`${KIT}/en/`);
  await page.locator('main .links a').first().waitFor();
  expect(await page.locator('main .links a').allTextContents()).toEqual(COMPONENTS);
});

test('a table is sorted by its head and gone through by arrow keys', async ({ browser }) => {
  const page = await kit(browser, 'table');
  const table = page.getByRole('table', { name: 'Three desks' });
  const open = table.getByRole('columnheader', { name: 'Open' });
  const firsts = () => table.locator('tbody th').allTextContents();
  await expect(open).toHaveAttribute('aria-sort', 'none');
  await open.getByRole('button').focus();
  await page.keyboard.press('Enter');
  await expect(open).toHaveAttribute('aria-sort', 'descending');
  await expect(page.locator('#announce')).toHaveText('Sorted by Open, from the last');
  expect((await firsts())[0]).toBe('জনস্বাস্থ্য কারিগরি');
  await page.keyboard.press('Enter');
  await expect(open).toHaveAttribute('aria-sort', 'ascending');
  expect((await firsts())[0]).toBe('খাদ্য ও সরবরাহ');
  // What is missing stands last, whichever way round.
  const oldest = table.getByRole('columnheader', { name: 'Oldest' }).getByRole('button');
  for (let press = 0; press < 2; press += 1) {
    await oldest.click();
    expect((await firsts())[2]).toBe('Public Works');
  }
  const many = page.getByRole('table', { name: 'Sixty desks' });
  const links = many.locator('tbody th a');
  await expect(many.locator('tbody th a[tabindex="0"]')).toHaveCount(1);
  await links.first().focus();
  for (const [key, at] of [['ArrowDown', 1], ['ArrowDown', 2], ['ArrowUp', 1], ['End', 59], ['ArrowDown', 59], ['Home', 0], ['ArrowUp', 0]]) {
    await page.keyboard.press(key);
    await expect(links.nth(at), key).toBeFocused();
  }
  // Under the head that stays, the focused row is seen.
  await page.keyboard.press('End');
  const covered = await many.evaluate((table) => {
    const [head, row] = [table.tHead.getBoundingClientRect(), document.activeElement.getBoundingClientRect()];
    return { stays: Math.round(head.top - table.closest('.table-frame').getBoundingClientRect().top), below: row.top >= head.bottom };
  });
  expect(covered.below).toBe(true);
  expect(covered.stays).toBeLessThanOrEqual(1);
});

test('tabs follow the arrow keys and the direction of reading', async ({ browser }) => {
  const page = await kit(browser, 'tabs');
  const list = page.getByRole('tablist', { name: 'case-parts' });
  const tab = (at) => list.getByRole('tab').nth(at);
  await tab(0).focus();
  await page.keyboard.press('ArrowRight');
  await expect(tab(1)).toBeFocused();
  await expect(tab(1)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Tab');
  await expect(page.locator('#case-parts-panel')).toBeFocused();
  await expect(page.locator('#case-parts-panel')).toHaveText('2');
  const right = page.getByRole('tablist', { name: 'parts-ur' }).getByRole('tab');
  await right.first().focus();
  await page.keyboard.press('ArrowLeft');
  await expect(right.nth(1)).toBeFocused();
  await page.keyboard.press('End');
  await expect(right.nth(2)).toBeFocused();
});

test('a dialog keeps the focus, closes by Escape and gives the focus back', async ({ browser }) => {
  const page = await kit(browser, 'dialog');
  const dialog = page.getByRole('dialog', { name: 'Send the report back' });
  await page.locator('#open').focus();
  await page.keyboard.press('Enter');
  await expect(dialog).toBeVisible();
  expect(await page.evaluate(() => document.activeElement.closest('dialog') !== null)).toBe(true);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(page.locator('#open')).toBeFocused();
  await expect(page.locator('#why')).toHaveCount(0);
  // Pressed beside it, it stays: a slip loses nothing.
  await page.keyboard.press('Enter');
  await page.locator('#why').fill('Another road.');
  await page.mouse.click(5, 5);
  await expect(dialog).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(page.locator('#open')).toBeFocused();
});

test('a date is understood in any usual spelling, and what is doubtful is said after it was left', async ({ browser }) => {
  const page = await kit(browser, 'date', { language: 'en' });
  const [field, said] = [page.locator('#day'), page.locator('#day-understood')];
  for (const typed of ['5/11/2026', '৫.১১.২৬', '2026-11-05', 'Thu, 5 Nov 2026', '۵ نومبر ۲۰۲۶']) {
    await field.fill(typed);
    await expect(said, typed).toHaveText('Read as: Thursday, 5 November 2026');
  }
  await field.fill('11/25/2026');
  await expect(said).toHaveText('');
  await field.blur();
  await expect(said).toHaveText('Write the day first, then the month');
});

test('a toast takes back by its button and by Ctrl+Z, waits for whoever points at it, and then keeps', async ({ browser }) => {
  const page = await kit(browser, 'toast');
  await page.clock.install();
  const [toast, came] = [page.locator('.toast'), page.locator('#came')];
  await page.locator('#with').click();
  await expect(page.locator('#announce')).toContainText('Ctrl+Z');
  await toast.getByRole('button', { name: 'Take it back' }).click();
  await expect(came).toHaveText('undone');
  await expect(toast).toBeHidden();
  await page.locator('#with').click();
  // Where somebody writes, Ctrl+Z is about what they write.
  await page.locator('#writing').press('Control+z');
  await expect(came).toHaveText('done');
  await page.locator('#without').focus();
  await page.keyboard.press('Control+z');
  await expect(came).toHaveText('undone');
  await page.locator('#with').click();
  await toast.hover();
  await page.clock.runFor(30_000);
  await expect(toast).toBeVisible();
  await page.mouse.move(5, 5);
  await page.clock.runFor(12_000);
  await expect(toast).toBeHidden();
  await expect(came).toHaveText('kept');
});

test('what is sent off without a line goes when there is one: once, under its key, against the version that was seen', async ({ browser }) => {
  const page = await kit(browser, 'unsent');
  const seen = [];
  let answer = null;
  await page.route('**/api/grievances/*/actions', (route) => {
    const request = route.request();
    seen.push([request.headers()['idempotency-key'], request.headers()['if-match'], request.postData()].join());
    return answer ? route.fulfill({ contentType: 'application/json', ...answer }) : route.abort();
  });
  const left = page.locator('#left li');
  await page.locator('#put').click();
  await expect(left).toHaveCount(1);
  // It survives the page.
  await page.reload();
  await expect(left).toHaveCount(1);
  await expect.poll(() => seen.length).toBeGreaterThan(1);
  answer = { status: 200, body: '{}' };
  await page.locator('#now').click();
  await expect(left).toHaveCount(0);
  expect(new Set(seen).size).toBe(1);
  expect(seen[0]).toMatch(/^[0-9a-f]{32},"3",\{"note":/);
  // What the server will not have stays, says why, and is not tried by itself any more.
  answer = { status: 409, body: JSON.stringify({ status: 409, code: 'refused', refusal: 'wrong_stage' }) };
  await page.locator('#put').click();
  await expect(left.locator('.error')).not.toBeEmpty();
  const tries = seen.length;
  await page.reload();
  await expect(left).toHaveCount(1);
  await page.waitForTimeout(500);
  expect(seen.length).toBe(tries);
});
