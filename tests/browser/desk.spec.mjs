// The worklist beside the case: deciding by keys, the next case, taking back, what is kept, who has what open.
import { expect } from '@playwright/test';
import { PASSWORD, PHONE, lodge, person, photoFile, staff, test } from './people.mjs';
import { act, toTheOffice } from './states.mjs';

const wide = { width: 1400, height: 900 };
const habits = { keys: true, undo: 10 };

/** New grievances at the desk, each with a line of its own; answers their numbers. */
async function lodged(browser, mobiles) {
  const numbers = [];
  for (const [at, mobile] of mobiles.entries()) {
    const citizen = await person(browser);
    numbers.push(await lodge(citizen, { text: `টিউবওয়েল খারাপ, পাড়া ${at + 1}। জল নেই।`, mobile }));
    await citizen.context().close();
  }
  return numbers;
}

/** Opens a case of the list by its row, without a reload. */
async function openRow(page, number) {
  await page.locator(`#row-${number}`).click();
  await expect(page.locator(`#row-${number}`)).toHaveAttribute('aria-current', 'true');
  await page.locator('.workplace').waitFor();
}

const stage = (page, number) => page.evaluate(async (number) => (await (await fetch(`/api/grievances/${number}`, { headers: { 'pratikar-app': 'staff' } })).json()).line.stage, number);

test('two keys decide, the next case is there, and the decision can be taken back', async ({ browser }) => {
  const [first, second] = await lodged(browser, ['9847100001', '9847100002']);
  const page = await staff(browser, 'analyst', wide, { habits });
  await openRow(page, first);
  await expect(page.locator(`#row-${second}`)).toBeVisible();
  // C opens the form with what is suggested, and sends it.
  await page.keyboard.press('c');
  await expect(page.locator('#department')).toHaveValue('Public Health Engineering');
  // Where it will go is told before it goes: the department's own office for the place.
  await expect(page.locator('form.action .chosen')).toHaveText(/ → Public Health Engineering → .*Bolpur-Sriniketan/);
  await expect(page.locator('form.action button[type=submit]')).toBeVisible();
  await page.locator('form.action button[type=submit]').focus();
  await page.keyboard.press('c');
  await expect(page.locator('.toast')).toContainText('With the department');
  await expect(page.locator(`#row-${first}`)).toHaveCount(0);
  const next = page.locator('.rows-list .open a');
  await expect(next).toBeFocused();
  await expect(page.locator('.workplace')).toBeVisible();
  expect(await stage(page, first)).toBe('registered');
  await page.keyboard.press('u');
  await expect(page.locator(`#row-${first}`)).toHaveAttribute('aria-current', 'true');
  await expect(page.locator(`#row-${first}`), 'J and Enter go on from what was taken back').toBeFocused();
  await page.waitForTimeout(500);
  expect(await stage(page, first)).toBe('registered');
  // Decided again and not taken back, it goes by itself.
  await page.locator('.workplace').waitFor();
  await page.waitForTimeout(200);
  await page.locator('.do').getByRole('button', { name: 'Categorise and send' }).click();
  await expect(page.locator('#department')).toHaveValue('Public Health Engineering');
  await page.locator('form.action button[type=submit]').click();
  await expect(page.locator('.toast')).toContainText('With the department');
  await page.locator('.toast .close').click();
  await expect.poll(() => stage(page, first)).toBe('with_department');
  expect(page.complaints).toEqual([]);
});

const suggestion = (page, number) => page.evaluate(async (number) => (await (await fetch(`/api/grievances/${number}`, { headers: { 'pratikar-app': 'staff' } })).json()).suggestion, number);

/** A new grievance with likely categories: one in twenty has none. */
async function suggested(browser, page, mobiles) {
  for (let at = 10; at < 100; at += 1) {
    const [number] = await lodged(browser, [`${mobiles}${at}`]);
    if (!(await suggestion(page, number)).blind) return number;
  }
  throw new Error('none has likely categories');
}

test('a digit and Enter decide, however fast they follow each other', async ({ browser }) => {
  const page = await staff(browser, 'analyst', wide, { habits });
  const number = await suggested(browser, page, '98471200');
  await page.reload();
  await openRow(page, number);
  await page.locator('.probable li').first().waitFor();
  await page.waitForTimeout(300);
  await page.locator(`#row-${number}`).focus();
  // Both before anything can be drawn.
  await page.evaluate(() => {
    for (const key of ['1', 'Enter']) document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  });
  await expect(page.locator('.toast')).toContainText('With the department');
  await page.locator('.toast .close').click();
  await expect.poll(() => stage(page, number)).toBe('with_department');
  expect(page.complaints).toEqual([]);
});

test('a digit takes a likely category over with the words that decided, and Enter sends it', async ({ browser }) => {
  const page = await staff(browser, 'analyst', wide, { habits });
  const number = await suggested(browser, page, '98471000');
  await page.reload();
  await openRow(page, number);
  const first = page.locator('.probable li').first();
  await expect(first).toContainText(/right \d+ times in 100/);
  await expect(first.locator('q', { hasText: 'টিউবওয়েল' })).toBeVisible();
  const { likely } = await suggestion(page, number);
  expect(likely[0].category).toBe('water.tubewell');
  await page.keyboard.press('1');
  await expect(page.locator('#category')).toHaveValue(/tube ?well/i);
  await expect(page.locator('#department')).toHaveValue('Public Health Engineering');
  await expect(page.locator('form.action button[type=submit]')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('.toast')).toContainText('With the department');
  await page.locator('.toast .close').click();
  await expect.poll(() => stage(page, number)).toBe('with_department');
  expect(page.complaints).toEqual([]);
});

test('a decision is sent although the browser is closed before its time is over', async ({ browser }) => {
  const [number] = await lodged(browser, ['9847100003']);
  const page = await staff(browser, 'analyst', wide, { habits });
  await openRow(page, number);
  await page.locator('.do').getByRole('button', { name: 'Ask for information' }).click();
  await page.locator('form.action #entry').fill('Which pump is it?');
  await page.locator('form.action button[type=submit]').click();
  await expect(page.locator('.toast')).toBeVisible();
  const held = await page.evaluate(() => localStorage.getItem('pratikar.unsent.staff'));
  expect(held).toContain('Which pump');
  await page.evaluate(() => {
    const all = JSON.parse(localStorage.getItem('pratikar.unsent.staff')).map((one) => ({ ...one, held_until: 0 }));
    localStorage.setItem('pratikar.unsent.staff', JSON.stringify(all));
  });
  await page.reload();
  await page.locator('.worklist').waitFor();
  await expect.poll(() => stage(page, number)).toBe('needs_information');
  expect(await page.evaluate(() => localStorage.getItem('pratikar.unsent.staff'))).toBeNull();
  // What was sent is nothing begun: signing out asks nothing.
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
});

test('what is refused is told at the form, before the next case is shown', async ({ browser }) => {
  const [number] = await lodged(browser, ['9847100004']);
  const page = await staff(browser, 'analyst', wide, { habits });
  await openRow(page, number);
  await page.locator('.do').getByRole('button', { name: 'Categorise and send' }).click();
  await expect(page.locator('#department')).not.toHaveValue('');
  await page.route('**/preview', (route) =>
    route.fulfill({ status: 409, contentType: 'application/problem+json', body: JSON.stringify({ type: 'urn:pratikar:refused', title: 'x', status: 409, code: 'refused', refusal: 'wrong_stage' }) }),
  );
  await page.locator('form.action button[type=submit]').click();
  await expect(page.locator('form.action .summary')).toBeVisible();
  await expect(page.locator(`#row-${number}`)).toHaveAttribute('aria-current', 'true');
  await expect(page.locator('.toast')).toHaveCount(0);
});

test('whoever types at once types into the text, and no letter of theirs decides anything', async ({ browser }) => {
  const [number] = await lodged(browser, ['9847100061']);
  const page = await staff(browser, 'analyst', wide, { habits });
  await openRow(page, number);
  await page.waitForTimeout(250);
  await page.keyboard.press('i');
  // As slowly as people type: what is suggested for a form may come meanwhile.
  await expect(page.locator('form.action #entry')).toBeFocused();
  await page.keyboard.type('which pump is it', { delay: 120 });
  await expect(page.locator('form.action #entry')).toHaveValue('which pump is it');
  await expect(page.locator('form.action #entry')).toBeFocused();
  await page.locator('form.action #entry').fill('');
  await page.locator('.workplace .about').click({ position: { x: 5, y: 5 } });
  await page.keyboard.press('n');
  await expect(page.locator('form.action #entry')).toBeFocused();
  await page.keyboard.type('call back');
  await expect(page.locator('form.action #entry')).toHaveValue('call back');
  // Not even on a choice of the form.
  await page.locator('form.action input[type=radio]').first().focus();
  await page.keyboard.type('cuj');
  await expect(page.getByRole('heading', { name: 'Write a note' })).toBeVisible();
  await expect(page.locator(`#row-${number}`)).toHaveAttribute('aria-current', 'true');
  // By mouse, too, the focus goes to what is to be filled in.
  await page.locator('.do').getByRole('button', { name: 'Ask for information' }).click();
  await expect(page.locator('form.action #entry')).toBeFocused();
  // Escape puts the form away, and what was typed stays.
  await page.keyboard.press('Escape');
  await expect(page.locator('form.action')).toHaveCount(0);
  await expect(page.locator('.do').getByRole('button', { name: 'Ask for information' })).toBeFocused();
  await page.keyboard.press('n');
  await expect(page.locator('form.action #entry')).toHaveValue('call back');
  expect(page.complaints).toEqual([]);
});

test('a reload sends what could be taken back, and signing out leaves no offer to take it back', async ({ browser }) => {
  const [one, two] = await lodged(browser, ['9847100062', '9847100063']);
  const page = await staff(browser, 'analyst', wide, { habits });
  const ask = async (number) => {
    await openRow(page, number);
    await page.locator('.do').getByRole('button', { name: 'Ask for information' }).click();
    await page.locator('form.action #entry').fill('Which pump?');
    await page.locator('form.action button[type=submit]').click();
    await expect(page.locator('.toast')).toBeVisible();
  };
  await ask(one);
  expect(await stage(page, one)).toBe('registered');
  await page.reload();
  await expect.poll(() => stage(page, one)).toBe('needs_information');
  await ask(two);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  await expect(page.locator('.toast')).toHaveCount(0);
  expect(page.complaints).toEqual([]);
});

test('what is begun is there after a reload, encrypted meanwhile, and deleted at sign-out after asking', async ({ browser }) => {
  const [number] = await lodged(browser, ['9847100005']);
  const page = await staff(browser, 'analyst', wide, { habits });
  await openRow(page, number);
  await page.locator('.do').getByRole('button', { name: 'Ask for information' }).click();
  await page.locator('form.action #entry').fill('কোন পাম্প? secret words');
  await page.waitForTimeout(900);
  const kept = await page.evaluate(() => JSON.stringify(localStorage));
  expect(kept).toContain('pratikar.staff.drafts');
  expect(kept).not.toContain('secret words');
  await page.reload();
  await expect(page.locator('form.action #entry')).toHaveValue('কোন পাম্প? secret words');
  await page.getByRole('button', { name: 'Sign out' }).click();
  const dialog = page.getByRole('dialog', { name: 'Sign out?' });
  await expect(dialog).toContainText('1 text');
  await dialog.getByRole('button', { name: 'Stay' }).click();
  await expect(page.locator('form.action #entry')).toHaveValue('কোন পাম্প? secret words');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await dialog.getByRole('button', { name: 'Delete and sign out' }).click();
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain('drafts');
});

test('what is begun in two tabs is kept from both, and either asks before it is deleted', async ({ browser }) => {
  const [one, two] = await lodged(browser, ['9847100021', '9847100022']);
  const first = await staff(browser, 'analyst', wide, { habits });
  // Both have read what lies on the device before anything is begun.
  const second = await first.context().newPage();
  await second.goto('/en/staff/work');
  await openRow(second, two);
  for (const [page, number, text] of [[first, one, 'Which pump?'], [second, two, 'Which lane?']]) {
    await openRow(page, number);
    await page.locator('.do').getByRole('button', { name: 'Ask for information' }).click();
    await page.locator('form.action #entry').fill(text);
    await page.waitForTimeout(900);
  }
  await first.reload();
  await expect(first.locator('form.action #entry')).toHaveValue('Which pump?');
  await second.reload();
  await expect(second.locator('form.action #entry')).toHaveValue('Which lane?');
  const third = await first.context().newPage();
  await third.goto('/en/staff/work');
  await third.getByRole('button', { name: 'Sign out' }).click();
  await expect(third.getByRole('dialog', { name: 'Sign out?' })).toContainText('2 texts');
  await third.getByRole('button', { name: 'Delete and sign out' }).click();
  await expect(third.getByRole('button', { name: 'Sign in' })).toBeVisible();
  expect(await third.evaluate(() => JSON.stringify(localStorage))).not.toContain('drafts');
});

test('a grievance that is being taken down outlives a reload and goes once it is lodged', async ({ browser }) => {
  const page = await staff(browser, 'analyst', wide);
  await page.goto('/en/staff/intake');
  await page.locator('#mobile').fill('9847100051');
  await page.locator('#text').fill('রেশন দোকানে চাল কম দেয়।');
  await page.locator('#conduct-1').check();
  await page.waitForFunction(() => Object.keys(localStorage).some((key) => key.endsWith('/intake')));
  await page.waitForTimeout(900);
  expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain('রেশন');
  await page.reload();
  await expect(page.locator('#text')).toHaveValue('রেশন দোকানে চাল কম দেয়।');
  await expect(page.locator('#mobile')).toHaveValue('9847100051');
  await expect(page.locator('#conduct-1')).toBeChecked();
  await page.locator('#name').fill('রহিমা বিবি');
  await page.locator('#place').fill('bolpur-s');
  await page.getByRole('option').first().click();
  await page.locator('#category').fill('ration');
  await page.getByRole('option').first().click();
  await page.locator('#privacy').check();
  await page.getByRole('button', { name: 'Register the grievance' }).click();
  await expect(page.locator('#registered')).toContainText('98471 00051');
  await expect.poll(() => page.evaluate(() => Object.keys(localStorage).some((key) => key.endsWith('/intake')))).toBe(false);
  expect(page.complaints).toEqual([]);
});

test('nobody is handed a case that another has open, and each sees who writes', async ({ browser }) => {
  const [number] = await lodged(browser, ['9847100006']);
  const first = await staff(browser, 'analyst', wide, { habits });
  await openRow(first, number);
  await first.locator('.do').getByRole('button', { name: 'Ask for information' }).click();
  await first.locator('form.action #entry').fill('Which');
  const second = await staff(browser, 'analyst2', wide, { habits });
  await expect(second.locator(`#row-${number}`)).toContainText('Operational analyst is writing');
  await openRow(second, number);
  await expect(second.locator('.held-by')).toHaveText('Operational analyst is writing');
  // Whoever leaves gives it back, and the other is told without doing anything.
  await first.goto('/en/staff/work');
  await expect(second.locator('.held-by')).toHaveCount(0);
});

test('J and K go through the list, ? lists the keys, and they can be switched off', async ({ browser }) => {
  await lodged(browser, ['9847100007', '9847100008']);
  const page = await staff(browser, 'analyst', wide, { habits });
  const rows = page.locator('.rows-list a');
  await rows.nth(1).waitFor();
  await page.keyboard.press('j');
  await expect(rows.first()).toBeFocused();
  await page.keyboard.press('j');
  await expect(rows.nth(1)).toBeFocused();
  await page.keyboard.press('k');
  await page.keyboard.press('Enter');
  await expect(rows.first()).toHaveAttribute('aria-current', 'true');
  await expect(rows.first()).toBeFocused();
  // On a Bengali layout the key at that place acts.
  await page.evaluate(() => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'ব', code: 'KeyJ', bubbles: true, cancelable: true })));
  await expect(rows.nth(1)).toHaveAttribute('aria-current', 'true');
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog', { name: 'All keys' });
  await expect(dialog).toContainText('Next row');
  await dialog.getByLabel('Single letters act').uncheck();
  await page.keyboard.press('Escape');
  await page.keyboard.press('k');
  await expect(rows.nth(1)).toHaveAttribute('aria-current', 'true');
  await expect(page.locator('.do .key')).toHaveCount(0);
});

test('whoever goes from case to case comes to no end while there is more', async ({ browser }) => {
  await lodged(browser, ['9847100071', '9847100072', '9847100073']);
  const page = await person(browser, wide);
  // A list of two pages, the first of two cases.
  await page.route('**/api/queues/desk*', async (route) => {
    const later = new URL(route.request().url()).searchParams.get('cursor') === 'later';
    const url = route.request().url().replace('cursor=later', 'cursor=');
    const answer = await (await route.fetch({ url })).json();
    const rows = later ? answer.rows.slice(2) : answer.rows.slice(0, 2);
    await route.fulfill({ json: { ...answer, rows, next: later ? null : 'later' } });
  });
  await page.goto('/en/staff/');
  await page.locator('#username').fill('analyst');
  await page.locator('#password').fill(PASSWORD);
  await page.locator('form button[type=submit]').click();
  const rows = page.locator('.rows-list a');
  await expect(rows).toHaveCount(2);
  await rows.first().click();
  await expect.poll(() => rows.count()).toBeGreaterThan(2);
  expect(page.complaints).toEqual([]);
});

test('on a phone the list and the case take turns, and Back leads to the list', async ({ browser }) => {
  const [number] = await lodged(browser, ['9847100009']);
  const page = await staff(browser, 'analyst', PHONE, { habits });
  await page.locator(`#row-${number}`).click();
  await expect(page.locator('.workplace')).toBeVisible();
  await expect(page.locator('.worklist > .list')).toBeHidden();
  await page.goBack();
  await expect(page.locator('.worklist > .list')).toBeVisible();
  await expect(page.locator('.workplace')).toHaveCount(0);
  // After a decision it is the list again.
  await page.locator(`#row-${number}`).click();
  await page.locator('.do').getByRole('button', { name: 'Ask for information' }).click();
  await page.locator('form.action #entry').fill('Which pump?');
  await page.locator('form.action button[type=submit]').click();
  await expect(page.locator('.toast')).toBeVisible();
  await expect(page.locator('.worklist > .list')).toBeVisible();
  await expect(page.locator(`#row-${number}`)).toHaveCount(0);
});

/** Leads a case to the office by the API, with a session of its own. */
async function atTheOffice(browser, number) {
  const helper = await person(browser);
  await helper.goto('/');
  await toTheOffice(helper, number);
  await helper.context().close();
}

test('without a line a report and its photo wait, are told of on every page, and are sent once', async ({ browser }) => {
  const [number] = await lodged(browser, ['9847100010']);
  await atTheOffice(browser, number);
  const page = await staff(browser, 'officer.phe.bolpur-sriniketan', PHONE, { habits });
  await page.locator(`#row-${number}`).click();
  await page.locator('.do').getByRole('button', { name: 'File the Action Taken Report' }).click();
  const form = page.locator('form.action');
  await form.getByLabel('Done', { exact: true }).check();
  await form.getByLabel('By phone').check();
  await form.getByLabel('What was done, when, by whom').fill('পাইপ ও ওয়াশার আজ বদলানো হয়েছে, জল আসছে।');
  await page.context().setOffline(true);
  await form.locator('#photos').setInputFiles(await photoFile(page));
  await expect(form.locator('.photo-list li')).toHaveCount(1);
  await expect(form.locator('.photo-list')).not.toContainText('being');
  await page.waitForTimeout(500);
  await form.locator('button[type=submit]').click();
  await expect(page.locator('.toast')).toContainText('goes when there is a line');
  await expect(page.locator('.worklist > .list')).toBeVisible();
  await expect(page.locator(`#row-${number}`)).toHaveCount(0);
  await page.locator('.toast .close').click();
  await expect(page.locator('.waiting-line')).toContainText('1 report or decision waits');
  await expect(page.locator('.waiting-line')).toContainText('1 photo waits');
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await expect(page.getByRole('dialog', { name: 'Not arrived yet' })).toContainText('ওয়াশার');
  await page.keyboard.press('Escape');
  await page.context().setOffline(false);
  await expect(page.locator('.waiting-line')).toHaveCount(0, { timeout: 40_000 });
  const view = await page.evaluate(async (number) => (await (await fetch(`/api/grievances/${number}`, { headers: { 'pratikar-app': 'staff' } })).json()), number);
  expect(view.line.stage).toBe('atr_review');
  const reports = view.timeline.filter((entry) => entry.kind === 'atr_submitted');
  expect(reports.map((report) => report.photos.length)).toEqual([1]);
});

test('from the list to a report that is sent: the contact and the report are one form, five taps and the words', async ({ browser }) => {
  const [number] = await lodged(browser, ['9847100031']);
  await atTheOffice(browser, number);
  const page = await staff(browser, 'officer.phe.bolpur-sriniketan', PHONE, { hasTouch: true });
  await page.locator(`#row-${number}`).waitFor();
  await page.evaluate(() => {
    window.taps = 0;
    document.addEventListener('pointerdown', () => (window.taps += 1), true);
  });
  await page.locator(`#row-${number}`).tap();
  await page.locator('.do').getByRole('button', { name: 'File the Action Taken Report' }).tap();
  const form = page.locator('form.action');
  await form.locator('label', { hasText: /^Done$/ }).tap();
  await form.locator('label', { hasText: 'By phone' }).tap();
  await form.getByLabel('What was done, when, by whom').fill('পাইপ ও ওয়াশার আজ বদলানো হয়েছে, জল আসছে।');
  await form.locator('button[type=submit]').tap();
  await expect(page.locator('.pill.stage')).toHaveText('Report being checked');
  expect(await page.evaluate(() => window.taps)).toBe(5);
  const view = await page.evaluate(async (number) => (await (await fetch(`/api/grievances/${number}`, { headers: { 'pratikar-app': 'staff' } })).json()), number);
  expect(view.timeline.slice(0, 2).map((entry) => entry.kind).sort()).toEqual(['atr_submitted', 'contact_recorded']);
});

test('a template begins the report, and what it leaves open must be filled', async ({ browser }) => {
  const [number] = await lodged(browser, ['9847100032']);
  await atTheOffice(browser, number);
  const page = await staff(browser, 'officer.phe.bolpur-sriniketan', PHONE);
  await page.locator(`#row-${number}`).click();
  await page.locator('.do').getByRole('button', { name: 'File the Action Taken Report' }).click();
  const form = page.locator('form.action');
  await expect(form.locator('#template')).toHaveCount(0);
  await form.getByLabel('Done', { exact: true }).check();
  await form.locator('#template').click();
  await expect(form.locator('#entry')).toHaveValue(/^On ___ the ___/);
  await expect(form.locator('#template')).toHaveCount(0);
  await form.getByLabel('Not contacted').check();
  await form.locator('#no-contact').fill('ফোন বন্ধ, বাড়িতে তালা');
  await form.locator('button[type=submit]').click();
  await expect(page.locator('#error-summary')).toBeVisible();
  await form.locator('#entry').fill('On 28 November the pipe at Surul was replaced. Water comes; Rahima Bibi has seen it.');
  await form.locator('button[type=submit]').click();
  await expect(page.locator('.pill.stage')).toHaveText('Report being checked');
});

test('many cases are forwarded by two keys, each to its own office, and a changed one stays', async ({ browser }) => {
  const numbers = await lodged(browser, ['9847100041', '9847100042', '9847100043']);
  const helper = await person(browser);
  await helper.goto('/');
  for (const number of numbers) {
    await act(helper, 'analyst', number, { categorise: { category: 'water.tubewell', department: 'PHE', lane: 'ordinary', district: 307, place: 2827 } });
  }
  const page = await staff(browser, 'nodal.phe', wide);
  await page.locator(`#row-${numbers[0]}`).waitFor();
  await page.keyboard.press('f');
  const dialog = page.getByRole('dialog', { name: 'Several at once' });
  for (const number of numbers) await expect(dialog.locator(`li:has(#several-${number})`)).toContainText('Bolpur-Sriniketan');
  // Somebody is faster with one; another is left out.
  const offices = await (await helper.request.get('/api/offices?department=PHE&district=307', { headers: { 'pratikar-app': 'staff' } })).json();
  await act(helper, 'nodal.phe', numbers[1], { forward: { office: offices[0].id } });
  await dialog.locator(`#several-${numbers[2]}`).uncheck();
  await dialog.locator('#several-go').focus();
  await page.keyboard.press('Enter');
  await expect(dialog.locator(`li:has(#several-${numbers[0]}) .pill`)).toHaveText('Forwarded');
  await expect(dialog.locator(`li:has(#several-${numbers[1]}) .error`)).toBeVisible();
  await expect(dialog).toContainText(/\d+ done, 1 not/);
  await page.keyboard.press('Escape');
  await expect(page.locator(`#row-${numbers[0]}`)).toHaveCount(0);
  await expect(page.locator(`#row-${numbers[2]}`)).toBeVisible();
  expect(page.complaints).toEqual([]);
});

test('what lies with one office is handed over to another, with a reason, and nothing else is', async ({ browser }) => {
  const numbers = await lodged(browser, ['9847100048', '9847100049']);
  const helper = await person(browser);
  await helper.goto('/');
  for (const number of numbers) {
    await act(helper, 'analyst', number, { categorise: { category: 'water.tubewell', department: 'PHE', lane: 'ordinary', district: 307, place: 2827 } });
  }
  const offices = await (await helper.request.get('/api/offices?department=PHE&district=307', { headers: { 'pratikar-app': 'staff' } })).json();
  const [from, to] = offices;
  for (const number of numbers) await act(helper, 'nodal.phe', number, { forward: { office: from.id } });
  const page = await staff(browser, 'nodal.phe', wide);
  await page.goto('/en/staff/search?stage=with_office&department=PHE');
  await expect(page.locator('#found-count')).toBeVisible();
  await expect(page.locator('#hand-over'), 'only what is of one office').toHaveCount(0);
  await page.goto(`/en/staff/search?stage=with_office&department=PHE&office=${from.id}`);
  await page.locator('#hand-over').focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Hand these over to another office' });
  for (const number of numbers) await expect(dialog.locator(`#several-${number}`)).toBeChecked();
  await dialog.locator('#hand-over-go').click();
  await expect(dialog).toContainText('Choose the office that gets them');
  await expect(dialog).toContainText('Say why');
  await dialog.getByRole('button', { name: 'All of them, or none' }).click();
  for (const number of numbers) await dialog.locator(`#several-${number}`).check();
  // Escape closes the suggestions, not the dialog.
  await dialog.locator('#hand-over-to').fill('a');
  await expect(dialog.getByRole('option').first()).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog.getByRole('option')).toHaveCount(0);
  await expect(dialog).toBeVisible();
  await dialog.locator('#hand-over-to').fill(to.name.en);
  await dialog.getByRole('option').first().click();
  await dialog.locator('#hand-over-why').fill('Everybody of that office is at the flood camps');
  // Somebody is faster with one.
  await act(helper, 'nodal.phe', numbers[1], { forward: { office: to.id, remark: 'Nearer' } });
  await dialog.getByRole('button', { name: 'Hand over 2' }).click();
  await expect(dialog.locator(`li:has(#several-${numbers[0]}) .pill`)).toHaveText('Handed over');
  await expect(dialog.locator(`li:has(#several-${numbers[1]}) .error`)).toBeVisible();
  await expect(dialog).toContainText('1 done, 1 not');
  // What was refused is looked at, not sent again.
  await expect(dialog.locator(`#several-${numbers[1]}`)).not.toBeChecked();
  await expect(dialog.locator(`li:has(#several-${numbers[1]}) .error a`)).toHaveAttribute('href', new RegExp(`${numbers[1]}$`));
  await dialog.locator('#hand-over-go').click();
  await expect(dialog.locator('.summary')).toContainText('Choose at least one first');
  await page.keyboard.press('Escape');
  await expect(page.locator(`main a[href$="${numbers[0]}"]`)).toHaveCount(0);
  await page.goto(`/en/staff/case/${numbers[0]}`);
  await expect(page.locator('.history')).toContainText('Everybody of that office is at the flood camps');
  expect(page.complaints).toEqual([]);
});

test('what is offered is accepted together, and a note stands on each of several cases', async ({ browser }) => {
  const numbers = await lodged(browser, ['9847100046', '9847100047']);
  const helper = await person(browser);
  await helper.goto('/');
  for (const number of numbers) {
    await act(helper, 'analyst', number, { categorise: { category: 'water.tubewell', department: 'PHE', lane: 'ordinary', district: 307, place: 2827 } });
    await act(helper, 'nodal.phe', number, { offer_transfer: { to: { department: 'PRD', office: null }, reason: 'পঞ্চায়েতের নলকূপ, জনস্বাস্থ্য কারিগরির নয়' } });
  }
  const page = await staff(browser, 'nodal.prd', wide);
  for (const number of numbers) await page.locator(`#row-${number}`).waitFor();
  await page.keyboard.press('f');
  const dialog = page.getByRole('dialog', { name: 'Several at once' });
  await dialog.getByRole('button', { name: 'Accept what is offered' }).click();
  // Nothing is chosen before somebody has thought about it.
  for (const number of numbers) await expect(dialog.locator(`#several-${number}`)).not.toBeChecked();
  for (const number of numbers) await dialog.locator(`#several-${number}`).check();
  await dialog.getByRole('button', { name: 'Accept 2' }).click();
  for (const number of numbers) await expect(dialog.locator(`li:has(#several-${number}) .pill`)).toHaveText('Accepted');
  await dialog.getByRole('button', { name: 'Write a note' }).click();
  for (const number of numbers) await dialog.locator(`#several-${number}`).check();
  const write = dialog.getByRole('button', { name: 'Write it on 2' });
  await write.click();
  await expect(dialog.locator('.error')).toContainText('Write the note');
  await dialog.locator('#several-note').fill('One lorry for both, on Thursday.');
  await write.click();
  for (const number of numbers) await expect(dialog.locator(`li:has(#several-${number}) .pill`)).toHaveText('Written');
  await page.keyboard.press('Escape');
  await page.goto(`/en/staff/case/${numbers[1]}`);
  await expect(page.getByText('One lorry for both, on Thursday.')).toBeVisible();
  expect(page.complaints).toEqual([]);
});

test('a case is found by part of its number and by its citizen in any script, and the words stand in no address', async ({ browser }) => {
  const [number] = await lodged(browser, ['9847100011']);
  const page = await staff(browser, 'analyst', wide, { habits });
  await page.locator('.rows-list a').first().waitFor();
  await page.keyboard.press('/');
  await expect(page.locator('#search')).toBeFocused();
  await page.keyboard.type(number.slice(2, 9));
  await page.keyboard.press('Enter');
  await expect(page.locator('main h1')).toHaveText('Search');
  const found = page.locator(`.cards a[href$="/case/${number}"]`);
  await expect(found).toBeVisible();
  await page.locator('#search').fill('Rahima tubewell');
  await page.keyboard.press('Enter');
  await expect(page.locator('main')).toContainText('Rahima tubewell');
  expect(page.url()).not.toContain('Rahima');
  await page.locator('#search').fill('zzzz qqqq');
  await page.keyboard.press('Enter');
  await expect(page.locator('.empty')).toBeVisible();
  await page.locator('#search').fill(number);
  await page.keyboard.press('Enter');
  await expect(page.locator('.workplace')).toBeVisible();
  expect(page.complaints).toEqual([]);
});

/** Opens the last row of a list, of which a second page is read where there is one; answers the row's link and how many there are. */
async function openLast(page, rows, more) {
  await expect(rows.first()).toBeVisible();
  const first = await rows.count();
  if (more) {
    await page.locator('.pager button').click();
    await expect.poll(() => rows.count()).toBeGreaterThan(first);
  }
  const [count, last] = [await rows.count(), rows.last()];
  const link = await last.getAttribute('href');
  await last.click();
  await page.locator('.workplace').waitFor();
  return { count, link };
}

/** The row that was opened has the focus and is to be seen, and no page of the list is gone. A list of one page may not scroll. */
async function isBack(page, rows, { count, link }, scrolls = true) {
  const row = page.locator(`main a[href="${link}"]`);
  await expect(row).toBeFocused();
  await expect(row).toBeInViewport();
  await expect(rows).toHaveCount(count);
  if (scrolls) expect(await page.evaluate(() => scrollY)).toBeGreaterThan(400);
}

test('Back leads to the row that was opened, and what was read of a list stays', async ({ browser }) => {
  const officer = await staff(browser, 'nodal.phe', PHONE, { habits });
  const list = officer.locator('.rows-list a');
  const opened = await openLast(officer, list);
  await officer.goBack();
  await isBack(officer, list, opened, false);

  const page = await staff(browser, 'analyst', PHONE, { habits });
  await page.locator('#search').fill('জল');
  await page.keyboard.press('Enter');
  await expect(page.locator('main h1')).toHaveText('Search');
  const found = page.locator('.cards h2 a');
  const row = await openLast(page, found, true);
  await page.goBack();
  await isBack(page, found, row);
  // A case that was acted upon says so in its row, which keeps the focus.
  await page.keyboard.press('Enter');
  await act(page, 'analyst', row.link.match(/\d{12}/)[0], { note: { text: 'Seen to' } });
  await page.goBack();
  await isBack(page, found, row);
  // Whoever goes there by a link begins at the top.
  await page.locator('nav.menu a').first().click();
  await expect(page.locator('.worklist')).toBeVisible();
  expect(await page.evaluate(() => scrollY)).toBe(0);
  await page.goBack();
  await expect(found).toHaveCount(row.count);
  // Where somebody else has signed in meanwhile, Back shows nothing of it.
  await found.first().click();
  await page.locator('.workplace').waitFor();
  const other = await page.context().newPage();
  await other.goto('/en/staff');
  await other.getByRole('button', { name: 'Sign out' }).click();
  await other.locator('#username').fill('nodal.phe');
  await other.locator('#password').fill(PASSWORD);
  await other.locator('form button[type=submit]').click();
  await expect(other.locator('nav.menu')).toBeVisible();
  await page.goBack();
  await expect(page.locator('main h1')).toHaveText('Search');
  await expect(found).toHaveCount(0);
  await other.close();
  await page.goto('/en/staff');
  await expect(page.locator('nav.menu')).toBeVisible();
  const [sent] = await lodged(browser, ['9847100096']);
  await atTheOffice(browser, sent);
  // Nothing of it is left for whoever signs in next.
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.locator('#username').fill('officer.phe.bolpur-sriniketan');
  await page.locator('#password').fill(PASSWORD);
  await page.locator('form button[type=submit]').click();
  await expect(page.locator('.who')).toContainText('Bolpur');
  expect(new URL(page.url()).pathname).toBe('/en/staff/');
  await expect(page.locator('#search')).toHaveValue('');
  await page.goBack();
  await expect(page.locator('main h1')).toHaveText('Search');
  await expect(page.locator('#found-count')).toHaveText(/^Found: \d+$/);
  await expect(page.locator('#search')).toHaveValue('');
  await expect(found.first()).toBeVisible();
  expect(await found.count()).toBeLessThan(row.count);
  expect([...page.complaints, ...officer.complaints]).toEqual([]);
});

test('a button that moves away under the press hears it, and a pointer that is moved away takes it back', async ({ browser }) => {
  const [number] = await lodged(browser, ['9847100097']);
  const page = await staff(browser, 'analyst', wide, { habits });
  await openRow(page, number);
  await page.keyboard.press('n');
  await page.locator('form.action #entry').fill('Pressed while it moved');
  const button = page.locator('form.action button[type=submit]');
  const press = async () => {
    await button.scrollIntoViewIfNeeded();
    const { x, y, width, height } = await button.boundingBox();
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.mouse.down();
  };
  await press();
  await page.mouse.move(20, 20);
  await page.mouse.up();
  await expect(page.locator('form.action #entry')).toHaveValue('Pressed while it moved');
  await press();
  await button.evaluate((button) => {
    const late = document.createElement('div');
    late.style.blockSize = '20rem';
    button.closest('form').prepend(late);
  });
  await page.mouse.up();
  await expect(page.locator('.history').getByText('Pressed while it moved')).toHaveCount(1);
  await expect(page.locator('form.action')).toHaveCount(0);
  // A press that was heard is heard once.
  await page.locator('.do').getByRole('button', { name: 'Write a note' }).click();
  await page.locator('form.action #entry').fill('Pressed as always');
  await button.click();
  await expect(page.locator('.history').getByText('Pressed as always')).toHaveCount(1);
  expect(page.complaints).toEqual([]);
});

test('a list that is left while it is read again goes quietly', async ({ browser }) => {
  const page = await staff(browser, 'analyst', PHONE, { habits });
  await page.locator('#search').fill('জল');
  await page.keyboard.press('Enter');
  await expect(page.locator('main h1')).toHaveText('Search');
  const found = page.locator('.cards h2 a');
  const { count } = await openLast(page, found, true);
  // The first of two pages is under way when the list is left.
  let asked = 0;
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await page.route('**/api/search', async (route) => {
    asked += 1;
    await held;
    await route.continue();
  });
  await page.goBack();
  await expect(found).toHaveCount(count);
  await expect.poll(() => asked).toBe(1);
  await page.locator('nav.menu a').first().click();
  await page.locator('.worklist').waitFor();
  const answered = page.waitForResponse('**/api/search');
  release();
  await answered;
  await page.locator('.rows-list a').first().click();
  await expect(page.locator('.workplace')).toBeVisible();
  expect(asked).toBe(1);
  expect(page.complaints).toEqual([]);
});

test('a filter is undone by Back, a view keeps its filters with a count, and the palette finds both', async ({ browser }) => {
  await lodged(browser, ['9847100092']);
  const page = await staff(browser, 'analyst', wide, { habits });
  await page.goto('/en/staff/search');
  const said = page.locator('#found-count');
  await expect(said).toHaveText(/^Found: \d/);
  const all = await said.textContent();
  const choose = async (field, words) => {
    await page.locator(field).fill(words);
    await page.locator(field).press('Enter');
  };
  await choose('#stage', 'Registered');
  await expect(page).toHaveURL(/\?stage=registered$/);
  await choose('#due', 'Later');
  await expect(page).toHaveURL(/\?stage=registered&due=later$/);
  // A name that is typed over another is one step, and changes nothing before it is chosen.
  // While a new count is on its way, nothing stands there.
  await expect(said).toHaveText(/\d/);
  const later = await said.textContent();
  await page.locator('#due').fill('Ov');
  await expect(page).toHaveURL(/\?stage=registered&due=later$/);
  await expect(said).toHaveText(later);
  await choose('#due', 'Over');
  await expect(page).toHaveURL(/\?stage=registered&due=over$/);
  await page.goBack();
  await expect(page).toHaveURL(/\?stage=registered&due=later$/);
  await page.goBack();
  await expect(page).toHaveURL(/\?stage=registered$/);
  await expect(page.locator('#due')).toHaveValue('');
  await expect(said).toHaveText(/\d/);
  const registered = await said.textContent();
  await page.goBack();
  await expect(page.locator('#stage')).toHaveValue('');
  await expect(said).toHaveText(all);
  await page.goForward();
  await expect(page.locator('#stage')).toHaveValue('Registered');
  await expect(said).toHaveText(registered);

  await page.getByRole('button', { name: 'Save as a view' }).click();
  await page.locator('#save-view button[type=submit]').click();
  await expect(page.locator('#save-view')).toContainText('Give the view a name');
  await page.locator('#view-name').fill('  New   ones ');
  await page.keyboard.press('Enter');
  const view = page.locator('.tabs a', { hasText: 'New ones' });
  await expect(view).toHaveAttribute('aria-current', 'true');
  await expect(view.locator('strong')).toHaveText(registered.match(/[\d,]+/)[0]);

  await page.goto('/en/staff/work');
  await page.locator('.rows-list a').first().waitFor();
  await page.keyboard.press('.');
  await expect(page.locator('#palette-field')).toBeFocused();
  await page.keyboard.type('new on');
  await expect(page.locator('#palette [role=option]').first()).toHaveText('New ones');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/search\?stage=registered$/);
  await expect(page.locator('dialog[open]')).toHaveCount(0);
  await page.keyboard.press('.');
  await page.keyboard.type('load of');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect(page.locator('dialog[open]')).toHaveCount(0);
  await page.getByRole('button', { name: 'Forget the view' }).click();
  await expect(page.locator('.tabs a')).toHaveCount(0);
  expect(page.complaints).toEqual([]);
});

test('what may have the same cause is compared by a digit, and merged with a reason of its own', async ({ browser }) => {
  const text = 'আমাদের পাড়ার টিউবওয়েল খারাপ, তিন মাস ধরে জল আনতে এক কিলোমিটার দূরে হাটতলায় যেতে হয়।';
  const numbers = [];
  for (const mobile of ['9847100093', '9847100094', '9847100095']) {
    const citizen = await person(browser);
    numbers.push(await lodge(citizen, { text, mobile }));
    await citizen.context().close();
  }
  const page = await staff(browser, 'analyst', wide, { habits });
  await openRow(page, numbers[2]);
  await expect(page.locator('.alike li').nth(1)).toBeVisible();
  await page.keyboard.press('4');
  await expect(page.locator('form.action .panel .said')).toContainText('টিউবওয়েল');
  const one = await page.locator('#root').inputValue();
  await page.locator('form.action #entry').fill('The same pump');
  await page.locator('.workplace h1').click();
  await page.keyboard.press('5');
  await expect(page.locator('#root')).not.toHaveValue(one);
  await expect(page.locator('form.action #entry')).toHaveValue('');
  await page.keyboard.press('4');
  await expect(page.locator('#root')).toHaveValue(one);
  // The case beside it moves the button when it comes.
  await expect(page.locator('form.action .panel .said')).toContainText('টিউবওয়েল');
  await page.locator('form.action #entry').fill('The same pump');
  await page.locator('form.action button[type=submit]').click();
  await expect(page.locator('.toast')).toBeVisible();
  await expect(page.locator(`#row-${numbers[2]}`)).toHaveCount(0);
  // What was begun is not sent by the key that is meant to begin it.
  await openRow(page, numbers[1]);
  await page.keyboard.press('n');
  await page.locator('form.action #entry').fill('Half a note');
  await page.reload();
  await page.locator('form.action #entry').waitFor();
  await expect(page.locator('form.action #entry')).toHaveValue('Half a note');
  await page.locator('.workplace h1').click();
  await page.keyboard.press('n');
  await expect(page.locator('form.action button[type=submit]')).toBeFocused();
  await expect(page.locator('.history')).not.toContainText('Half a note');
  expect(page.complaints).toEqual([]);
});
