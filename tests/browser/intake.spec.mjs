// Taking grievances: a tele-caller whose telephone rings, and a counter without a line.
import { expect } from '@playwright/test';
import { staff, test } from './people.mjs';

const wide = { width: 1280, height: 900 };

/** A citizen rings the demo's tele-caller; `away`, and nobody takes the call. */
async function ring(page, from, away = false) {
  const form = { from, to: 'telecaller', ...(away ? { away: 'yes' } : {}) };
  const answer = await page.request.post('/dev/exchange', { form, headers: { origin: new URL(page.url()).origin } });
  expect(answer.ok()).toBe(true);
}

/** Nobody is on the telephone any more. */
async function hangUp(page) {
  await page.locator('#end-call').click();
  await expect(page.locator('.line-state')).toHaveText('No call');
}

/** Answers what every grievance must say, by keyboard, from the text on. */
async function tellByKeys(page, text, kind) {
  await expect(page.locator('#text')).toBeFocused();
  await page.keyboard.type(text);
  await page.locator('#category').focus();
  await page.keyboard.type(kind);
  await page.keyboard.press('Enter');
  await expect(page.locator('#category')).not.toHaveValue(kind);
}

/** The tele-caller's calls of today, and those of them that were about a grievance. */
async function callsToday(page) {
  const day = await (await page.request.get('/api/line/day', { headers: { 'pratikar-app': 'staff' } })).json();
  return [day.answered, day.about];
}

test('a call enters its number, a digit says who it is, and nothing is filled in before', async ({ browser }) => {
  const page = await staff(browser, 'telecaller', wide);
  await expect(page.locator('.line-state')).toHaveText('No call');
  const [answered, about] = await callsToday(page);
  // Two people of one telephone.
  for (const [name, gender] of [['Rahima Bibi', 'gender'], ['Karim Sheikh', 'gender-1']]) {
    await page.locator('#mobile').fill('9847200001');
    await page.locator('#name').fill(name);
    await page.locator('#text').fill(`${name} has no ration card`);
    await page.locator('#category').fill('ration');
    await page.getByRole('option').first().click();
    await page.locator('#place').fill('bolpur-s');
    await page.getByRole('option').first().click();
    await page.locator('#landmark').fill('Majhipara');
    await page.locator('#conduct-1').check();
    await page.locator('#privacy').check();
    await page.locator(`#${gender}`).check();
    await page.getByRole('button', { name: 'Register the grievance' }).click();
    await expect(page.locator('#registered')).toBeFocused();
    await page.keyboard.press('n');
    await expect(page.locator('#mobile')).toBeFocused();
    await expect(page.locator('#mobile')).toHaveValue('');
  }

  await ring(page, '98472 00001');
  await expect(page.locator('.line-state')).toHaveText('98472 00001 is ringing');
  await expect(page.locator('#mobile')).toHaveValue('9847200001');
  await expect(page.locator('#people')).toBeFocused();
  await expect(page.locator('.people')).toContainText(/Karim Sheikh.*Rahima Bibi.*Somebody else/s);
  await expect(page.locator('#name')).toHaveValue('');
  await expect(page.locator('#place')).toHaveValue('');
  await page.keyboard.press('2');
  await expect(page.locator('#name')).toHaveValue('Rahima Bibi');
  await expect(page.locator('#place')).toHaveValue(/Bolpur/);
  await expect(page.locator('#landmark')).toHaveValue('Majhipara');
  await expect(page.locator('#gender')).toBeChecked();
  await expect(page.locator('.line-state')).toHaveText('You are speaking with 98472 00001');
  // From the ring to the number: by keys alone.
  await tellByKeys(page, 'The ration shop gives less rice', 'ration');
  await page.locator('#conduct').focus();
  await page.keyboard.press('ArrowDown');
  await page.locator('#privacy').focus();
  await page.keyboard.press('Space');
  await page.getByRole('button', { name: 'Register the grievance' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('#reference')).toHaveText(/\d{4}\s\d{4}\s\d{4}/);
  await page.keyboard.press('n');
  await hangUp(page);
  await expect(page.locator('.earlier')).toContainText(`Calls today: ${answered + 1} · about a grievance: ${about + 1}`);
  expect(page.complaints).toEqual([]);
});

test('somebody else undoes the wrong person, and a place that was not chosen is not sent silently', async ({ browser }) => {
  const page = await staff(browser, 'telecaller', wide);
  await page.locator('#mobile').fill('9847200009');
  await page.locator('#name').fill('Asha Das');
  await page.locator('#text').fill('The tube well is dry');
  await page.locator('#place').fill('nowhere at all');
  await page.locator('#conduct-1').check();
  await page.locator('#privacy').check();
  await page.getByRole('button', { name: 'Register the grievance' }).click();
  await expect(page.locator('#error-summary')).toContainText('Choose a block or town from the list');
  await expect(page.locator('#place')).toHaveValue('nowhere at all');
  await page.locator('#place').fill('bolpur-s');
  await page.getByRole('option').first().click();
  await page.getByRole('button', { name: 'Register the grievance' }).click();
  const number = await page.locator('#reference').textContent();
  await page.keyboard.press('n');
  await expect(page.locator('main')).toContainText(`Registered before: ${number}`);
  await page.locator('#mobile').fill('9847200009');
  await page.locator('.people button').first().click();
  await expect(page.locator('#name')).toHaveValue('Asha Das');
  await page.getByRole('button', { name: 'Somebody else' }).click();
  await expect(page.locator('#name')).toHaveValue('');
  await expect(page.locator('#place')).toHaveValue('');
  await expect(page.locator('#mobile')).toHaveValue('9847200009');
  expect(page.complaints).toEqual([]);
});

test('who signs out without a line is signed out when there is one', async ({ browser }) => {
  const page = await staff(browser, 'counter', wide);
  await page.context().setOffline(true);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  await page.context().setOffline(false);
  // Another page of this device, at once.
  await page.goto('/en/staff/');
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  const me = await (await page.request.get('/api/session', { headers: { 'pratikar-app': 'staff' } })).json();
  expect(me.actor ?? null).toBeNull();
  expect(page.complaints.filter((text) => !/ERR_INTERNET_DISCONNECTED/.test(text))).toEqual([]);
});

test('a call for somebody else puts what was begun aside, and it comes back', async ({ browser }) => {
  const page = await staff(browser, 'telecaller', wide);
  await page.locator('#mobile').fill('9847200002');
  await page.locator('#name').fill('Begun First');
  await page.locator('#text').fill('A pump that was begun');
  await ring(page, '9847200003');
  await expect(page.locator('.notice')).toContainText('somebody else');
  await expect(page.locator('#name')).toHaveValue('Begun First');
  await page.locator('#take-call').click();
  await expect(page.locator('#mobile')).toHaveValue('9847200003');
  await expect(page.locator('#name')).toHaveValue('');
  await expect(page.locator('.notice')).toContainText('1 grievance is put aside');
  await page.waitForTimeout(900);
  await page.reload();
  await expect(page.locator('#mobile')).toHaveValue('9847200003');
  await page.getByRole('button', { name: 'Go on with Begun First' }).click();
  await expect(page.locator('#text')).toHaveValue('A pump that was begun');
  await hangUp(page);
  expect(page.complaints).toEqual([]);
});

test('a form that nobody wants any more is cleared, and comes back where that was a slip', async ({ browser }) => {
  const page = await staff(browser, 'telecaller', wide);
  await page.locator('#name').fill('Changed Her Mind');
  await page.locator('#text').fill('Nothing after all');
  await page.locator('#conduct-1').check();
  // Half a word in a list goes as well.
  await page.locator('#place').fill('Bol');
  await page.locator('#clear').press('Enter');
  await expect(page.locator('#place')).toHaveValue('');
  await expect(page.locator('#mobile')).toBeFocused();
  await expect(page.locator('#text')).toHaveValue('');
  await expect(page.locator('#conduct-1')).not.toBeChecked();
  // Sent by a slip: what is missing is forgotten with the form that comes back.
  await page.locator('#mobile').press('Enter');
  await expect(page.locator('#error-summary')).toBeVisible();
  await page.locator('#uncleared').press('Enter');
  await expect(page.locator('#error-summary')).toHaveCount(0);
  await expect(page.locator('#text')).toHaveValue('Nothing after all');
  await expect(page.locator('#conduct-1')).toBeChecked();
  await page.locator('#clear').click();
  await page.waitForTimeout(900);
  await page.reload();
  await page.locator('#text').waitFor();
  await expect(page.locator('#text')).toHaveValue('');
  expect(page.complaints).toEqual([]);
});

test('whoever rang in vain is rung back, and is on the list no more', async ({ browser }) => {
  const page = await staff(browser, 'telecaller', wide);
  await ring(page, '9847204711', true);
  await expect(page.locator('.line-state')).toHaveText('98472 04711 is ringing');
  await expect(page.locator('#mobile')).toHaveValue('9847204711');
  // Nobody has spoken: the number goes with the call.
  await expect(page.locator('.line-state')).toHaveText('No call', { timeout: 40_000 });
  await expect(page.locator('#mobile')).toHaveValue('');
  const waiting = page.locator('.missed li', { hasText: '4711' });
  await expect(waiting).toBeVisible();
  expect(await page.locator('.missed').textContent()).not.toContain('98472');
  await waiting.getByRole('button', { name: 'Ring back' }).click();
  await expect(page.locator('#mobile')).toHaveValue('9847204711');
  await expect(page.locator('.line-state')).toHaveText('You are speaking with 98472 04711');
  await hangUp(page);
  await page.locator('#mobile').fill('');
  await expect(page.locator('.earlier')).toContainText('Rang, and nobody answered');
  await expect(waiting).toHaveCount(0);
  expect(page.complaints).toEqual([]);
});

test('the questions of a category are asked, and an emergency needs no name', async ({ browser }) => {
  const page = await staff(browser, 'telecaller', wide);
  await page.locator('#mobile').fill('9847200005');
  await page.locator('#text').fill('My husband beats me and I am locked in the house, please help');
  await page.locator('#reason-0').waitFor();
  const danger = page.locator('fieldset', { has: page.locator('#reason-0') });
  await danger.locator('input').first().check();
  await expect(page.locator('.advice .urgent')).toBeVisible();
  await page.locator('#conduct-1').check();
  await page.locator('#privacy').check();
  await page.getByRole('button', { name: 'Register the grievance' }).click();
  await expect(page.locator('#reference')).toHaveText(/\d{4}\s\d{4}\s\d{4}/);
  expect(page.complaints).toEqual([]);
});

test('a counter without a line keeps the grievance and sends it once', async ({ browser }) => {
  const page = await staff(browser, 'counter', wide);
  await page.goto('/en/staff/intake');
  const fill = async (name) => {
    await page.locator('#mobile').fill('9847200006');
    await page.locator('#name').fill(name);
    await page.locator('#text').fill(`${name}: the pension has not come`);
    await page.locator('#category').fill('pension');
    await page.getByRole('option').first().click();
    await page.locator('#conduct-1').check();
    await page.locator('#privacy').check();
  };
  await page.locator('#place').fill('bolpur-s');
  await page.getByRole('option').first().click();
  await fill('First');
  await page.getByRole('button', { name: 'Register the grievance' }).click();
  await expect(page.locator('#registered')).toBeFocused();
  await expect(page.locator('.on-paper').first()).toBeHidden();
  await page.emulateMedia({ media: 'print' });
  await expect(page.locator('#registered')).toContainText('the pension has not come');
  await expect(page.getByText('Keep this number')).toBeVisible();
  await expect(page.getByText('Read the number out')).toBeHidden();
  await expect(page.locator('.intake form')).toBeHidden();
  await page.emulateMedia({ media: 'screen' });
  await page.keyboard.press('n');
  await expect(page.locator('#place')).toHaveValue(/Bolpur/);
  await page.waitForTimeout(800);
  await page.context().setOffline(true);
  await fill('Second');
  await page.getByRole('button', { name: 'Register the grievance' }).click();
  await expect(page.locator('#registered')).toContainText('Kept on this device');
  await expect(page.locator('.waiting-line')).toContainText('1');
  await page.context().setOffline(false);
  await expect(page.locator('.waiting-line')).toHaveCount(0, { timeout: 30_000 });
  await page.goto('/en/staff/intake');
  await page.locator('#mobile').fill('9847200006');
  await expect(page.locator('.earlier')).toContainText('Second: the pension has not come');
  expect(await page.locator('.earlier li', { hasText: 'Second: the pension' }).count()).toBe(1);
  // What a counter has lodged itself, and nothing of what others have.
  await page.getByRole('link', { name: 'Registered by you' }).click();
  await expect(page.locator('main h1')).toHaveText('Registered by you');
  await expect(page.locator('.cards h2').filter({ hasText: 'the pension has not come' })).toHaveCount(2);
  await expect(page.locator('main > .hint')).toHaveText(/^\d+ grievances$/);
  // It is a page of the counter alone.
  const caller = await staff(browser, 'telecaller', wide);
  await caller.goto('/en/staff/own');
  await expect(caller.locator('.cards')).toHaveCount(0);
  expect(page.complaints.filter((text) => !/ERR_INTERNET_DISCONNECTED/.test(text))).toEqual([]);
});
