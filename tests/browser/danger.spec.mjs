// Somebody is in danger: where, a number, send. And the ways to a category and a place without typing.
import { expect } from '@playwright/test';
import { PHONE, alive, codeFor, lodge, person, test } from './people.mjs';

const next = (page) => page.getByRole('button', { name: 'এগিয়ে যান' }).click();

test('danger is one tap away; a place in words and a number are enough', async ({ browser }) => {
  const page = await person(browser);
  await page.goto('/lodge');
  await alive(page);
  await page.getByRole('link', { name: 'কেউ কি বিপদে আছেন?' }).click();
  await expect(page.locator('main h1')).toHaveText('এই মুহূর্তে কেউ কি বিপদে আছেন?');
  // Before anything is answered, and after a yes.
  await expect(page.locator('a[href="tel:112"]')).toBeVisible();
  await page.locator('#reason').check();
  await expect(page.locator('a[href="tel:112"]')).toBeVisible();
  await next(page);
  await page.locator('#landmark').fill('বোলপুর বাস স্ট্যান্ডের পাশে');
  await expect(page.locator('a[href="tel:112"]')).toBeVisible();
  await page.locator('form button[type=submit]').click();
  await page.locator('#mobile').fill('9834400001');
  await next(page);
  await expect(page.locator('main h1')).toHaveText('এখনও পাঠানো হয়নি');
  await page.locator('form button[type=submit]').click();
  await page.locator('#reference').waitFor();
  await expect(page.locator('a[href="tel:112"]')).toBeVisible();
  // Two hours from now: after ten at night that is tomorrow, which has a date.
  const day = (at) => at.toLocaleDateString('en', { timeZone: 'Asia/Kolkata' });
  const today = day(new Date()) === day(new Date(Date.now() + 2 * 3_600_000));
  await expect(page.locator('main strong')).toContainText(today ? 'আজ' : 'রাত');
  // 112 stays on the pages of that case.
  await page.goto('/sign-in');
  await alive(page);
  await page.locator('#mobile').fill('9834400001');
  await page.locator('form button[type=submit]').click();
  await page.locator('#code').waitFor();
  await page.locator('#code').fill(await codeFor(page, '9834400001'));
  await page.locator('form button[type=submit]').click();
  await page.locator('.card a').first().click();
  await expect(page.locator('main a[href="tel:112"]')).toBeVisible();
  await page.getByRole('link', { name: 'আরও কিছু জানান' }).or(page.locator('a[href$="/add"]')).first().click();
  await page.locator('#reason').waitFor();
  await expect(page.locator('main a[href="tel:112"]')).toBeVisible();
});

test('words of danger are asked about before anything else, and a no goes on as usual', async ({ browser }) => {
  const page = await person(browser);
  await page.goto('/lodge');
  await alive(page);
  await page.locator('#text').fill('পাশের বাড়িতে আগুন লেগেছে');
  await next(page);
  await expect(page.locator('main h1')).toHaveText('এই মুহূর্তে কেউ কি বিপদে আছেন?');
  await page.locator('fieldset .radio input').last().check();
  await next(page);
  await expect(page).toHaveURL(/\/lodge\/category$/);
});

test('a category is found in the list, and the phone finds the places near it', async ({ browser }) => {
  const page = await person(browser, PHONE, { geolocation: { latitude: 23.67, longitude: 87.68 }, permissions: ['geolocation'] });
  await page.goto('/lodge');
  await alive(page);
  await page.locator('#text').fill('আমার একটা কথা আছে');
  await next(page);
  await page.getByText('সব বিষয়ের তালিকা দেখুন').click();
  await page.locator('summary', { hasText: 'বাস ও গাড়ি' }).click();
  await page.getByLabel('বাসের সমস্যা').check();
  await next(page);
  for (;;) {
    await page.locator('#reason, #place').first().waitFor();
    if (await page.locator('#place').count()) break;
    const asked = page.url();
    await page.locator('form > fieldset .radio input').last().check();
    await next(page);
    await page.waitForURL((url) => url.href !== asked);
  }
  await page.locator('#here').click();
  const near = page.locator('.here li button');
  await expect(near.first()).toContainText('বোলপুর');
  await near.first().click();
  await expect(page.locator('#place')).toHaveValue(/বোলপুর/);
  // A name typed in full is chosen, though nobody tapped it; anything else is not.
  await page.locator('#place').fill('Suri-');
  await page.locator('#landmark').focus();
  await next(page);
  await expect(page.locator('#error-summary')).toBeVisible();
});

test('the number on the paper leads to its page, and the first page shows the receipts of this phone', async ({ browser }) => {
  const page = await person(browser);
  const number = await lodge(page, { text: 'আমাদের পাড়ার টিউবওয়েল খারাপ, জল নেই।', mobile: '9834400002' });
  await page.goto('/');
  await alive(page);
  await expect(page.locator('.receipts a')).toHaveCount(1);
  await page.getByRole('link', { name: 'অভিযোগ নম্বর দিয়ে দেখুন' }).click();
  await page.locator('#number').fill(number.slice(0, 11));
  await next(page);
  await expect(page.locator('#error-summary')).toBeVisible();
  await page.locator('#number').fill(number);
  await next(page);
  await page.locator('#mobile').fill('9834400002');
  await page.locator('form button[type=submit]').click();
  await page.locator('#code').waitFor();
  await page.locator('#code').fill(await codeFor(page, '9834400002'));
  await page.locator('form button[type=submit]').click();
  await expect(page).toHaveURL(new RegExp(`/case/${number}$`));
  await expect(page.locator('.next')).toBeVisible();
  // Back does not ask for number or code again.
  await page.goBack();
  await expect(page).not.toHaveURL(/sign-in/);
  await page.goto('/mine/everything');
  await expect(page.getByRole('heading', { name: 'যে এসএমএস পাঠানো হয়েছে' })).toBeVisible();
  await expect(page.getByText('আমাদের পাড়ার টিউবওয়েল খারাপ, জল নেই।').last()).toBeVisible();
});

test('without a script the same pages come by themselves', async ({ browser }) => {
  const app = await person(browser);
  const number = await lodge(app, { text: 'আমাদের পাড়ার টিউবওয়েল খারাপ, জল নেই।', mobile: '9834400003' });
  const page = await person(browser, PHONE, { javaScriptEnabled: false });
  await page.goto(`/case/${number}`);
  await page.locator('#mobile').waitFor();
  expect(page.url()).toContain(`/plain/sign-in?case=${number}`);
  await page.goto('/');
  await page.getByRole('link', { name: 'কেউ কি বিপদে আছেন?' }).click();
  await page.locator('#place').fill('বোলপুর বাস স্ট্যান্ডের পাশে');
  await page.locator('#mobile').fill('9834400004');
  await page.getByRole('button').last().click();
  await expect(page.locator('.panel .number')).toBeVisible();
  await expect(page.locator('main a[href="tel:112"]')).toBeVisible();
});
