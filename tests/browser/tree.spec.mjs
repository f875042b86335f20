// What screen readers get of the lodging pages: names and roles of the accessibility tree, compared with a reviewed copy.
// `UPDATE_TREES=1` writes the copy again; the difference must be reviewed before it is committed.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from '@playwright/test';
import { person, test } from './people.mjs';
import { lodgeIn, submit } from './states.mjs';

const folder = new URL('./trees/', import.meta.url);
/** States that are shown only where they are true. */
const STATES = ['invalid', 'checked', 'expanded', 'required', 'disabled'];
/** Roles whose text is read itself; elsewhere text is the name of its parent. */
const TEXTS = ['definition', 'paragraph', 'listitem', 'strong'];

/** The tree as indented lines: role, name, description, states. */
async function tree(page, months) {
  // What appears a second after the page is included as well.
  await page.locator('#app > [role=status]').first().waitFor({ state: 'attached' });
  const client = await page.context().newCDPSession(page);
  const { nodes } = await client.send('Accessibility.getFullAXTree');
  await client.detach();
  const of = new Map(nodes.map((node) => [node.nodeId, node]));
  const lines = [];
  const walk = (node, depth, within) => {
    const role = node.role?.value;
    const silent = ['none', 'generic', 'InlineTextBox', 'LineBreak', 'ListMarker'];
    // Browsers differ in whether a form without a name is told of at all; screen readers pass it over either way.
    const unnamed = role === 'form' && !node.name?.value;
    const text = role === 'StaticText' && !TEXTS.includes(within);
    const drawn = !node.ignored && !silent.includes(role) && !unnamed && !text;
    if (drawn) {
      const told = [role === 'StaticText' ? 'text' : role, JSON.stringify(node.name?.value ?? '')];
      if (node.description?.value) told.push(`(${node.description.value})`);
      for (const { name, value } of node.properties ?? []) {
        if (STATES.includes(name) && ![false, 'false', undefined].includes(value.value)) told.push(`[${name}]`);
      }
      lines.push(`${'  '.repeat(depth)}${told.join(' ')}`);
    }
    for (const child of node.childIds ?? []) walk(of.get(child), depth + (drawn ? 1 : 0), drawn ? role : within);
  };
  walk(nodes[0], 0, '');
  // Number and day are others each time.
  const day = new RegExp(`[\\d০-৯]+ (${months})(,? [\\d০-৯]{4})?`, 'g');
  return lines.join('\n').replace(/\d{4}\s\d{4}\s\d{4}/g, '0000 0000 0000').replace(day, '…');
}

for (const [language, prefix] of [['bn', ''], ['en', '/en']]) {
  test(`what a screen reader is told while lodging, in ${language}`, async ({ browser }) => {
    const page = await person(browser);
    const words = await (await page.request.get(`/locales/later.${language}.json`)).json();
    const told = [];
    const take = async (what) => told.push(`# ${what}\n\n${await tree(page, words['date.months'])}\n`);
    await lodgeIn(page, prefix, { mobile: language === 'bn' ? '9855500001' : '9855500002' }, async ({ name }) => {
      if (name === 'what') await page.locator('#voice').waitFor();
      await take(name);
      if (['what', 'whom', 'you'].includes(name)) {
        await submit(page);
        await page.locator('#error-summary').waitFor();
        await expect(page.locator('#error-summary')).toBeFocused();
        await take(`${name}, with an error`);
      }
    });
    await take('confirmation');
    const file = new URL(`lodging.${language}.txt`, folder);
    if (process.env.UPDATE_TREES) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, told.join('\n'));
    }
    expect(told.join('\n')).toBe(readFileSync(file, 'utf8'));
  });
}
