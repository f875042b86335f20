// Takes pictures of the citizen pages in Bengali, English and Urdu at 360 pixels, and writes the page that shows them:
// node tests/browser/gallery.mjs [http://localhost:8080]; wants ImageMagick.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { chromium } from '@playwright/test';
import { PHONE, alive, linkFor, person, photoFile } from './people.mjs';
import { TEXTS, lodgeIn, reported, signInIn, submit } from './states.mjs';

const base = process.argv[2] ?? 'http://localhost:8080';
const docs = new URL('../../docs/gallery/', import.meta.url).pathname;
const LANGUAGES = [['bn', ''], ['en', '/en'], ['ur', '/ur']];
const args = ['--no-sandbox', '--disable-gpu', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args });
const options = { baseURL: base, permissions: ['microphone'], locale: 'bn-IN' };
const names = [];
for (const [language] of LANGUAGES) rmSync(`${docs}${language}`, { recursive: true, force: true });

for (const [language, prefix] of LANGUAGES) {
  mkdirSync(`${docs}${language}`, { recursive: true });
  const page = await person(browser, PHONE, options);
  page.setDefaultTimeout(15_000);
  let count = 0;
  // What is open while it has the focus stays so where `focused` says it.
  const take = async (name, focused = false, of = page) => {
    await of.evaluate((focused) => {
      scrollTo(0, 0);
      if (!focused) document.activeElement?.blur();
    }, focused);
    await of.waitForTimeout(250);
    count += 1;
    const file = `${String(count).padStart(2, '0')}-${name.replaceAll(/[^a-z]+/g, '-')}.png`;
    await of.screenshot({ path: `${docs}${language}/${file}`, fullPage: true });
    if (language === 'bn') names.push([name, file]);
  };
  const visit = async (path, name, state, focused) => {
    await page.goto(`${prefix}${path}` || '/');
    await alive(page);
    if (state) await state();
    await take(name, focused);
  };
  const mobile = `98${String(Date.now()).slice(-8)}`;
  await visit('', 'home');
  await visit('', 'languages', () => page.locator('details.languages summary').click(), true);
  const number = await lodgeIn(page, prefix, { mobile, text: 'টিউবওয়েল তিন মাস ধরে খারাপ। জল আনতে এক কিলোমিটার যেতে হয়।' }, async ({ name }) => {
    if (name === 'what') {
      await page.locator('#voice').click();
      await page.locator('#voice-stop').waitFor();
      await page.waitForTimeout(1_200);
      await take('what, while speaking');
      await page.locator('#voice-stop').click();
      await page.locator('figure.voice audio').waitFor();
    }
    if (name === 'where') {
      await page.locator('#place').fill('7312');
      await take('where, by PIN code', true);
    }
    if (name === 'photos') {
      await page.locator('#photos').setInputFiles(await photoFile(page));
      await page.locator('.photo-list li.sent').waitFor();
    }
    if (name === 'you') {
      await submit(page);
      await take('you, with errors');
    }
    await take(name);
  });
  await take('confirmation');
  await page.goBack();
  await page.locator('a.second').waitFor();
  await take('back after sending');
  await signInIn(page, prefix, mobile, take);
  await take('all grievances');
  await visit('/mine/number', 'another number', () => page.locator('#mobile').waitFor());
  await page.locator('#mobile').fill(`97${String(Date.now()).slice(-8)}`);
  await submit(page);
  await page.locator('#code').waitFor();
  await take('the code to another number');
  const helper = await person(browser, PHONE, options);
  await helper.goto('/');
  await visit(`/case/${number}`, 'a case', () => page.locator('.thread').waitFor());
  await visit(`/case/${number}/add`, 'adding something', () => page.locator('#reason').waitFor());
  await reported(helper, number);
  await visit(`/case/${number}`, 'a case that asks', () => page.locator('#confirm').waitFor());
  await visit(`/case/${number}/dispute`, 'not done', () => page.locator('#reason').waitFor());
  await visit(`/case/${number}`, 'confirmed', async () => {
    await page.locator('#confirm').click();
    await page.locator('#confirm-sure').click();
    await page.locator('#rate').waitFor();
  });
  await visit(`/case/${number}/appeal`, 'appeal', () => page.locator('#reason').waitFor());
  await visit(`/check/${number}`, 'the check against the ledger', () => page.locator('main [role=status]').last().waitFor());
  await page.goto(`${prefix}/plain/case/${number}`);
  await take('a case without the app');
  // What the category asks, and the case that may be the same.
  await page.goto(`${prefix}/lodge`);
  await alive(page);
  await page.locator('#text').fill('টিউবওয়েল তিন মাস ধরে খারাপ, জল আনতে এক কিলোমিটার যেতে হয়। বাড়িতে সাপ ঢুকেছে!');
  await submit(page);
  await page.locator('#category').check();
  await submit(page);
  await page.locator('#reason, #place').first().waitFor();
  while (await page.locator('#reason').count()) {
    const asked = page.url();
    await page.locator('#reason').check();
    await page.waitForTimeout(200);
    await take('what the category asks');
    await submit(page);
    await page.waitForURL((url) => url.href !== asked);
    await page.locator('#reason, #place').first().waitFor();
  }
  // Behind the link of a number that nobody has proved.
  const unproved = `96${String(Date.now()).slice(-8)}`;
  const theirs = await lodgeIn(await person(browser, PHONE, options), prefix, { mobile: unproved });
  const stranger = await person(browser, PHONE, options);
  await stranger.goto(await linkFor(page, unproved));
  await stranger.goto(`${prefix}/case/${theirs}`);
  for (const [control, name] of [['#disown-ask', 'the link of an unproved number'], ['#disown', 'not mine, asked'], ['main p.panel', 'not mine, done']]) {
    await stranger.locator(control).waitFor();
    await take(name, false, stranger);
    if (control !== 'main p.panel') await stranger.locator(control).click();
  }
  await visit('/signed-out', 'signed out');
  for (const path of TEXTS) {
    await page.goto(`${prefix}${path}`);
    await take(path.slice(1));
  }
  await page.context().close();
}
// Forty colours are enough for pages like these, and a third of the bytes.
execFileSync('mogrify', ['-strip', '-colors', '40', '-define', 'png:compression-level=9', ...names.flatMap(([, file]) => LANGUAGES.map(([language]) => `${docs}${language}/${file}`))]);
const cell = ([name, file]) => `### ${name}\n\n${LANGUAGES.map(([language]) => `<img src="${language}/${file}" width="260" alt="${name}, ${language}">`).join(' ')}\n`;
writeFileSync(`${docs}README.md`, `# The pages of the citizen app\n\nIn Bengali, English and Urdu on a phone 360 pixels wide; made by \`tests/browser/gallery.mjs\`.\n\n${names.map(cell).join('\n')}`);
await browser.close();
