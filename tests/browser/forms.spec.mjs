// The forms' own rules: what each question looks like before and after a wrong answer, in every language (UX, ERR).
import { expect } from '@playwright/test';
import { alive, person, test } from './people.mjs';
import { LANGUAGES, lodgeIn, questions, signInIn, submit } from './states.mjs';

/** What no citizen's page may contain, and what each must (C-12). */
async function ruled(page, what) {
  const faults = await page.evaluate(() => {
    const all = (selector) => [...document.querySelectorAll(selector)];
    const never = ['select', '[required]', '[maxlength]', '[disabled]', 'input[type=number]', 'main form:not([novalidate])', '[autofocus]:not(dialog *)'];
    const faults = never.filter((selector) => all(selector).length > 0);
    const heading = all('main h1');
    if (heading.length !== 1) faults.push(`${heading.length} headings`);
    if (all('main label, main legend').some((label) => label.textContent.includes('*'))) faults.push('an asterisk');
    if (all('main form').length > 0 && all('main form button[type=submit]').length === 0) faults.push('no button that sends');
    for (const control of all('main input:not([type=radio], [type=hidden], [type=file]), main textarea')) {
      if (!document.querySelector(`label[for="${control.id}"]`)) faults.push(`no label for ${control.id}`);
    }
    for (const id of all('[aria-describedby], [aria-labelledby], [aria-controls]').flatMap((element) =>
      ['aria-describedby', 'aria-labelledby', 'aria-controls'].flatMap((name) => (element.getAttribute(name) ?? '').split(' ').filter(Boolean)))) {
      if (!document.getElementById(id)) faults.push(`nothing is called ${id}`);
    }
    return faults;
  });
  expect(faults, what).toEqual([]);
}

/** Checks how a wrong answer is shown (C-13): title, focused summary, the same words beside the field. */
async function told(page, what, prefix) {
  await page.locator('.summary').waitFor();
  await expect(page.locator('#error-summary'), `${what}: focus`).toBeFocused();
  expect(await page.title(), what).toMatch(new RegExp(`^${prefix}`));
  const found = await page.evaluate(() => {
    const summary = document.querySelector('#error-summary');
    const heading = document.querySelector('main h1');
    return {
      above: Boolean(summary.compareDocumentPosition(heading) & Node.DOCUMENT_POSITION_FOLLOWING),
      alert: summary.querySelector('[role=alert]') !== null && summary.getAttribute('role') === null,
      links: [...summary.querySelectorAll('a')].map((link) => {
        const id = link.getAttribute('href').slice(1);
        return { id, words: link.textContent, beside: document.getElementById(`${id}-error`)?.textContent ?? '' };
      }),
    };
  });
  expect(found.above && found.alert, `${what}: the summary stands above the heading`).toBe(true);
  expect(found.links.length, what).toBeGreaterThan(0);
  for (const { id, words, beside } of found.links) {
    expect(beside, `${what}: beside ${id}`).toBe(words);
    await page.locator(`#error-summary a[href="#${id}"]`).click();
    await expect(page.locator(`#${id}`), `${what}: the link leads to ${id}`).toBeFocused();
  }
}

for (const [language, prefix] of LANGUAGES) {
  test(`every question follows the rules of forms in ${language}`, async ({ browser }) => {
    test.setTimeout(240_000);
    const page = await person(browser);
    const words = await (await page.request.get(`/locales/citizen.${language}.json`)).json();
    const headings = new Set();
    const titles = new Set();
    const mayBeEmpty = new Set(['photos', 'check answers', 'last question']);
    const at = async ({ name, ready }) => {
      await page.locator(ready).first().waitFor();
      await ruled(page, `${name} (${language})`);
      const heading = (await page.locator('main h1').textContent()).trim();
      expect(headings.has(heading), `${name}: two pages called ${heading}`).toBe(false);
      headings.add(heading);
      titles.add(await page.title());
      expect(await page.locator('main input:checked').count(), `${name}: nothing is chosen beforehand`).toBe(0);
      expect(await page.locator('p.back a').count(), `${name}: the way back`).toBe(1);
      if (mayBeEmpty.has(name)) return;
      await submit(page);
      await told(page, `${name} (${language})`, words['error.prefix'].trim());
      await ruled(page, `${name}, wrong (${language})`);
    };
    const number = await lodgeIn(page, prefix, { mobile: `98222000${LANGUAGES.findIndex(([known]) => known === language)}1` }, at);
    expect(titles.size).toBe(questions({}).length);
    // The confirmation may be bookmarked; Back does not send again.
    await page.reload();
    await alive(page);
    expect((await page.locator('#reference').textContent()).replace(/\s/g, '')).toBe(number);
    await page.goBack();
    await expect(page.locator('main')).toContainText(words['helpline.title']);
    await expect(page.locator('main .number').first()).toContainText(number.slice(0, 4));
  });

  test(`wrong answers behind the sign-in are told in ${language}`, async ({ browser }) => {
    const page = await person(browser);
    const words = await (await page.request.get(`/locales/citizen.${language}.json`)).json();
    const error = words['error.prefix'].trim();
    await page.goto(`${prefix}/sign-in`);
    await alive(page);
    for (const typed of ['', 'abc', '12345']) {
      await page.locator('#mobile').fill(typed);
      await submit(page);
      await told(page, `sign in with "${typed}" (${language})`, error);
      await expect(page.locator('#mobile'), 'what was typed stays').toHaveValue(typed);
    }
    const mobile = `98222000${LANGUAGES.findIndex(([known]) => known === language)}2`;
    const number = await lodgeIn(page, prefix, { mobile });
    await signInIn(page, prefix, mobile, async (what) => {
      await ruled(page, `${what} (${language})`);
      if (what !== 'code') return;
      await page.locator('#code').fill('000000');
      await submit(page);
      await told(page, `a wrong code (${language})`, error);
    });
    for (const path of ['add', 'withdraw']) {
      await page.goto(`${prefix}/case/${number}/${path}`);
      await page.locator('#reason').waitFor();
      await ruled(page, `${path} (${language})`);
    }
    await page.goto(`${prefix}/case/${number}/add`);
    await page.locator('#reason').waitFor();
    await submit(page);
    await told(page, `adding nothing (${language})`, error);
    expect(page.complaints).toEqual([]);
  });
}

test('each answer comes back to the answers by its Change link, and what was left out says so', async ({ browser }) => {
  const page = await person(browser);
  let changed = 0;
  await lodgeIn(page, '/en', { mobile: '9822200099' }, async ({ name }) => {
    if (name !== 'check answers' || changed) return;
    await expect(page.locator('dl.answers')).toContainText('Not provided');
    const links = await page.locator('dd.change a').count();
    expect(links).toBeGreaterThan(9);
    for (let index = 0; index < links; index += 1) {
      const link = page.locator('dd.change a').nth(index);
      const row = (await page.locator('.answers .row').nth(index).locator('dt').textContent()).trim();
      expect((await link.textContent()).replace(/\s+/g, ' ')).toBe(`Change ${row}`);
      await link.click();
      await page.locator('main form button[type=submit]').waitFor();
      await expect(page.locator('#check')).toHaveCount(0);
      await submit(page);
      // The first question is a page of the app's own: its next is found there.
      await page.locator('#check').waitFor();
      changed += 1;
    }
  });
  expect(changed).toBeGreaterThan(9);
});

test('what was chosen is there again after Back, a reload and another language', async ({ browser }) => {
  const page = await person(browser);
  await page.goto('/lodge/whom');
  await alive(page);
  await page.locator('#affected-2').check();
  await page.reload();
  await alive(page);
  await expect(page.locator('#affected-2')).toBeChecked();
  await page.locator('details.languages summary').click();
  await page.getByRole('link', { name: 'اردو' }).click();
  await alive(page);
  await expect(page.locator('#affected-2')).toBeChecked();
  await page.goto('/lodge/where');
  await alive(page);
  await page.locator('#place').fill('731204');
  await page.getByRole('option', { name: /বোলপুর/ }).first().click();
  await page.goto('/en/lodge/where');
  await alive(page);
  await expect(page.locator('#place')).toHaveValue(/Bolpur.*Birbhum/);
});

test('words on a page behind the sign-in outlive a reload, another language and the end of the session', async ({ browser }) => {
  const page = await person(browser);
  const mobile = '9822200077';
  const number = await lodgeIn(page, '', { mobile });
  await signInIn(page, '', mobile);
  await page.goto(`/case/${number}/add`);
  await page.locator('#reason').fill('কল এখনও খারাপ, আজও জল নেই');
  await page.reload();
  await expect(page.locator('#reason')).toHaveValue('কল এখনও খারাপ, আজও জল নেই');
  await page.context().clearCookies();
  await submit(page);
  await page.locator('.summary').waitFor();
  await signInIn(page, '', mobile);
  await page.goto(`/en/case/${number}/add`);
  await expect(page.locator('#reason')).toHaveValue('কল এখনও খারাপ, আজও জল নেই');
  await submit(page);
  await expect(page.locator('.thread')).toContainText('কল এখনও খারাপ');
  await expect(page.locator('.thread .said').first()).toHaveAttribute('lang', 'bn');
  await page.goto(`/en/case/${number}/add`);
  await expect(page.locator('#reason'), 'once it has gone it is not kept').toHaveValue('');
});
