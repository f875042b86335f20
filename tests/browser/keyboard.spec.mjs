// The main work of a role by the keyboard alone, from the sign-in on: whoever's work it is uses no pointer here, and nothing sets
// their focus or fills their fields. Citizen: accessibility.spec; auditor: audit.spec; callers and quality lead, who have a key for
// each answer: intake.spec, calls.spec, quality.spec.
import { expect } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { PASSWORD, PHONE, WITH_CAMERA, lodge, person, test } from './people.mjs';
import { appealed, hearingDay, reported, toTheOffice } from './states.mjs';

test.use(WITH_CAMERA);

const wide = { width: 1400, height: 900 };

/** Presses Tab until the focus is there. */
async function to(page, target) {
  for (let pressed = 0; pressed < 150; pressed += 1) {
    if (await target.evaluate((there) => there === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${target}`);
}

async function press(page, target) {
  await to(page, target);
  await page.keyboard.press('Enter');
}

/** Writes in the place of what stands in a field. */
async function write(page, field, text) {
  await to(page, field);
  await page.keyboard.press('Control+a');
  await page.keyboard.type(text);
}

/** Writes into a field with suggestions, and takes the first. */
async function pick(page, field, text) {
  await write(page, field, text);
  await expect(page.getByRole('option').first()).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(field).not.toHaveValue(text);
}

/** Chooses one of a group, of which Tab reaches the chosen or an outermost one. */
async function choose(page, one) {
  const name = await one.getAttribute('name');
  for (let pressed = 0; (await page.evaluate(() => document.activeElement.name)) !== name; pressed += 1) {
    expect(pressed, `Tab does not lead to ${one}`).toBeLessThan(150);
    await page.keyboard.press('Tab');
  }
  for (let pressed = 0; pressed < 20 && !(await one.evaluate((there) => there === document.activeElement)); pressed += 1) {
    await page.keyboard.press('ArrowDown');
  }
  if (!(await one.isChecked())) await page.keyboard.press('Space');
  await expect(one).toBeChecked();
}

/** The letter of an action, as its button names it. */
async function letter(page, name) {
  const button = page.locator('.do').getByRole('button', { name });
  await page.keyboard.press(await button.getAttribute('aria-keyshortcuts'));
}

/** Opens a case by its number, wherever it stands in the list. */
async function byNumber(page, number) {
  await page.locator('#search').waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type(number);
  await page.keyboard.press('Enter');
  await page.locator('.workplace').waitFor();
}

/** Signed in, at the first page of their role. */
async function atWork(browser, username, options = {}) {
  const page = await person(browser, wide, options);
  await page.goto('/en/staff/');
  await write(page, page.getByLabel('Name', { exact: true }), username);
  await write(page, page.getByLabel('Password'), PASSWORD);
  await page.keyboard.press('Enter');
  await expect(page.locator('.who')).toBeVisible();
  return page;
}

const stage = (page, number) =>
  page.evaluate(async (number) => (await (await fetch(`/api/grievances/${number}`, { headers: { 'pratikar-app': 'staff' } })).json()).line.stage, number);

/** A grievance that lies with the office at Bolpur-Sriniketan. */
async function atTheOffice(browser, mobile) {
  const citizen = await person(browser);
  const number = await lodge(citizen, { text: 'টিউবওয়েল খারাপ, তিন মাস ধরে জল নেই।', mobile });
  await toTheOffice(citizen, number);
  await citizen.context().close();
  return number;
}

test('office officer: contact and report', async ({ browser }) => {
  const number = await atTheOffice(browser, '9847400001');
  const page = await atWork(browser, 'officer.phe.bolpur-sriniketan');
  await press(page, page.locator(`#row-${number}`));
  await page.locator('.workplace').waitFor();
  await letter(page, 'File the Action Taken Report');
  const form = page.locator('form.action');
  await choose(page, form.getByLabel('Done', { exact: true }));
  await choose(page, form.getByLabel('By phone', { exact: true }));
  await write(page, form.getByLabel('What was done, when, by whom'), 'On 28 November pipe and washer were replaced at Surul. Water comes.');
  await press(page, form.locator('button[type=submit]'));
  await expect.poll(() => stage(page, number)).toBe('atr_review');
  expect(page.complaints).toEqual([]);
});

test('operational analyst and nodal officer: to the department, and to its office', async ({ browser }) => {
  const number = await lodge(await person(browser), { text: 'টিউবওয়েল খারাপ, জল নেই।', mobile: '9847400003' });
  const analyst = await atWork(browser, 'analyst');
  await byNumber(analyst, number);
  await letter(analyst, 'Categorise and send');
  await expect(analyst.locator('#department')).toHaveValue('Public Health Engineering');
  await press(analyst, analyst.locator('form.action button[type=submit]'));
  await analyst.locator('.toast').waitFor();
  // Ten seconds in which it could be taken back.
  await expect.poll(() => stage(analyst, number)).toBe('with_department');
  const nodal = await atWork(browser, 'nodal.phe');
  await byNumber(nodal, number);
  await letter(nodal, 'Forward to an office');
  await expect(nodal.locator('#office')).toHaveValue(/Bolpur-Sriniketan/);
  await press(nodal, nodal.locator('form.action button[type=submit]'));
  await expect.poll(() => stage(nodal, number)).toBe('with_office');
  expect([...analyst.complaints, ...nodal.complaints]).toEqual([]);
});

test('field validator: the visit, with a photo from the place', async ({ browser }) => {
  const citizen = await person(browser);
  const number = await lodge(citizen, { text: 'পাড়ার টিউবওয়েল খারাপ, জল নেই।', mobile: '9847400004' });
  await citizen.goto('/');
  await reported(citizen, number);
  const place = { geolocation: { latitude: 23.6667, longitude: 87.6871, accuracy: 12 }, permissions: ['geolocation', 'camera'] };
  const page = await atWork(browser, 'validator.birbhum', place);
  await press(page, page.locator(`#row-${number}`));
  await page.locator('.workplace').waitFor();
  await letter(page, 'Record the visit');
  const form = page.locator('form.action');
  await form.getByRole('radiogroup').first().waitFor();
  for (const question of await form.getByRole('radiogroup').all()) {
    if ((await question.getByLabel('Yes').count()) > 0) await choose(page, question.getByLabel('Yes'));
  }
  await choose(page, form.getByLabel('Met here'));
  await choose(page, form.getByLabel('Done, and the citizen, met there, agrees'));
  await write(page, form.getByLabel('Details'), 'Water comes from the pump. She stood beside it.');
  await press(page, form.locator('#camera'));
  await expect(page.getByRole('dialog').getByText('within')).toBeVisible();
  await press(page, page.locator('#shutter'));
  await expect(form.locator('.photo-list img')).toHaveCount(1);
  await press(page, form.locator('button[type=submit]'));
  await expect.poll(() => stage(page, number)).toBe('redressed');
  expect(page.complaints).toEqual([]);
});

test('appellate authority: a hearing is fixed', async ({ browser }) => {
  const number = await appealed(await person(browser, PHONE), '9847400005');

  const page = await atWork(browser, 'appellate');
  await press(page, page.locator(`#row-${number}`));
  await page.locator('.workplace').waitFor();
  await letter(page, 'Fix or move a hearing');
  const form = page.locator('form.action');
  await choose(page, form.locator('input[value=at_office]'));
  await write(page, page.locator('#hearing-day'), await hearingDay());
  await pick(page, page.locator('#hearing-hour'), '11');
  await write(page, page.locator('#entry'), 'District office, room 4');
  await press(page, form.locator('button[type=submit]'));
  await expect(page.locator('.about .notice').first()).toContainText('11:00 am');
  expect(page.complaints).toEqual([]);
});

test('counter operator: the grievance of somebody who comes', async ({ browser }) => {
  const page = await atWork(browser, 'counter');
  await expect(page.locator('main h1')).toHaveText('Take a grievance');
  await write(page, page.locator('#mobile'), '9847400002');
  await write(page, page.locator('#name'), 'Rahima Bibi');
  await write(page, page.locator('#text'), 'The pension has not come since June.');
  await pick(page, page.locator('#category'), 'pension');
  await pick(page, page.locator('#place'), 'bolpur-s');
  await choose(page, page.locator('#conduct-1'));
  await to(page, page.locator('#privacy'));
  await page.keyboard.press('Space');
  await press(page, page.getByRole('button', { name: 'Register the grievance' }));
  await expect(page.locator('#registered')).toBeFocused();
  await expect(page.locator('#reference')).toHaveText(/\d{4}\s\d{4}\s\d{4}/);
  expect(page.complaints).toEqual([]);
});

for (const [username, role] of [['manager', 'senior manager'], ['principal', 'principal manager']]) {
  test(`${role}: from the load of the desks to a late case, and back`, async ({ browser }) => {
    const page = await atWork(browser, username);
    await press(page, page.locator('nav.menu a[href$="/staff/desks"]'));
    const table = page.getByRole('table', { name: 'Where the work stands' });
    await press(page, table.getByRole('columnheader', { name: 'Past limit' }).getByRole('button'));
    const first = table.locator('tbody th a').first();
    const desk = await first.textContent();
    await press(page, first);
    await press(page, page.locator('.card a').first());
    await expect(page.locator('.workplace')).toBeVisible();
    await page.goBack();
    await expect(page.locator('.card a').first()).toBeFocused();
    await page.goBack();
    await expect(first).toHaveText(desk);
    await expect(first).toBeFocused();
    expect(page.complaints).toEqual([]);
  });
}

test('assistant manager: says that a caller is away, and that they are back', async ({ browser }) => {
  const page = await atWork(browser, 'assistant');
  await press(page, page.locator('nav.menu a[href$="/staff/roster"]'));
  await write(page, page.locator('#part'), 'telecaller');
  const line = page.locator('.accounts li').first();
  await expect(page.locator('.accounts li')).toHaveCount(1);
  await press(page, line.getByRole('button', { name: 'Say when they are away' }));
  await write(page, line.locator('#away-first'), 'tomorrow');
  const last = new Date(Date.now() + 3 * 86_400_000).toLocaleDateString('en-GB', { timeZone: 'Asia/Kolkata' });
  await write(page, line.locator('#away-last'), last);
  await page.keyboard.press('Enter');
  await expect(line.locator('.pill')).toContainText('away from');
  await press(page, line.getByRole('button', { name: 'Back at work' }));
  await expect(page.locator('.accounts li .pill')).toHaveCount(0);
  expect(page.complaints).toEqual([]);
});

test('CMO official: from a department’s figure to its cases, with the dashboard paused', async ({ browser }) => {
  const page = await atWork(browser, 'cmo');
  await expect(page.locator('#link-state')).toHaveText('Live');
  await press(page, page.getByRole('button', { name: 'Pause' }));
  await expect(page.getByRole('button', { name: 'Resume' })).toBeFocused();
  await press(page, page.getByRole('row', { name: /Public Health/ }).first().getByRole('link'));
  await expect(page.locator('main h1')).toHaveText('The cases behind the figure');
  await press(page, page.locator('.card a').first());
  await expect(page.locator('.workplace')).toBeVisible();
  expect(page.complaints).toEqual([]);
});

test('data analyst: what a search found, as a table', async ({ browser }) => {
  const page = await atWork(browser, 'data');
  await page.keyboard.press('/');
  await page.keyboard.type('জল');
  await page.keyboard.press('Enter');
  await expect(page.locator('.card').first()).toBeVisible();
  await press(page, page.getByRole('button', { name: 'Download as a table' }));
  await write(page, page.locator('#export-why'), 'Report on water');
  const saved = page.waitForEvent('download');
  await page.keyboard.press('Enter');
  expect(await readFile(await (await saved).path(), 'utf8')).toMatch(/^\uFEFF?Grievance number,/);
  await expect(page.getByRole('button', { name: 'Download as a table' })).toBeFocused();
  expect(page.complaints).toEqual([]);
});

test('administrator: a table is changed and the change taken back', async ({ browser }) => {
  const page = await atWork(browser, 'admin');
  await press(page, page.getByRole('link', { name: 'Holidays' }).first());
  const text = page.locator('#table-text');
  await expect(text).toHaveValue(/\t/);
  const before = await text.inputValue();
  const rest = before.trim().split('\n').at(-1).split('\t').slice(1);
  await to(page, text);
  await page.keyboard.press('Control+End');
  await page.keyboard.insertText(`${['2027-12-30', ...rest].join('\t')}\n`);
  await press(page, page.getByRole('button', { name: 'See what would change' }));
  await expect(page.locator('#trial')).toBeFocused();
  await write(page, page.locator('#why'), 'Notification of 30 November');
  await press(page, page.getByRole('button', { name: 'Change it now' }));
  await expect(page.locator('main .hint').first()).toContainText('Notification of 30 November');
  await press(page, page.getByRole('link', { name: 'Rules and tables' }).first());
  await press(page, page.locator('.changes li').first().getByRole('button', { name: 'Take it back' }));
  await write(page, page.locator('#why'), 'It was the wrong day');
  await page.keyboard.press('Enter');
  await expect(page.locator('.changes li').first()).toContainText('takes back');
  await press(page, page.getByRole('link', { name: 'Holidays' }).first());
  await expect(text).toHaveValue(before);
  expect(page.complaints).toEqual([]);
});
