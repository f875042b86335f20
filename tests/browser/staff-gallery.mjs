// Takes pictures of every place of work in Bengali and English, on a PC and on a phone, and writes the page that shows them:
// node tests/browser/staff-gallery.mjs [http://localhost:8080]; wants ImageMagick and a demo of some hundred grievances.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { chromium } from '@playwright/test';
import { DESKTOP, PASSWORD, PHONE, alive, lodge, person } from './people.mjs';

const base = process.argv[2] ?? 'http://localhost:8080';
const docs = new URL('../../docs/gallery/staff/', import.meta.url).pathname;
const SIZES = [['pc', DESKTOP], ['phone', PHONE]];
const LANGUAGES = [['bn', ''], ['en', '/en']];
/** Pixels of a page from its top that a picture shows. */
const HIGHEST = 1_500;
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
const names = [];

const open = (button) => async (page) => {
  const found = page.locator('.do button', { hasText: button });
  if (await found.count()) await found.first().click();
  await page.waitForTimeout(300);
};
const firstCase = async (page) => {
  await page.locator('.rows-list a, .card h2 a, .card h3 a').first().click();
  await page.locator('.workplace').waitFor();
};
/** The form of the action with this letter, beside the first case. */
const form = (letter) => async (page) => {
  await firstCase(page);
  await open(new RegExp(`${letter}$`))(page);
};

/** Who, and what of their day: a name, a path, and what is done there. */
const WALKS = [
  ['analyst', [
    ['the desk', '/staff/work'],
    ['a case at the desk', '/staff/work', firstCase],
    ['categorising', '/staff/work', form('C')],
    ['merging', '/staff/work', form('M')],
    ['search', '/staff/search'],
    ['search with filters', '/staff/search?stage=with_office&due=over'],
    ['all keys', '/staff/work', async (page) => {
      await page.locator('.rows-list a').first().waitFor();
      await page.keyboard.press('?');
      await page.locator('dialog[open]').waitFor();
    }],
    ['the palette', '/staff/work', async (page) => {
      await page.locator('.rows-list a').first().waitFor();
      await page.keyboard.press('.');
      await page.locator('dialog[open]').waitFor();
    }],
    ['a grievance taken', '/staff/intake'],
    ['another number', '/staff/number'],
  ]],
  ['nodal.prd', [
    ['a department', '/staff/work'],
    ['who is at work', '/staff/roster'],
    ['offices', '/staff/offices'],
    ['forwarding', '/staff/work', form('O')],
    ['forwarding several', '/staff/work', async (page) => {
      await page.locator('#several').click();
      await page.locator('#several-dialog[open]').waitFor();
      await page.locator('#several-dialog .loading').waitFor({ state: 'detached' });
    }],
  ]],
  ['officer.phe.bolpur-sriniketan', [['an office', '/staff/work']]],
  ['caller', [
    ['verification calls', '/staff/calls'],
    ['a verification call', '/staff/calls', async (page) => {
      await page.locator('#next-call').click();
      await page.locator('.one-call').waitFor();
    }],
    ['own scores', '/staff/scores'],
  ]],
  ['validator.birbhum', [['visits', '/staff/work']]],
  ['telecaller', [['taking a call', '/staff/intake'], ['unanswered questions', '/staff/work']]],
  ['counter', [['a counter', '/staff/intake'], ['own lodgings', '/staff/own']]],
  ['quality', [
    ['scoring calls', '/staff/quality'],
    ['a call that is scored', '/staff/quality', async (page) => {
      await page.locator('#next-score').click();
      await page.locator('.one-call').waitFor();
    }],
  ]],
  ['appellate', [
    ['appeals', '/staff/work'],
    ['hearings', '/staff/hearings'],
    ['fixing a hearing', '/staff/work', form('H')],
    ['deciding an appeal', '/staff/work', form('D')],
  ]],
  ['cmo', [
    ['dashboard', '/staff/dashboard', (page) => page.locator('.trend').waitFor()],
    ['cases behind a figure', '/staff/cases?days='],
    ['desks', '/staff/desks'],
    ['offices side by side', '/staff/offices?days=&where=department:PHE', (page) => page.locator('.rows tbody tr').first().waitFor()],
  ]],
  ['admin', [['tables', '/staff/settings'], ['a table', '/staff/settings/holidays-tsv'], ['accounts', '/staff/accounts']]],
  ['auditor', [['readings', '/staff/readings'], ['the ledger', '/staff/ledger']]],
];

rmSync(docs, { recursive: true, force: true });
mkdirSync(docs, { recursive: true });
// Something at the desk, twice the same.
for (const mobile of ['9847300001', '9847300002']) {
  const citizen = await person(browser, PHONE, { baseURL: base });
  await lodge(citizen, { text: 'আমাদের পাড়ার টিউবওয়েল তিন মাস ধরে খারাপ, জল আনতে এক কিলোমিটার যেতে হয়।', mobile });
  await citizen.context().close();
}
for (const [size, viewport] of SIZES) {
  for (const [language, prefix] of LANGUAGES) {
    for (const [username, pages] of WALKS) {
      const page = await person(browser, viewport, { baseURL: base });
      page.setDefaultTimeout(10_000);
      await page.goto(`${prefix}/staff/`);
      await page.locator('#username').fill(username);
      await page.locator('#password').fill(PASSWORD);
      await page.locator('form button[type=submit]').click();
      await page.locator('nav.menu').waitFor();
      for (const [name, path, reach] of pages) {
        const file = `${size}-${language}-${name.replaceAll(/[^a-z]+/g, '-')}.png`;
        try {
          await page.goto(`${prefix}${path}`);
          await alive(page);
          await page.waitForFunction(() => !document.querySelector('.loading'));
          await reach?.(page);
        } catch (error) {
          console.error(`${username}, ${name} (${size}, ${language}): ${error.message.split('\n')[0]}`);
        }
        await page.waitForTimeout(500);
        const height = Math.min(await page.evaluate(() => document.documentElement.scrollHeight), HIGHEST);
        await page.screenshot({ path: `${docs}${file}`, fullPage: true, clip: { x: 0, y: 0, width: viewport.width, height } });
        if (size === 'pc' && language === 'bn') names.push([username, name, file.slice('pc-bn-'.length)]);
      }
      await page.context().close();
    }
  }
}
const files = names.flatMap(([, , file]) => SIZES.flatMap(([size]) => LANGUAGES.map(([language]) => `${docs}${size}-${language}-${file}`)));
execFileSync('mogrify', ['-strip', '+dither', '-colors', '24', '-define', 'png:compression-level=9', ...files]);
const image = (size, language, [, name, file]) => `<img src="${size}-${language}-${file}" width="${size === 'pc' ? 560 : 180}" alt="${name}, ${size}, ${language}">`;
const cell = (one) => `### ${one[1]} (${one[0]})\n\n${SIZES.flatMap(([size]) => LANGUAGES.map(([language]) => image(size, language, one))).join(' ')}\n`;
writeFileSync(`${docs}README.md`, `# The places of work\n\nIn Bengali and English, on a PC and on a phone; made by \`tests/browser/staff-gallery.mjs\`. A page that is higher is cut off.\n\n${names.map(cell).join('\n')}`);
await browser.close();
