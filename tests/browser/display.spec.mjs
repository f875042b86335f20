// Pages as people adapt them: wider spacing, larger letters, forced colours, dark, no motion, printed, right to left.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect } from '@playwright/test';
import { alive, person, test } from './people.mjs';
import { LANGUAGES, lodgeIn, signInIn, submit } from './states.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PAGES = ['', '/lodge', '/lodge/category', '/lodge/where', '/lodge/photos', '/lodge/whom', '/lodge/you', '/lodge/check', '/lodge/last', '/sign-in', '/help', '/figures', '/plain/sign-in'];

/** Opens a page and waits until it is drawn. */
async function open(page, path) {
  await page.goto(path || '/');
  if (/\/(help|figures|plain\/.*)$/.test(path)) return;
  await alive(page);
  await expect(page.locator('main .loading')).toHaveCount(0);
}

/** Text that is cut off, or lies over other text. */
const clipped = (page) =>
  page.evaluate(() => {
    const texts = [...document.querySelectorAll('main *, header *, footer *')].filter(
      (element) => element.checkVisibility() && !element.closest('.unseen, svg, audio, textarea, [hidden]') && [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()),
    );
    const cut = texts.filter((element) => {
      const style = getComputedStyle(element);
      const hides = (axis) => ['hidden', 'clip'].includes(style[axis]);
      return (hides('overflowY') && element.scrollHeight > element.clientHeight + 1) || (hides('overflowX') && element.scrollWidth > element.clientWidth + 1);
    });
    const beyond = texts.filter((element) => {
      const box = element.getBoundingClientRect();
      return !element.closest('.scroll') && (box.left < -1 || box.right > document.documentElement.clientWidth + 1);
    });
    const name = (element) => `${element.tagName} ${element.textContent.trim().slice(0, 40)}`;
    return [...cut.map((element) => `cut: ${name(element)}`), ...beyond.map((element) => `beyond the edge: ${name(element)}`)];
  });

for (const [language, prefix] of LANGUAGES) {
  test(`wider spacing and letters twice as large lose nothing in ${language}`, async ({ browser }) => {
    test.setTimeout(240_000);
    // As a user's own style sheet, which no policy of the page forbids.
    const page = await person(browser, { width: 360, height: 800 }, { bypassCSP: true });
    // Joined scripts get no letter spacing (TXT-06); scripts are exempt from properties that they do not use (SC 1.4.12).
    const letters = language === 'en' ? 'letter-spacing: 0.12em !important;' : '';
    const spacing = `* { line-height: 1.5 !important; ${letters} word-spacing: 0.16em !important; } p { margin-block-end: 2em !important; }`;
    for (const path of PAGES) {
      await open(page, `${prefix}${path}`);
      const style = await page.addStyleTag({ content: spacing });
      expect.soft(await clipped(page), `${path} spaced (${language})`).toEqual([]);
      await style.evaluate((element) => (element.textContent = 'html { font-size: 34px !important; }'));
      expect.soft(await clipped(page), `${path} at twice the size (${language})`).toEqual([]);
      const wide = await page.evaluate(() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth);
      expect.soft(wide, `${path} at twice the size scrolls sideways (${language})`).toBeLessThanOrEqual(0);
    }
  });
}

test('the smallest phone at twice the size scrolls nowhere sideways', async ({ browser }) => {
  const page = await person(browser, { width: 320, height: 640 }, { bypassCSP: true });
  for (const path of ['/', '/lodge', '/find', '/figures', '/help', '/plain/danger', '/ur/find', '/ur/figures']) {
    await page.goto(path);
    await page.locator('main h1').first().waitFor();
    await page.addStyleTag({ content: 'html { font-size: 34px !important; }' });
    const wide = await page.evaluate(() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth);
    expect.soft(wide, path).toBeLessThanOrEqual(0);
  }
});

test('in the dark every text is legible', async ({ browser }) => {
  test.setTimeout(180_000);
  const page = await person(browser, { width: 360, height: 800 }, { colorScheme: 'dark' });
  const dark = async (what) => {
    await page.evaluate(`if (!window.axe) { (${'function () {'} ${axe} }).call(window) }`);
    const found = await page.evaluate(async () => {
      const { violations } = await window.axe.run(document, { runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } });
      return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 120)}`));
    });
    expect.soft(found, what).toEqual([]);
  };
  expect(await page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches)).toBe(true);
  for (const path of PAGES) {
    await open(page, path);
    if (/lodge\/(whom|you)/.test(path)) await submit(page);
    await dark(`${path} in the dark`);
  }
  const number = await lodgeIn(page, '', { mobile: '9844400001' });
  await dark('the confirmation in the dark');
  await signInIn(page, '', '9844400001');
  await page.goto(`/case/${number}`);
  await page.locator('.thread').waitFor();
  await dark('a case in the dark');
});

test('with forced colours, what is chosen and what has the focus can be seen', async ({ browser }) => {
  const page = await person(browser, { width: 360, height: 800 }, { forcedColors: 'active' });
  await open(page, '/lodge/whom');
  const radio = page.locator('#affected');
  const look = () => radio.screenshot();
  const before = await look();
  await radio.check();
  await page.mouse.move(0, 0);
  await page.evaluate(() => document.activeElement.blur());
  const chosen = await look();
  expect(chosen.equals(before), 'a chosen answer looks like one').toBe(false);
  await radio.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  expect((await look()).equals(chosen), 'the focus is seen').toBe(false);
  await open(page, '/lodge/where');
  await page.locator('#place').fill('bol');
  const outline = await page.getByRole('option').first().evaluate((option) => getComputedStyle(option).outlineStyle);
  expect(outline).toBe('solid');
  const border = await page.locator('main form button[type=submit]').evaluate((button) => getComputedStyle(button).borderTopStyle);
  expect(border).toBe('solid');
});

test('nothing moves for those who want no motion', async ({ browser }) => {
  const page = await person(browser, { width: 360, height: 800 }, { reducedMotion: 'reduce' });
  for (const path of ['', '/lodge/whom']) {
    await open(page, path);
    const moving = await page.evaluate(() =>
      [...document.querySelectorAll('*')].filter((element) => {
        const { transitionDuration, animationName } = getComputedStyle(element);
        return transitionDuration.split(', ').some((time) => time !== '0s') || animationName !== 'none';
      }).length);
    expect(moving, path).toBe(0);
  }
});

test('the keyboard is never lost from sight', async ({ browser }) => {
  const page = await person(browser, { width: 360, height: 800 });
  for (const path of ['', '/lodge', '/lodge/whom', '/lodge/you', '/help']) {
    await open(page, path);
    await page.evaluate(() => document.activeElement?.blur());
    const seen = new Set();
    for (let presses = 0; presses < 60; presses += 1) {
      await page.keyboard.press('Tab');
      const at = await page.evaluate(() => {
        const focused = document.activeElement;
        if (focused === document.body) return undefined;
        const box = focused.getBoundingClientRect();
        const [x, y] = [Math.min(Math.max(box.x + box.width / 2, 1), innerWidth - 1), Math.min(Math.max(box.y + Math.min(box.height, innerHeight) / 2, 1), innerHeight - 1)];
        const top = document.elementFromPoint(x, y);
        const style = getComputedStyle(focused);
        const own = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
        // A file input is drawn by the button over it.
        const ring = own || (focused.type === 'file' && getComputedStyle(focused.nextElementSibling).outlineStyle !== 'none');
        return { name: focused.outerHTML.slice(0, 80), covered: !(top === focused || focused.contains(top) || top?.contains(focused)), inside: box.bottom > 0 && box.top < innerHeight, ring };
      });
      if (!at || seen.has(at.name)) break;
      seen.add(at.name);
      expect.soft(at, `${path}: ${at.name}`).toMatchObject({ covered: false, inside: true, ring: true });
    }
    expect(seen.size, path).toBeGreaterThan(3);
  }
});

test('Urdu mirrors the page and leaves numbers as they are', async ({ browser }) => {
  const page = await person(browser);
  const sides = async (path) => {
    await open(page, path);
    const box = async (selector) => page.locator(selector).first().boundingBox();
    const [brand, menu] = [await box('.brand'), await box('.bar-links')];
    return Math.sign(brand.x - menu.x);
  };
  expect(await sides('/en')).toBe(-1);
  expect(await sides('/ur')).toBe(1);
  const number = await lodgeIn(page, '/ur', { mobile: '9844400002' });
  await expect(page.locator('#reference'), 'ASCII digits in groups of four').toHaveText(/^\d{4}\s\d{4}\s\d{4}$/);
  const drawn = await page.locator('#reference').evaluate((element) => {
    const range = document.createRange();
    const text = element.firstChild;
    const left = (at) => {
      range.setStart(text, at);
      range.setEnd(text, at + 1);
      return range.getBoundingClientRect().left;
    };
    return left(0) < left(13);
  });
  expect(drawn, 'the first group stands to the left of the last').toBe(true);
  expect(number).toMatch(/^\d{12}$/);
});

test('on paper the confirmation is one A4 page with the number', async ({ browser }) => {
  const page = await person(browser);
  await lodgeIn(page, '', { mobile: '9844400003' });
  await page.emulateMedia({ media: 'print' });
  for (const gone of ['.bar', '.foot', '.button']) {
    expect(await page.locator(gone).first().isVisible(), gone).toBe(false);
  }
  const size = await page.locator('#reference').evaluate((element) => parseFloat(getComputedStyle(element).fontSize));
  expect(size, 'twelve points').toBeGreaterThanOrEqual(16);
  const pdf = (await page.pdf({ format: 'A4' })).toString('latin1');
  expect(pdf.match(/\/Type\s*\/Page\b/g).length).toBe(1);
});
