// Every page and state of both apps, in each of its languages, at 320 and 1280 pixels: axe without a finding, no
// sideways scroll, targets large enough, focus and title after each navigation.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect } from '@playwright/test';
import { alive, linkFor, lodge, person, photoFile, signIn, staff, test } from './people.mjs';
import { LANGUAGES, TEXTS, lodgeIn, reported, signInIn, submit } from './states.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
// Off by default in axe: visible text must be part of the accessible name (A11Y-22).
const MORE = { 'label-content-name-mismatch': { enabled: true } };
// What axe cannot decide, and why it is right here.
const DECIDED = [
  // Text that an open list or dialog covers for the moment, and was checked while it was not covered; an empty field.
  ({ id, why }) => id === 'color-contrast' && /bgOverlap|elmPartiallyObscur|emptyValue/.test(why),
  // A single digit in a table, in the colours of the figures beside it.
  ({ id, why }) => id === 'color-contrast' && /shortTextContent/.test(why),
  // Words within a chart, on plain paper; the table beside it says the same.
  ({ id, why, html }) => id === 'color-contrast' && /imgNode/.test(why) && /^<text /.test(html),
  // A sign beside words in the same colour, which is not read out.
  ({ id, why, html }) => id === 'color-contrast' && /nonBmp/.test(why) && /aria-hidden="true"/.test(html),
  // A recording of the citizen's own voice begins when somebody presses play, and has no captions to bring.
  ({ id }) => id === 'video-caption' || id === 'no-autoplay-audio',
];
const WIDTHS = [320, 1280];
const STAFF = LANGUAGES.slice(0, 2);
let states = 0;

/** Checks the page as it stands, at both widths. */
async function check(page, what, target) {
  // A colour on its way to another one is no finding.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    await page.evaluate(`if (!window.axe) { (${'function () {'} ${axe} }).call(window) }`);
    const { found, undecided } = await page.evaluate(async ([tags, more]) => {
      const look = () => window.axe.run(document, { runOnly: { type: 'tag', values: tags }, rules: more });
      let [before, seen] = [document.body.innerHTML, await look()];
      // A page that was redrawn during the check is checked again.
      for (let tries = 0; tries < 3 && before !== document.body.innerHTML; tries += 1) {
        [before, seen] = [document.body.innerHTML, await look()];
      }
      const { violations, incomplete } = seen;
      const each = (all) => all.flatMap(({ id, nodes }) => nodes.map((node) => ({ id, at: node.target.join(' '), html: node.html.slice(0, 160), why: node.any.map((one) => one.data?.messageKey ?? one.message).join() })));
      return { found: each(violations), undecided: each(incomplete) };
    }, [TAGS, MORE]);
    // What the end of a pane cuts off, or a button that sticks there covers, is whole after a turn of the wheel; whether it is large
    // enough is measured below.
    const wrong = found.filter(({ id, why }) => id !== 'target-size' || !/obscured/i.test(why));
    expect.soft(wrong, `${what} at ${width}`).toEqual([]);
    const open = undecided.filter((one) => !DECIDED.some((decided) => decided(one)));
    expect.soft(open, `${what} at ${width}: undecided`).toEqual([]);
    const wide = await page.evaluate(() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth);
    expect.soft(wide, `${what} at ${width} scrolls sideways`).toBeLessThanOrEqual(0);
    const small = await page.evaluate((least) => {
      const controls = document.querySelectorAll('a[href], button, input:not([type=file]), textarea, summary');
      const shown = [...controls].filter((control) => control.checkVisibility() && !control.closest('.skip'));
      const size = (control) => {
        const box = (control.type === 'radio' ? control.closest('.radio, .mark') : control).getBoundingClientRect();
        return Math.min(box.width, box.height);
      };
      // A link within a sentence or a table is as tall as its line: where other words stand beside it.
      const worded = (control) => [...control.parentNode.childNodes].some((node) => node !== control && node.nodeType === Node.TEXT_NODE && node.data.trim());
      const inline = (control) => control.closest('td, th, .saved, .text li') || (control.closest('p, dd') && worded(control));
      return shown.filter((control) => !inline(control) && size(control) < least).map((control) => control.outerHTML.slice(0, 120));
    }, target);
    expect.soft(small, `${what} at ${width}: targets below ${target} px`).toEqual([]);
    states += 1;
  }
}

for (const [language, prefix] of LANGUAGES) {
  test(`the citizen app in ${language}`, async ({ browser }) => {
    test.setTimeout(600_000);
    const page = await person(browser);
    const seen = (what) => check(page, `${what} (${language})`, 44);
    const visit = async (path, what, state) => {
      await page.goto(`${prefix}${path}` || '/');
      await alive(page);
      if (state) await state();
      await seen(what);
      await expect(page.locator('html')).toHaveAttribute('lang', language);
      await expect(page.locator('html')).toHaveAttribute('dir', language === 'ur' ? 'rtl' : 'ltr');
      expect(await page.locator('main h1').count(), what).toBe(1);
    };
    const wrong = () => submit(page);
    await visit('', 'home');
    await visit('', 'home, choosing a language', () => page.locator('details.languages summary').click());
    for (const path of TEXTS) {
      await page.goto(`${prefix}${path}`);
      await seen(path);
      await expect(page.locator('html')).toHaveAttribute('lang', language);
      expect(await page.locator('main h1').count(), path).toBe(1);
    }
    await visit('', 'no such page', () =>
      // The server answers such a path by itself; in the app it is met by a link or Back.
      page.evaluate(() => {
        history.pushState(null, '', `${location.pathname.replace(/\/$/, '')}/case/123`);
        dispatchEvent(new PopStateEvent('popstate'));
      }),
    );
    await visit('/lodge', 'what', () => page.locator('#voice').waitFor());
    await visit('/lodge', 'what, with an error', wrong);
    await visit('/lodge/category', 'category', () => page.locator('#category').waitFor());
    await visit('/lodge/category', 'category, with an error', wrong);
    await visit('/lodge/where', 'where', () => page.locator('#place').fill('bol'));
    await visit('/lodge/where', 'where, with an error', wrong);
    await visit('/lodge/photos', 'photos');
    await visit('/lodge/photos', 'photos, with an error', async () => {
      await page.locator('#photos').setInputFiles({ name: 'x.png', mimeType: 'image/png', buffer: Buffer.from('no photo') });
      await page.locator('.photo-list .unfit').waitFor();
    });
    await visit('/lodge/photos', 'photos, with one', async () => {
      await page.locator('#photos').setInputFiles(await photoFile(page));
      await page.locator('.photo-list li.sent').waitFor();
    });
    for (const path of ['whom', 'conduct', 'privacy']) {
      await visit(`/lodge/${path}`, path);
      await visit(`/lodge/${path}`, `${path}, with an error`, wrong);
    }
    await visit('/lodge/you', 'you');
    await visit('/lodge/you', 'you, with errors', wrong);
    await visit('/lodge/check', 'check answers');
    await visit('/lodge/last', 'last question');
    await visit('/find', 'a number');
    await visit('/find', 'a number, with an error', wrong);
    await visit('/sign-in', 'sign in');
    await visit('/sign-in', 'sign in, with an error', wrong);
    const mobile = `981110000${LANGUAGES.findIndex(([known]) => known === language)}`;
    const number = await lodgeIn(page, prefix, { mobile });
    await seen('confirmation');
    await page.goBack();
    await page.locator('a.second').waitFor();
    await seen('Back after sending');
    await signInIn(page, prefix, mobile, seen);
    await visit('/mine', 'all grievances', () => page.locator('.card').first().waitFor());
    await visit('/mine/everything', 'everything', () => page.locator('#download').waitFor());
    await visit('/mine/number', 'another number');
    await visit('/mine/number', 'another number, with an error', wrong);
    await visit('/mine/number', 'the code to another number', async () => {
      await page.locator('#mobile').fill(`982110000${LANGUAGES.findIndex(([known]) => known === language)}`);
      await submit(page);
      await page.locator('#code').waitFor();
    });
    await visit(`/case/${number}`, 'a case', () => page.locator('.thread').waitFor());
    await visit(`/case/${number}`, 'a case, all opened', async () => {
      await page.locator('.thread').waitFor();
      for (const summary of await page.locator('main summary').all()) await summary.click();
    });
    await visit(`/case/${number}`, 'a case, after a reminder', async () => {
      const remind = page.locator('#remind');
      await page.locator('.thread').waitFor();
      if (await remind.count()) await remind.click();
    });
    await visit(`/case/${number}/add`, 'add information', () => page.locator('#reason').waitFor());
    await visit(`/case/${number}/add`, 'add information, with an error', async () => {
      await page.locator('#reason').waitFor();
      await submit(page);
    });
    await visit(`/check/${number}`, 'the check against the ledger', () => page.locator('main [role=status]').last().waitFor());
    await visit('/signed-out', 'signed out');
    for (const path of ['/plain/mine', `/plain/case/${number}`]) {
      await page.goto(`${prefix}${path}`);
      await seen(`${path} without the app`);
    }
    const helper = await person(browser);
    await helper.goto('/');
    await reported(helper, number);
    await visit(`/case/${number}`, 'a case that asks', () => page.locator('#confirm').waitFor());
    await page.goto(`${prefix}/plain/case/${number}`);
    await seen('a case that asks, without the app');
    for (const path of ['dispute', 'partly']) await visit(`/case/${number}/${path}`, path, () => page.locator('#reason').waitFor());
    await visit(`/case/${number}`, 'a case that is confirmed, asking how it went', async () => {
      await page.locator('#confirm').click();
      await page.locator('#sure').waitFor();
      await seen('a case that asks whether all of it is done');
      await page.locator('#confirm-sure').click();
      await page.locator('#rate').waitFor();
      await page.waitForLoadState('networkidle');
    });
    await visit(`/case/${number}`, 'how it went, with an error', () => submit(page));
    for (const path of ['reopen', 'appeal']) await visit(`/case/${number}/${path}`, path, () => page.locator('#reason').waitFor());
    // Answers in a category that asks: what the reason tree shows, and the case that may be the same.
    await page.goto('/lodge');
    await alive(page);
    await page.locator('#text').fill('বাড়িতে আগুন! টিউবওয়েল খারাপ। জল নেই।');
    await submit(page);
    // The text calls for this question, which comes before any other.
    await page.locator('#reason').waitFor();
    await visit('/lodge/danger', 'danger', () => page.locator('#reason').check());
    await visit('/lodge/where', 'where, in danger');
    await visit('/lodge/you', 'a number, in danger');
    await visit('/lodge/last', 'sending, in danger');
    await page.goto('/lodge/danger');
    await page.locator('#reason').waitFor();
    await page.locator('form > fieldset .radio input').last().check();
    await submit(page);
    await page.locator('#category').check();
    await visit('/lodge/category', 'the whole list', async () => {
      await page.locator('details.whole > summary').click();
      await page.locator('details.whole details > summary').first().click();
    });
    await page.locator('#category').check();
    await submit(page);
    await page.locator('#reason').waitFor();
    await visit('/lodge/more/1', 'a reason', () => page.locator('#reason').check());
    await visit('/lodge/more/1', 'a reason, answered', wrong);
    // Opened by a link to an unproved number.
    const unproved = `983110000${LANGUAGES.findIndex(([known]) => known === language)}`;
    const theirs = await lodgeIn(await person(browser), prefix, { mobile: unproved });
    const stranger = await person(browser);
    await stranger.goto(`${prefix}/done/${theirs}`);
    await alive(stranger);
    await check(stranger, `a number that this phone does not know (${language})`, 44);
    await stranger.goto(await linkFor(helper, unproved));
    await stranger.goto(`${prefix}/case/${theirs}`);
    for (const [control, what] of [['#disown-ask', 'the link of an unproved number'], ['#disown', 'not mine, asked'], ['main p.panel', 'not mine, done']]) {
      await stranger.locator(control).waitFor();
      await check(stranger, `${what} (${language})`, 44);
      if (control !== 'main p.panel') await stranger.locator(control).click();
    }
    await visit('/mine', 'the session ends', async () => {
      await page.locator('.card').first().waitFor();
      await page.evaluate(() => document.querySelector('dialog.ask').showModal());
    });
    await page.goto(`${prefix}/case/${number}`);
    await page.locator('.thread').waitFor();
    await page.context().setOffline(true);
    await page.locator('a[href$="/mine"]').first().click();
    await page.locator('.failed').waitFor();
    await check(page, `grievances that do not come (${language})`, 44);
    await page.context().setOffline(false);
    expect(page.complaints.filter((text) => !/ERR_INTERNET_DISCONNECTED|404/.test(text))).toEqual([]);
  });
}

for (const [language, prefix] of STAFF) {
  test(`the staff app in ${language}`, async ({ browser }) => {
    test.setTimeout(480_000);
    // Something that the desk can categorise, whichever tests ran before.
    for (const at of [1, 2]) await lodge(await person(browser), { text: 'টিউবওয়েল খারাপ, জল নেই।', mobile: `984710080${at}` });
    const out = await person(browser);
    await out.goto(`${prefix}/staff/`);
    await alive(out);
    await check(out, `sign-in (${language})`, 24);
    await out.locator('form button').click();
    await out.locator('.summary').waitFor();
    await check(out, `sign-in with errors (${language})`, 24);
    const walks = [
      ['analyst', ['/staff/search', '/staff/intake', '/staff/number', '/staff/work']],
      ['nodal.wcdsw', ['/staff/work', '/staff/offices', '/staff/roster']],
      ['caller', ['/staff/calls', '/staff/work']],
      ['validator.alipurduar', ['/staff/work']],
      ['officer.phe.bolpur-sriniketan', ['/staff/work']],
      ['appellate', ['/staff/hearings', '/staff/work']],
      ['manager', ['/staff/dashboard', '/staff/desks', '/staff/offices', '/staff/offices?days=90&where=department:PHE', '/staff/cases?days=&where=department:WCDSW', '/staff/nowhere']],
      ['admin', ['/staff/', '/staff/settings/holidays-tsv', '/staff/roster', '/staff/accounts']],
      ['auditor', ['/staff/settings', '/staff/settings/grounds-tsv', '/staff/ledger', '/staff/readings']],
      ['telecaller', ['/staff/scores', '/staff/intake']],
      ['quality', ['/staff/']],
      ['quality2', ['/staff/']],
      ['counter', ['/staff/intake', '/staff/own']],
      ['data', ['/staff/search']],
    ];
    for (const [username, paths] of walks) {
      const page = await staff(browser, username);
      for (const path of paths) {
        await page.goto(`${prefix}${path}`);
        await alive(page);
        await expect(page.locator('.loading')).toHaveCount(0);
        if (path === '/staff/calls') {
          await page.locator('#next-call').click();
          await page.locator('.one-call').waitFor();
          // In the other language the same call goes on.
          if ((await page.locator('.call.speaking').count()) === 0) await page.locator('#ring').click();
          await expect(page.locator('.call.speaking')).toBeVisible();
          await page.locator('.one-call input[value=call_later]').check();
          await expect(page.locator('#later')).toBeVisible();
        }
        if (username.startsWith('nodal.') && path === '/staff/work') {
          await page.locator('#several').click();
          await expect(page.locator('#several-dialog .loading')).toHaveCount(0);
          await check(page, `${username} forwarding several (${language})`, 24);
          await page.keyboard.press('Escape');
        }
        for (const panel of await page.locator('.along summary').all()) await panel.click();
        if (['/staff/desks', '/staff/offices'].includes(path)) for (const look of await page.locator('.table-look summary').all()) await look.click();
        if (username === 'data') {
          await page.locator('.card').first().waitFor();
          await page.locator('#take-away').click();
          await page.locator('#export form button[type=submit]').click();
          await page.locator('#export .error').first().waitFor();
        }
        // What a year of answers looks like, which the tests' own past has not.
        if (path === '/staff/offices' && username.startsWith('nodal.')) {
          await page.route('**/api/departments/*/offices*', async (route) => {
            const answer = await (await route.fetch()).json();
            const verdicts = ['worse', 'better', 'alike', 'too_few'];
            answer.peers = { share: 0.6, answers: 900, most: 80, spread: 1.2 };
            answer.offices.forEach((office, at) => {
              office.verdict = verdicts[at % 4];
              office.figures = { waiting: [3, 2, 1, 4], overdue: 5, reported: 90, answers: { answered: 80, agreed: 20 + at, unreached: 9 } };
            });
            await route.fulfill({ json: answer });
          });
          await page.reload();
          await page.locator('.funnel').waitFor();
          for (const summary of await page.locator('.definitions summary').all()) await summary.click();
        }
        if (path === '/staff/roster') {
          await page.locator('.accounts li button').first().click();
          await page.locator('.accounts form button[type=submit]').click();
          await page.locator('#error-summary').waitFor();
        }
        if (path === '/staff/dashboard') {
          await page.locator('.trend').waitFor();
          for (const summary of await page.locator('summary').all()) await summary.click();
        }
        await check(page, `${username} at ${path} (${language})`, 24);
        if (username === 'data') await page.keyboard.press('Escape');
        if (path === '/staff/calls') {
          await page.locator('.call button').click();
          await expect(page.locator('#ring')).toBeVisible();
        }
      }
      if (username === 'auditor') {
        await page.locator('#case').fill('12');
        await page.locator('.readings-form button[type=submit]').click();
        await page.locator('#error-summary').waitFor();
        await check(page, `readings of no case (${language})`, 24);
        await page.locator('.tabs .tab').nth(1).click();
        await page.locator('.readings-form').waitFor();
        await check(page, `acts of no case (${language})`, 24);
      }
      if (username === 'admin') {
        await page.locator('#add-account').click();
        await page.locator('#adding form button').click();
        await page.locator('#error-summary').waitFor();
        await check(page, `an account that says too little (${language})`, 24);
        await page.goto(`${prefix}/staff/settings/grounds-tsv`);
        const text = await page.locator('#table-text').inputValue();
        await page.locator('#table-text').fill(text.replace('\tyes\t', '\tno\t'));
        await page.locator('main .buttons .button').click();
        await page.locator('#trial').waitFor();
        await check(page, `what a change would do (${language})`, 24);
      }
      if (username === 'quality') {
        await page.locator('#next-score').click();
        await page.locator('.one-call').waitFor();
        await page.locator('#play').click();
        await expect(page.locator('audio')).toBeVisible();
        await page.locator('#mark-0-partly').check();
        await check(page, `a call that is scored (${language})`, 24);
      }
      // Each caller is of one lead's team: one of both has somebody to choose from.
      if (username.startsWith('quality')) {
        await page.locator('#choose-call summary').click();
        await page.locator('#choose-call').locator('.card, .empty').first().waitFor();
        const lines = page.locator('#choose-call .lines button');
        for (const shown of await page.locator('#choose-call .card button[aria-expanded]').all()) {
          await shown.click();
          // One is open at a time; where the draw has taken all calls of a caller, there is none to choose.
          await page.locator('#choose-call .card').locator('.lines, .empty').first().waitFor();
          if (await lines.count()) break;
        }
        if (await lines.count()) {
          await lines.first().click();
          await page.locator('#choose-call .error').first().waitFor();
        }
        await check(page, `choosing a call as ${username} (${language})`, 24);
      }
      if (username === 'nodal.wcdsw') {
        // An office with a case that still lies there: open ones may be with those who verify.
        const offices = [];
        for (let cursor = ''; cursor !== null; ) {
          const answer = await page.request.get(`/api/roster?cursor=${cursor}`, { headers: { 'pratikar-app': 'staff' } });
          const { rows, next } = await answer.json();
          offices.push(...rows.filter(({ open }) => open > 0).map(({ account }) => account.reach.office));
          cursor = next ?? null;
        }
        for (const office of offices) {
          await page.goto(`${prefix}/staff/search?stage=with_office&department=WCDSW&office=${office}`);
          await page.locator('.cards, main .empty').first().waitFor();
          if (await page.locator('.cards').count()) break;
        }
        await page.locator('#hand-over').click();
        await page.locator('#hand-over-go').click();
        await page.locator('#hand-over-dialog .error').first().waitFor();
        await check(page, `cases that are handed over (${language})`, 24);
        await page.goto(`${prefix}/staff/roster`);
        await page.locator('.roster li').first().waitFor();
      }
      if (username === 'telecaller') {
        await page.locator('main form button[type=submit]').click();
        await page.locator('#error-summary').waitFor();
        await check(page, `a grievance that says too little (${language})`, 24);
        await page.locator('#mobile').fill('9847200077');
        await page.locator('#name').fill('Rahima Bibi');
        await page.locator('#text').fill('The ration shop gives less rice');
        await page.locator('#conduct-1').check();
        await page.locator('#privacy').check();
        await page.locator('main form button[type=submit]').click();
        await page.locator('#registered').waitFor();
        await check(page, `a grievance that was taken (${language})`, 24);
        await page.keyboard.press('n');
        await page.request.post('/dev/exchange', { form: { from: '9847200077', to: 'telecaller' }, headers: { origin: new URL(page.url()).origin } });
        await page.locator('.people').waitFor();
        await check(page, `who is speaking (${language})`, 24);
        await page.locator('#end-call').click();
        await expect(page.locator('#end-call')).toHaveCount(0);
      }
      const line = page.locator('.rows-list a, .card h2 a').first();
      if ((await line.count()) > 0) {
        await line.click();
        await page.locator('.workplace').waitFor();
        // Digits and places of the other script are read above the words.
        const script = page.locator('.about [aria-pressed=false]');
        if (await script.count()) await script.click();
        await check(page, `${username}'s case (${language})`, 24);
        const buttons = page.locator('.do button');
        for (let index = 0; index < (await buttons.count()); index += 1) {
          // What was begun before, as on the page of calls, is open already.
          if ((await buttons.nth(index).getAttribute('aria-expanded')) !== 'true') await buttons.nth(index).click();
          await page.locator('form.action').waitFor();
          await check(page, `${username}'s case, form ${index} (${language})`, 24);
          if ((await page.locator('#camera').count()) > 0) {
            await page.locator('#camera').click();
            await page.locator('#finder p[role=status]:not(:empty)').waitFor();
            await check(page, `a camera that cannot be used (${language})`, 24);
            await page.keyboard.press('Escape');
          }
        }
      }
      if (username === 'analyst') {
        await page.locator('.workplace h1').click();
        await page.keyboard.press('?');
        await page.locator('dialog[open]').waitFor();
        await check(page, `all keys (${language})`, 24);
        await page.keyboard.press('Escape');
        await page.keyboard.press('.');
        await page.locator('#palette-field').fill(language === 'bn' ? 'কাজ' : 'work');
        await page.locator('#palette [role=option]').first().waitFor();
        await check(page, `the palette (${language})`, 24);
        await page.keyboard.press('Escape');
        await page.keyboard.press('Escape');
        await page.goto(`${prefix}/staff/search?stage=registered`);
        await alive(page);
        await page.locator('main button.link').first().click();
        await page.locator('#save-view button[type=submit]').click();
        await page.locator('#save-view .error').first().waitFor();
        await check(page, `a view without a name (${language})`, 24);
        await page.keyboard.press('Escape');
        await page.goto(`${prefix}/staff/work`);
        await page.locator('.rows-list a').first().click();
        await page.locator('.workplace').waitFor();
        // One at a time, on a phone.
        await page.setViewportSize({ width: 360, height: 740 });
        await check(page, `a case on a phone (${language})`, 24);
        await page.goto(`${prefix}/staff/work`);
        await page.locator('.rows-list a').first().waitFor();
        await check(page, `the worklist on a phone (${language})`, 24);
      }
      expect(page.complaints).toEqual([]);
      await page.context().close();
    }
  });
}

test('each navigation sets title and focus, and tells it', async ({ browser }) => {
  const page = await person(browser);
  await page.goto('/');
  await alive(page);
  const titles = new Set([await page.title()]);
  for (const link of ['অভিযোগ জানান', 'পিছনে', 'আমার অভিযোগের খবর']) {
    await page.getByRole('link', { name: link }).click();
    await expect.poll(() => page.evaluate(() => document.activeElement.closest('main') !== null)).toBe(true);
    await expect(page.locator('#announce')).toHaveText(await page.title());
    titles.add(await page.title());
  }
  expect(titles.size).toBe(3);
});

test('a grievance is lodged by keyboard alone', async ({ browser }) => {
  const page = await person(browser);
  await page.goto('/en');
  await alive(page);
  const tabTo = async (locator) => {
    for (let presses = 0; presses < 40; presses += 1) {
      if (await locator.evaluate((element) => element === document.activeElement).catch(() => false)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error('the keyboard does not get there');
  };
  const next = async () => {
    await tabTo(page.locator('main form button[type=submit]'));
    await page.keyboard.press('Enter');
  };
  await tabTo(page.getByRole('link', { name: 'Lodge a grievance' }));
  await page.keyboard.press('Enter');
  await page.locator('#text').waitFor();
  await tabTo(page.locator('#text'));
  await page.keyboard.type('The tube well is broken. No water for a month.');
  await next();
  await page.locator('#category').waitFor();
  await tabTo(page.locator('#category'));
  await page.keyboard.press('Space');
  await next();
  await page.locator('#reason, #place').first().waitFor();
  while (await page.locator('#reason').count()) {
    const asked = page.url();
    await tabTo(page.locator('#reason'));
    await page.keyboard.press('ArrowUp');
    await next();
    await page.waitForURL((url) => url.href !== asked);
    await page.locator('#reason, #place').first().waitFor();
  }
  await tabTo(page.locator('#place'));
  await page.keyboard.type('bolpur');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await next();
  await page.locator('#duplicate, #photos').first().waitFor();
  if (await page.locator('#duplicate').count()) {
    await tabTo(page.locator('#duplicate'));
    await page.keyboard.press('ArrowUp');
    await next();
    await page.locator('#photos').waitFor();
  }
  await next();
  for (const id of ['#affected', '#conduct', '#privacy']) {
    await page.locator(id).waitFor();
    await tabTo(page.locator(id));
    await page.keyboard.press('Space');
    // It is about no officer: the name may be shown, and that is asked.
    if (id === '#conduct') await page.keyboard.press('ArrowDown');
    await next();
  }
  await page.locator('#name').waitFor();
  await tabTo(page.locator('#name'));
  await page.keyboard.type('Rahima');
  await tabTo(page.locator('#mobile'));
  await page.keyboard.type('9811100009');
  await next();
  await page.locator('#check').waitFor();
  await next();
  await page.locator('#gender').waitFor();
  await next();
  await expect(page.locator('#reference')).toHaveText(/\d{4}\s\d{4}\s\d{4}/);
});

test('the end of a session is asked about in time, and Escape stays', async ({ browser }) => {
  const page = await person(browser);
  // Minutes pass quickly until the dialog asks, then slowly enough to answer by hand.
  await page.addInitScript(() =>
    Object.defineProperty(window, 'pratikarMinute', { get: () => (document.querySelector('dialog.ask')?.open ? 1_500 : 60) }),
  );
  const mobile = '9811100011';
  await page.goto('/lodge');
  await lodge(page, { text: 'টিউবওয়েল খারাপ। জল নেই।', mobile });
  await signIn(page, mobile);
  const dialog = page.locator('dialog.ask');
  await expect(dialog).toBeVisible();
  await expect(page.getByRole('button', { name: 'হ্যাঁ, আছি' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(dialog).toBeVisible();
  await page.context().clearCookies();
  await expect(page.locator('main h1')).toHaveText('আপনাকে আবার ঢুকতে হবে');
  expect(page.complaints).toEqual([]);
});

test.afterAll(() => console.log(`${states} page states checked`));
