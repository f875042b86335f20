// The whole way: one grievance from a phone to "redressed", live on the official's screen.
import { expect } from '@playwright/test';
import { DESKTOP, PHONE, alive, lodge, messagesTo, person, photoFile, signIn, staff, takePhoto } from './people.mjs';

const MOBILE = '9830012345';

/** The figures of the dashboard, as they stand on the screen. */
async function figures(page) {
  const read = async (id) => Number((await page.locator(`#${id}`).textContent()).replaceAll(',', ''));
  return {
    today: await read('lodged-today'),
    open: await read('open'),
    closed: await read('closed-count'),
    confirmed: await read('confirmed-count'),
  };
}

/** Waits, without a reload, until the figures have moved so. */
async function moved(page, before, by) {
  const expected = Object.fromEntries(Object.entries(before).map(([name, value]) => [name, value + (by[name] ?? 0)]));
  await expect.poll(() => figures(page), { timeout: 5_000 }).toEqual(expected);
  return expected;
}

/** One grievance from a phone to redressed, with seven people: the official watches `at` one place, all others act `elsewhere`. */
export async function wholeWay(browser, at = {}, elsewhere = {}) {
  const cmo = await staff(browser, 'cmo', DESKTOP, at);
  await expect(cmo.locator('#link-state')).toHaveText('Live');
  await expect(cmo.locator('#open')).not.toHaveText('0');
  await expect(cmo.locator('#lodged-today')).toHaveText(/\d/);
  await cmo.evaluate(() => (window.neverReloaded = true));
  let shown = await figures(cmo);

  // A woman in a village, on her phone, in Bengali.
  const citizen = await person(browser, PHONE, elsewhere);
  await citizen.goto('/');
  await alive(citizen);
  const number = await lodge(citizen, {
    text: 'আমাদের পাড়ার টিউবওয়েল তিন মাস ধরে খারাপ। পঞ্চায়েতে দুবার জানিয়েছি।',
    mobile: '৯৮৩০০ ১২৩৪৫',
    photo: await photoFile(citizen),
  });
  expect(number).toMatch(/^\d{12}$/);
  shown = await moved(cmo, shown, { today: 1, open: 1 });

  // The cell's desk categorises; the category brings the department along.
  const analyst = await staff(browser, 'analyst', DESKTOP, elsewhere);
  await expect(analyst.locator('main h1')).toHaveText("The cell's desk");
  await analyst.goto(`/en/staff/case/${number}`);
  await expect(analyst.locator('.photos img').first()).toBeVisible();
  await analyst.getByRole('button', { name: 'Categorise and send' }).click();
  await expect(analyst.locator('#department')).toHaveValue('Public Health Engineering');
  await analyst.locator('form.action').getByRole('button', { name: 'Categorise and send' }).click();
  await expect(analyst.locator('.pill.stage')).toHaveText('With the department');

  // The department's nodal officer forwards it to an office.
  const nodal = await staff(browser, 'nodal.phe', DESKTOP, elsewhere);
  const forward = async () => {
    await nodal.goto(`/en/staff/case/${number}`);
    await nodal.getByRole('button', { name: 'Forward to an office' }).click();
    // The office of the block is chosen already, once the offices are there.
    await expect(nodal.locator('#office')).toHaveValue(/^Bolpur-Sriniketan/);
    await nodal.locator('form.action').getByRole('button', { name: 'Forward to an office' }).click();
    await expect(nodal.locator('.pill.stage')).toHaveText('With the office');
  };
  await forward();

  // The officer, on a phone: calls her, acts, reports with a photo.
  const officer = await staff(browser, 'officer.phe.bolpur-sriniketan', PHONE, elsewhere);
  const report = async () => {
    await officer.goto('/en/staff/');
    await officer.locator(`a[href$="/case/${number}"]`).click();
    await officer.getByRole('button', { name: 'Call the citizen' }).click();
    await expect(officer.getByRole('link', { name: '98300 12345' })).toBeVisible();
    await officer.getByRole('button', { name: 'Record a contact' }).click();
    await officer.getByLabel('By phone').check();
    await officer.getByLabel('What was said').fill('ফোনে কথা হয়েছে, জল নেই।');
    await officer.locator('form.action').getByRole('button', { name: 'Record a contact' }).click();
    await expect(officer.locator('form.action')).toHaveCount(0);
    await officer.getByRole('button', { name: 'File the Action Taken Report' }).click();
    const form = officer.locator('form.action');
    await form.getByLabel('Done', { exact: true }).check();
    await form.getByLabel('What was done, when, by whom').fill('পাইপ ও ওয়াশার শীঘ্রই বদলানো হবে।');
    await expect(form.getByText('Report what was done, not what will be done')).toBeVisible();
    await form.getByLabel('What was done, when, by whom').fill('পাইপ ও ওয়াশার আজ বদলানো হয়েছে, জল আসছে।');
    await form.locator('#photos').setInputFiles(await photoFile(officer));
    await expect(form.locator('.photo-list li')).toHaveCount(1);
    await form.getByRole('button', { name: 'File the Action Taken Report' }).click();
    await expect(officer.locator('.pill.stage')).toHaveText('Report being checked');
  };
  const accept = async () => {
    await nodal.goto(`/en/staff/case/${number}`);
    await nodal.getByRole('button', { name: 'Accept the report' }).click();
    await nodal.locator('form.action').getByRole('button', { name: 'Accept the report' }).click();
    await expect(nodal.locator('.pill.stage')).toHaveText('Being confirmed with the citizen');
  };
  await report();
  await accept();
  // Closed by the office, and not yet confirmed by anybody: the two truths part.
  shown = await moved(cmo, shown, { closed: 1 });

  // The verification caller hears that it is not done.
  const caller = await staff(browser, 'caller', DESKTOP, elsewhere);
  await caller.goto(`/en/staff/case/${number}`);
  await caller.getByRole('button', { name: 'Call the citizen' }).click();
  await expect(caller.locator('.call a[href^="tel:"]')).toBeVisible();
  await caller.getByRole('button', { name: 'Record the call' }).click();
  await caller.getByLabel('Says it is not done').check();
  await caller.locator('#entry').fill('জল আসেনি');
  await caller.locator('form.action').getByRole('button', { name: 'Record the call' }).click();
  await expect(caller.locator('.pill.stage')).toHaveText('With the department');
  expect(await figures(cmo)).toEqual(shown);

  // The second round; a disputed case is always visited.
  await forward();
  await report();
  await accept();
  const validator = await staff(browser, 'validator.birbhum', PHONE, {
    ...elsewhere,
    geolocation: { latitude: 23.6667, longitude: 87.6871, accuracy: 12 },
    permissions: ['geolocation', 'camera'],
  });
  await validator.locator(`a[href$="/case/${number}"]`).click();
  await validator.getByRole('button', { name: 'Record the visit' }).click();
  const visit = validator.locator('form.action');
  for (const question of ['Does water come now?', 'Do people drink this water?']) {
    await visit.getByRole('radiogroup', { name: question }).getByLabel('Yes').check();
  }
  await visit.getByLabel('Met here').check();
  await visit.getByLabel('Done, and the citizen, met there, agrees').check();
  await visit.getByLabel('Details').fill('কল থেকে জল পড়ছে। রহিমা বিবি সামনে ছিলেন।');
  await takePhoto(validator, visit);
  await visit.getByRole('button', { name: 'Record the visit' }).click();
  await expect(validator.locator('.pill.stage')).toHaveText('Redressed, confirmed');
  shown = await moved(cmo, shown, { open: -1, confirmed: 1 });

  // She sees it on her phone.
  await signIn(citizen, MOBILE);
  await citizen.locator(`a[href$="/case/${number}"]`).click();
  await expect(citizen.locator('.where .pill')).toHaveText('কাজ হয়েছে, নিশ্চিত');
  await expect(citizen.locator('.thread li.setback').first()).toBeVisible();
  await expect(citizen.locator('.thread img').first()).toBeVisible();
  expect(await messagesTo(citizen, MOBILE)).toEqual([
    'lodged', 'with_department', 'with_office', 'reported', 'sent_back', 'with_office', 'reported', 'redressed', 'code',
  ]);

  expect(await cmo.evaluate(() => window.neverReloaded)).toBe(true);
  for (const page of [citizen, cmo, analyst, nodal, officer, caller, validator]) expect(page.complaints).toEqual([]);
}
