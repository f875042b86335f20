// Done, partly and cannot be done: three questions, three scripts; and what the link in a message may not answer.
import { expect } from '@playwright/test';
import { PHONE, linkFor, lodge, person, signIn, staff, test, words } from './people.mjs';
import { reported } from './states.mjs';

const TEXT = 'আমাদের পাড়ার টিউবওয়েল খারাপ, জল নেই।';

for (const [outcome, suffix, stage, mobile] of [
  ['partly_done', '.partly', 'with_office', '9833500001'],
  ['cannot_be_done', '.cannot', 'explained', '9833500002'],
]) {
  test(`a citizen is asked about a report of ${outcome} in its own words`, async ({ browser }) => {
    const page = await person(browser);
    const number = await lodge(page, { text: TEXT, mobile });
    await reported(page, number, outcome);
    const caller = await staff(browser, 'caller');
    await caller.goto('/en/staff/calls');
    // This case is the next one, whatever else waits.
    await caller.route('**/api/calls/next', async (route) => {
      const read = await caller.request.get(`/api/grievances/${number}`, { headers: { 'pratikar-app': 'staff' } });
      await route.fulfill({ json: { case: await read.json(), script: ['নমস্কার'], language: 'bn', tries: 1 } });
    });
    await caller.locator('#next-call').click();
    const english = await words(caller, 'en', ['staff']);
    await expect(caller.locator('.script')).toHaveText('নমস্কার');
    await expect(caller.locator('form.action')).toContainText(english[`call.agreed${suffix}`]);
    await expect(caller.locator('form.action')).toContainText(english[`call.disputed${suffix}`]);
    await expect(caller.locator('form.action')).not.toContainText(english['call.partly_done']);
    await signIn(page, mobile);
    await page.goto(`/case/${number}`);
    const later = await words(page, 'bn');
    const asked = page.locator('section.now');
    await expect(asked).toContainText(later[`case.ask${suffix}`]);
    await expect(asked).not.toContainText(later['case.ask.reported']);
    await expect(asked.getByRole('link', { name: later['case.partly'] })).toHaveCount(0);
    await expect(asked.getByRole('link', { name: later[`case.no${suffix}`] })).toBeVisible();
    await asked.getByRole('button', { name: later[`case.yes${suffix}`] }).click();
    await expect(page.locator('#sure')).toHaveText(later[`case.sure${suffix}`]);
    await expect(page.locator('#sure')).toBeFocused();
    await page.locator('#confirm-sure').click();
    await expect(page.locator('.where .pill')).toHaveText(later[`stage.${stage}`]);
    // Rating is offered only where some work was done.
    await expect(page.locator('#rate')).toHaveCount(0);
    expect(page.complaints).toEqual([]);
  });
}

test('whoever was passed the message is asked as well, and says yes with a code', async ({ browser }) => {
  const page = await person(browser);
  const mobile = '9833500003';
  const number = await lodge(page, { text: TEXT, mobile });
  await signIn(page, mobile);
  await page.goto(`/case/${number}`);
  // Acting on it proves its number.
  await page.locator('#remind').click();
  await expect(page.locator('.notice').first()).toBeVisible();
  await reported(page, number);
  const holder = await person(browser, PHONE);
  await holder.goto(await linkFor(page, mobile));
  const later = await words(holder, 'bn');
  await expect(holder.locator('section.now')).toContainText(later['case.ask.reported']);
  await expect(holder.locator('section.now')).toContainText(later['case.by_code']);
  await expect(holder.getByRole('link', { name: later['act.withdraw'] })).toHaveCount(0);
  await expect(holder.getByRole('link', { name: later['case.no'] })).toBeVisible();
  await holder.getByRole('link', { name: later['case.yes'] }).click();
  await expect(holder).toHaveURL(/sign-in$/);
  expect(holder.complaints).toEqual([]);
});
