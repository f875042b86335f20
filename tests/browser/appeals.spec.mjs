// An appeal: the citizen's reason, the department's answer, the call to a hearing, the calendar. What follows a hearing needs a day
// to pass, and is tried through the API.
import { expect } from '@playwright/test';
import { PHONE, messagesTo, person, staff, test } from './people.mjs';
import { appealed, hearingDay } from './states.mjs';

const wide = { width: 1400, height: 900 };

test('both sides are asked by keys alone, and the citizen knows when to be there', async ({ browser }) => {
  const mobile = '9847100091';
  const citizen = await person(browser, PHONE);
  const number = await appealed(citizen, mobile);

  const nodal = await staff(browser, 'nodal.phe', wide, { habits: { keys: true, undo: 0 } });
  await nodal.locator(`#row-${number}`).focus();
  await nodal.keyboard.press('Enter');
  await expect(nodal.locator('.do .main, .do button').first()).toContainText('Answer the appeal');
  // On a Bengali layout the key at that place acts.
  await nodal.evaluate(() => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'ৱ', code: 'KeyW', bubbles: true, cancelable: true })));
  await expect(nodal.locator('form.action #entry')).toBeFocused();
  await nodal.keyboard.type('The pump was never before a court.');
  await nodal.keyboard.press('Tab');
  await nodal.locator('form.action button[type=submit]').focus();
  await nodal.keyboard.press('Enter');
  await expect(nodal.locator('.history')).toContainText('The department answered the appeal');
  await nodal.goto('/en/staff/work');
  await expect(nodal.locator('.list .hint').first()).toContainText('open');
  await expect(nodal.locator(`#row-${number}`)).toHaveCount(0);

  const authority = await staff(browser, 'appellate', wide);
  await authority.goto('/en/staff/hearings');
  await expect(authority.locator('main')).toContainText(/appeals? ha(s|ve) no hearing/);
  await authority.goto(`/en/staff/case/${number}`);
  await authority.locator('.workplace').waitFor();
  // Nothing is dismissed unheard.
  await authority.keyboard.press('d');
  await authority.locator('form.action input[value=dismissed]').check();
  await authority.locator('#found').fill('There is a case.');
  await authority.locator('#entry').fill('A court has it.');
  await expect(authority.locator('#ordered')).toHaveCount(0);
  await authority.locator('form.action button[type=submit]').click();
  await expect(authority.locator('form.action')).toContainText('No appeal is dismissed unheard');
  await expect(authority.locator('#entry')).toHaveValue('A court has it.');
  await authority.locator('.do').getByRole('button', { name: 'Fix or move a hearing' }).click();
  await authority.locator('form.action input[value=at_office]').check();
  await authority.locator('form.action button[type=submit]').click();
  await expect(authority.locator('.summary li')).toHaveCount(3);
  // A working day.
  await authority.locator('#hearing-day').fill(await hearingDay());
  await authority.locator('#hearing-hour').fill('11');
  await authority.locator('#hearing-hour').press('Enter');
  await expect(authority.locator('#hearing-hour')).toHaveValue('11:00 am');
  await authority.locator('#entry').fill('District office, room 4');
  await authority.locator('form.action button[type=submit]').focus();
  await authority.keyboard.press('Enter');
  await expect(authority.locator('.about .notice').first()).toContainText('11:00 am');
  await expect(authority.locator('.history')).toContainText('Text message to the citizen');
  await expect(authority.locator('.do').getByRole('button', { name: 'Decide the appeal' })).toHaveCount(0);
  await authority.goto('/en/staff/hearings');
  await expect(authority.locator(`.card a[href$="/case/${number}"]`)).toBeVisible();

  await citizen.goto(`/case/${number}`);
  await expect(citizen.locator('.notice').first()).toContainText('সকাল ১১টা');
  await expect(citizen.locator('.thread')).toContainText('District office, room 4');
  await expect(citizen.locator('.thread')).toContainText('The pump was never before a court.');
  expect(await messagesTo(citizen, mobile)).toContain('hearing_at_office');
  expect([...citizen.complaints, ...nodal.complaints, ...authority.complaints]).toEqual([]);
});
