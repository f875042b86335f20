// People who share a browser, a number or a phone whose clock is wrong: nobody acts as somebody else, and nothing typed is lost.
import { expect } from '@playwright/test';
import { DESKTOP, PASSWORD, PHONE, alive, codeFor, fillForm, linkFor, lodge, person, signIn, staff, test, words } from './people.mjs';
import { act, reported } from './states.mjs';

const TEXT = 'আমাদের পাড়ার টিউবওয়েল খারাপ, জল নেই।';
const NOTE = 'Spoke to the pump operator, the pipe comes on Monday.';

/** A picture in the browser's own PNG: noise, whose left half is clear where asked for. */
async function picture(page, name, width, height, clear = false) {
  const base64 = await page.evaluate(
    ([width, height, clear]) => {
      const canvas = document.createElement('canvas');
      Object.assign(canvas, { width, height });
      const context = canvas.getContext('2d');
      const image = context.createImageData(width, height);
      for (let at = 0, seed = 11; at < image.data.length; at += 4) {
        seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
        const left = (at / 4) % width < width / 2;
        image.data.set([seed % 250, (seed >> 8) % 250, (seed >> 16) % 250, clear && left ? 0 : 255], at);
      }
      context.putImageData(image, 0, 0);
      return canvas.toDataURL('image/png').split(',')[1];
    },
    [width, height, clear],
  );
  return { name, mimeType: 'image/png', buffer: Buffer.from(base64, 'base64') };
}

/** A new person at the question for photos; what they choose stays on the phone. */
async function choosing(browser) {
  const page = await person(browser);
  await page.goto('/lodge');
  await alive(page);
  await page.locator('#text').fill(TEXT);
  await page.goto('/lodge/photos');
  await page.locator('#photos').waitFor();
  await page.route('**/api/uploads', (route) => route.abort());
  return page;
}


test('a page of the officer says at once that an analyst has signed in beside it, keeps the text and does nothing as the analyst', async ({ browser }) => {
  const officer = await staff(browser, 'nodal.prd');
  const later = await words(officer, 'en');
  const told = later['failure.other_person'];
  await officer.locator('.rows-list a').first().click();
  await officer.locator('.workplace').waitFor();
  const number = new URL(officer.url()).pathname.split('/').pop();
  const analyst = await officer.context().newPage();
  await analyst.goto('/en/staff/');
  await analyst.locator('.who').waitFor();
  await officer.getByRole('button', { name: 'Write a note' }).click();
  await officer.locator('#entry').fill(NOTE);
  await officer.waitForFunction(() => JSON.stringify(localStorage).includes('drafts'));

  await analyst.getByRole('button', { name: 'Sign out' }).click();
  // The note that was begun in the other tab lies on this device.
  await analyst.getByRole('button', { name: 'Delete and sign out' }).click();
  await analyst.getByLabel('Name', { exact: true }).fill('analyst');
  await analyst.getByLabel('Password').fill(PASSWORD);
  await analyst.getByRole('button', { name: 'Sign in' }).click();
  await expect(analyst.locator('main h1')).toHaveText("The cell's desk");

  await expect(officer.locator('.news[role=alert]')).toContainText(later['person.other']);
  await expect(officer.locator('#entry')).toHaveValue(NOTE);
  await officer.locator('form.action').getByRole('button', { name: 'Write a note' }).click();
  await expect(officer.locator('#error-summary')).toContainText(told);
  await expect(officer.locator('#entry')).toHaveValue(NOTE);
  const view = await (await analyst.request.get(`/api/grievances/${number}`, { headers: { 'pratikar-app': 'staff' } })).json();
  expect(JSON.stringify(view)).not.toContain(NOTE);

  await officer.locator('.news button').click();
  await expect(officer.locator('.who')).toHaveText(await analyst.locator('.who').textContent());
  expect(officer.complaints).toEqual([]);
});

test('what a citizen writes is not sent as whoever has signed in beside her', async ({ browser }) => {
  const first = await person(browser);
  const number = await lodge(first, { text: TEXT, mobile: '9833400001' });
  await lodge(first, { text: TEXT, mobile: '9833400002' });
  await signIn(first, '9833400001');
  const later = await words(first, 'bn');
  const told = later['failure.other_person'];
  await first.goto(`/case/${number}/add`);
  await first.locator('#reason').fill('গতকাল থেকে জল একদমই আসছে না।');
  const second = await first.context().newPage();
  await signIn(second, '9833400002');
  await expect(first.locator('.news[role=alert]')).toContainText(later['person.other']);
  await first.locator('main form button[type=submit]').click();
  await expect(first.locator('#error-summary')).toContainText(told);
  await expect(first.locator('#reason')).toHaveValue('গতকাল থেকে জল একদমই আসছে না।');
  await first.locator('.news[role=alert] a').click();
  await expect(first.locator('#mobile')).toBeVisible();
  await expect(first.locator('.news[role=alert]')).toHaveCount(0);
});

/** Lets the next request to a path reach the server, and drops the answer. */
async function lostOnce(page, path) {
  await page.route(path, async (route) => {
    await route.fetch();
    await route.abort('connectionreset');
  }, { times: 1 });
}

/** Asks for a code to a number, in the field that is shown, and types it; answers the code. */
async function typeCode(page, mobile) {
  await page.locator('#mobile').fill(mobile);
  await page.locator('main form button[type=submit]').click();
  await page.locator('#code').waitFor();
  const code = await codeFor(page, mobile);
  await page.locator('#code').fill(code);
  return code;
}

test('a code whose answer is lost on the line opens the page all the same, and a new one begins with an empty field', async ({ browser }) => {
  const page = await person(browser);
  await lodge(page, { text: TEXT, mobile: '9833400031' });
  await page.goto('/en/sign-in');
  await alive(page);
  await typeCode(page, '9833400031');
  const later = await words(page, 'en');
  await page.getByRole('button', { name: later['code.again'] }).click();
  await expect(page.locator('main')).toContainText(later['code.sent_again']);
  await expect(page.locator('#code')).toHaveValue('');
  await page.locator('#code').fill(await codeFor(page, '9833400031'));
  await lostOnce(page, '**/api/codes/*');
  await page.locator('main form button[type=submit]').click();
  await expect(page.locator('#error-summary')).toBeVisible();
  await page.locator('main form button[type=submit]').click();
  await page.waitForURL('**/en/mine');
  await expect(page.locator('.card')).toHaveCount(1);
});

/** Changes the number of the signed-in citizen; the answer is lost. */
async function changeUnheard(page, mobile) {
  await page.goto('/en/mine/number');
  await page.locator('#mobile').waitFor();
  await typeCode(page, mobile);
  await lostOnce(page, '**/api/me/number');
  await page.locator('main form button[type=submit]').click();
  await expect(page.locator('#error-summary')).toBeVisible();
}

test('who is shut out by somebody else after a lost answer is told where her grievances may be', async ({ browser }) => {
  const page = await person(browser);
  await lodge(page, { text: TEXT, mobile: '9833400034' });
  await lodge(await person(browser), { text: TEXT, mobile: '9833400035' });
  await signIn(page, '9833400034');
  await changeUnheard(page, '9833400036');
  await signIn(await page.context().newPage(), '9833400035');
  await page.locator('main form button[type=submit]').click();
  await expect(page.locator('#error-summary')).toContainText((await words(page, 'en'))['number.perhaps']);
});

test('what waits for its writer does not say that it goes by itself', async ({ browser }) => {
  const page = await person(browser);
  const number = await lodge(page, { text: TEXT, mobile: '9833400037' });
  await signIn(page, '9833400037');
  await page.goto(`/en/case/${number}/add`);
  await page.locator('#reason').fill('গতকাল থেকে জল একদমই আসছে না।');
  await page.route('**/actions', (route) => route.abort());
  await page.locator('main form button[type=submit]').click();
  const later = await words(page, 'en');
  await expect(page.locator('main form .notice')).toBeVisible();
  await page.goto('/en/mine');
  await expect(page.locator('.queue')).toContainText('It goes by itself');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.locator('.queue')).toContainText(later['queue.sign_in']);
  await expect(page.locator('.queue')).not.toContainText('It goes by itself');
});

test('a change of number whose answer is lost on the line is told when the button is pressed again', async ({ browser }) => {
  const page = await person(browser);
  await lodge(page, { text: TEXT, mobile: '9833400032' });
  await signIn(page, '9833400032');
  await changeUnheard(page, '9833400033');
  await page.locator('main form button[type=submit]').click();
  await page.waitForURL('**/en/mine');
  await expect(page.locator('main')).toContainText((await words(page, 'en'))['number.done']);
  await expect(page.locator('.news[role=alert]')).toHaveCount(0);
  await expect(page.locator('.card')).toHaveCount(1);
});

test('the whole message can be pasted where the code is asked for', async ({ browser }) => {
  const page = await person(browser);
  await lodge(page, { text: TEXT, mobile: '9833400003' });
  await page.goto('/en/sign-in');
  await alive(page);
  await page.locator('#mobile').fill('9833400003');
  await page.locator('main form button[type=submit]').click();
  await page.locator('#code').waitFor();
  expect(await page.locator('#code').getAttribute('maxlength')).toBeNull();
  const code = await codeFor(page, '9833400003');
  await page.locator('#code').fill('Good for 10 minutes, tell it to nobody.');
  await page.locator('main form button[type=submit]').click();
  await expect(page.locator('#error-summary')).toBeFocused();
  // Without a code, no attempt is counted.
  await page.locator('#code').fill(`Pratikar: your code is ${code}. Good for 10 minutes, tell it to nobody.`);
  await page.locator('main form button[type=submit]').click();
  await page.waitForURL('**/en/mine');
});

test('a phone works a little for its code where the server wants it', async ({ browser }) => {
  const page = await person(browser);
  const solved = [];
  await page.route('**/api/codes', async (route) => {
    const { work } = route.request().postDataJSON();
    if (work) {
      solved.push(work);
      await route.fulfill({ json: { id: 'kol', minutes: 10 } });
    } else {
      const problem = { type: 'urn:pratikar:work_needed', status: 428, code: 'work_needed', work: { challenge: 'kol', bits: 12 } };
      await route.fulfill({ status: 428, contentType: 'application/problem+json', body: JSON.stringify(problem) });
    }
  });
  await page.goto('/sign-in');
  await alive(page);
  await page.locator('#mobile').fill('9833400004');
  await page.locator('main form button[type=submit]').click();
  await page.locator('#code').waitFor();
  expect(solved).toHaveLength(1);
  const hash = await page.evaluate(async (work) => {
    const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(work)));
    return [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  }, solved[0]);
  expect(solved[0]).toMatch(/^kol:\d+$/);
  expect(hash.slice(0, 12)).toBe('0'.repeat(12));
});

test('photos of a grievance stand in the order in which they were chosen', async ({ browser }) => {
  const page = await choosing(browser);
  // The first takes longer to be made small.
  await page.locator('#photos').setInputFiles([await picture(page, 'large.png', 1_800, 1_400), await picture(page, 'small.png', 160, 120)]);
  await expect(page.locator('.photo-list li')).toHaveCount(2);
  const lengths = () => page.evaluate(() => JSON.parse(localStorage.getItem('pratikar.draft')).pending.map(({ length }) => length));
  await expect(page.locator('.photo-list img')).toHaveCount(2);
  const [large, small] = await lengths();
  expect(large).toBeGreaterThan(small * 10);
  await page.getByRole('button', { name: /ছবি ১/ }).click();
  await expect(page.locator('.photo-list li')).toHaveCount(1);
  await expect.poll(lengths).toEqual([small]);
});

test('photos of an answer are sent in the order in which they were chosen', async ({ browser }) => {
  const page = await person(browser);
  const number = await lodge(page, { text: TEXT, mobile: '9833400005' });
  await signIn(page, '9833400005');
  await page.goto(`/case/${number}/add`);
  await page.locator('#reason').fill('ছবি দিলাম।');
  const named = new Map();
  page.on('response', (response) => {
    const place = response.headers().location;
    if (place && response.request().method() === 'POST') named.set(place.split('/').pop(), Number(response.request().headers()['upload-length']));
  });
  let sent;
  await page.route('**/actions', async (route) => {
    sent = route.request().postDataJSON();
    await route.continue();
  });
  await page.locator('#photos').setInputFiles([await picture(page, 'large.png', 1_800, 1_400), await picture(page, 'small.png', 160, 120)]);
  await expect(page.locator('.photo-list li.sent')).toHaveCount(2);
  await page.locator('main form button[type=submit]').click();
  await page.waitForURL(`**/case/${number}`);
  const [large, small] = sent.add_information.photos.map((id) => named.get(id));
  expect(large).toBeGreaterThan(small * 10);
});

test('what is clear in a picture becomes light, not black', async ({ browser }) => {
  const page = await choosing(browser);
  await page.locator('#photos').setInputFiles(await picture(page, 'clear.png', 900, 700, true));
  await expect(page.locator('.photo-list img')).toBeVisible();
  await expect(page.locator('.photo-list li')).toHaveCount(1);
  const { kind, light } = await page.evaluate(async () => {
    const cache = await caches.open('pratikar-photos');
    const [request] = await cache.keys();
    const blob = await (await cache.match(request)).blob();
    const bitmap = await createImageBitmap(blob);
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext('2d');
    context.drawImage(bitmap, 0, 0);
    return { kind: blob.type, light: [...context.getImageData(40, 40, 1, 1).data] };
  });
  expect(kind).toBe('image/jpeg');
  for (const value of light) expect(value).toBeGreaterThan(240);
});

/** Writes a draft of two answers; the browser holds it. */
async function drafted(page) {
  await page.goto('/lodge');
  await alive(page);
  await page.locator('#text').fill(TEXT);
  await page.getByRole('button', { name: 'এগিয়ে যান' }).click();
  await page.locator('#category').waitFor();
  await page.locator('form > fieldset .radio input').last().check();
}

/** Opens the first page and waits until it has asked the server what time it is. */
async function opened(page) {
  const asked = page.waitForResponse('**/api/session');
  await page.goto('/');
  await alive(page);
  await asked;
  await page.waitForTimeout(300);
}

for (const [what, writing, reading] of [
  ['the phone falls back to 2018', undefined, '2018-01-01T10:00:00Z'],
  ['the phone jumps to 2040', undefined, '2040-01-01T10:00:00Z'],
  ['it was written in 2018 by the phone', '2018-01-01T10:00:00Z', undefined],
  ['it was written in 2040 by the phone', '2040-01-01T10:00:00Z', undefined],
]) {
  test(`a draft stays where ${what}`, async ({ browser }) => {
    const page = await person(browser);
    const set = (time) => page.clock.setFixedTime(time ? new Date(time) : new Date());
    await set(writing);
    await drafted(page);
    await set(reading);
    for (let turn = 0; turn < 2; turn += 1) {
      await opened(page);
      await page.goto('/lodge');
      await alive(page);
      await expect(page.locator('#text')).toHaveValue(TEXT);
    }
    expect(await page.evaluate(() => JSON.parse(localStorage.getItem('pratikar.draft')).category_answered)).toBe(true);
  });
}

test('a draft goes when it is seven days old by the time of the server, and not while somebody looks at it', async ({ browser }) => {
  const page = await person(browser);
  await page.goto('/');
  await alive(page);
  const age = (days) =>
    page.evaluate(([text, days]) => localStorage.setItem('pratikar.text', `${Date.now() - days * 86_400_000}\n${text}`), [TEXT, days]);
  await age(6);
  await opened(page);
  expect(await page.evaluate(() => localStorage.getItem('pratikar.text'))).toContain(TEXT);
  await age(8);
  const asked = page.waitForResponse('**/api/session');
  await page.goto('/lodge');
  await asked;
  await page.waitForTimeout(300);
  await expect(page.locator('#text')).toHaveValue(TEXT);
  await opened(page);
  await expect.poll(() => page.evaluate(() => localStorage.getItem('pratikar.text'))).toBeNull();
  await expect(page.getByRole('link', { name: 'অভিযোগ জানান' })).toBeVisible();
});

test('who answers an older report is shown the newer one, and what they wrote stays', async ({ browser }) => {
  const page = await person(browser);
  const number = await lodge(page, { text: TEXT, mobile: '9833400006' });
  await reported(page, number);
  await signIn(page, '9833400006');
  await page.goto(`/case/${number}/dispute`);
  await expect(page.locator('.reported')).toContainText('পাইপ বদলানো হয়েছে');
  await page.locator('#reason').fill('এখনও জল পড়ছে না।');
  // Meanwhile she has said so by telephone too, and the office reports again.
  const headers = { 'pratikar-app': 'staff', origin: new URL(page.url()).origin };
  await page.request.post('/api/session', { headers, data: { username: 'caller', password: PASSWORD } });
  await page.request.post(`/api/grievances/${number}/reveal`, { headers, data: { reason: 'to ask whether it is done' } });
  await act(page, 'caller', number, { record_call: { outcome: 'disputed', remark: 'জল নেই' } });
  const offices = await (await page.request.get('/api/offices?department=PHE&district=307', { headers })).json();
  const office = offices.find(({ name }) => name.en.startsWith('Bolpur-Sriniketan')).id;
  await act(page, 'nodal.phe', number, { forward: { office } });
  const officer = 'officer.phe.bolpur-sriniketan';
  await act(page, officer, number, { record_contact: { means: 'phone', text: 'আবার কথা হয়েছে।' } });
  await act(page, officer, number, { submit_atr: { outcome: 'done', text: 'এবার পাম্প ও মোটর দুটিই বদলানো হয়েছে।' } });
  await act(page, 'nodal.phe', number, { accept_atr: {} });
  await page.locator('main form button[type=submit]').click();
  await expect(page.locator('#error-summary')).toContainText((await words(page, 'bn'))['act.newer']);
  await expect(page.locator('.reported')).toContainText('এবার পাম্প ও মোটর');
  await expect(page.locator('#reason')).toHaveValue('এখনও জল পড়ছে না।');
  await page.locator('main form button[type=submit]').click();
  await page.waitForURL(`**/case/${number}`);
});

test('who has the link of a number that nobody proved sees no words and can say that it is not theirs', async ({ browser }) => {
  const page = await person(browser);
  const number = await lodge(page, { text: TEXT, mobile: '9833400007' });
  const stranger = await person(browser, PHONE);
  await stranger.goto(await linkFor(page, '9833400007'));
  await stranger.goto(`/case/${number}`);
  await expect(stranger.locator('.where')).toBeVisible();
  await expect(stranger.locator('main')).not.toContainText('টিউবওয়েল');
  await expect(stranger.locator('main')).not.toContainText('রহিমা');
  const later = await words(stranger, 'bn');
  await expect(stranger.locator('.where')).not.toContainText(later['holder.nobody']);
  // The list of a link shows only this grievance, not as a spoken one, and offers nothing that only the owner may do.
  await stranger.goto('/mine');
  await expect(stranger.locator('.card h2')).toHaveText(/^[A-Z0-9\u2011\u00a0 -]+$/);
  await expect(stranger.getByRole('link', { name: later['mine.all'] })).toBeVisible();
  await expect(stranger.locator('#download')).toHaveCount(0);
  await expect(stranger.getByRole('link', { name: later['number.link'] })).toHaveCount(0);
  await stranger.goto('/mine/number');
  await expect(stranger).toHaveURL(/sign-in$/);
  await stranger.goto(`/case/${number}`);
  const signIn = stranger.getByRole('link', { name: later['limited.sign_in'] });
  await expect(signIn).toBeVisible();
  await stranger.getByRole('button', { name: later['disown.ask'] }).click();
  await expect(signIn).toBeHidden();
  await expect(stranger.locator('#disown-title')).toBeFocused();
  await stranger.getByRole('button', { name: later['disown.yes'] }).click();
  await expect(stranger.locator('main')).toContainText(later['disown.done']);
  expect(stranger.complaints).toEqual([]);
});

test('an old page neither hands over what is somebody else’s by now nor signs them out', async ({ browser }) => {
  const rahima = await person(browser);
  await lodge(rahima, { text: TEXT, mobile: '9833400021' });
  await lodge(await person(browser), { text: TEXT, mobile: '9833400022' });
  await signIn(rahima, '9833400021');
  const kamal = await rahima.context().newPage();
  await signIn(kamal, '9833400022');
  let saved = 0;
  rahima.on('download', () => (saved += 1));
  await rahima.getByRole('link', { name: 'আপনার যা যা আমরা রেখেছি' }).click();
  await expect(rahima.locator('.failed')).toBeVisible();
  await expect(rahima.locator('#download')).toHaveCount(0);
  expect(saved).toBe(0);
  await rahima.goBack();
  await rahima.getByRole('button', { name: 'দেখা শেষ, বেরিয়ে যান' }).click();
  await expect(rahima.locator('main h1')).toContainText('মুখ্যমন্ত্রীর কার্যালয়ে');
  await kamal.reload();
  await expect(kamal.locator('.card')).toHaveCount(1);
  await kamal.getByRole('link', { name: 'আপনার যা যা আমরা রেখেছি' }).click();
  await kamal.locator('#download').waitFor();
  const download = kamal.waitForEvent('download');
  await kamal.locator('#download').click();
  expect((await download).suggestedFilename()).toBe('pratikar.json');
});

test('a case is joined to another only when that has been looked at', async ({ browser }) => {
  const page = await person(browser);
  const root = await lodge(page, { text: TEXT, mobile: '9833400008' });
  const number = await lodge(page, { text: 'টিউবওয়েল খারাপ, একই পাড়া, জল নেই।', mobile: '9833400009' });
  const analyst = await staff(browser, 'analyst', DESKTOP);
  await analyst.goto(`/en/staff/case/${number}`);
  await analyst.getByRole('button', { name: 'Merge into another' }).click();
  const form = analyst.locator('form.action');
  await form.locator('#entry').fill('The same tube well.');
  await form.locator('#root').fill(root);
  await expect(form.locator('.panel')).toContainText(TEXT.slice(0, 12));
  await form.getByRole('button', { name: 'Merge into another' }).click();
  await expect(analyst.locator('.pill.stage')).toHaveText('Follows another case');
  await analyst.goto(`/en/staff/case/${root}`);
  await expect(analyst.locator('.facts')).toContainText('1 person');
  await expect(analyst.locator(`.facts a[href$="/case/${number}"]`)).toBeVisible();
  // She sees the steps of the case that hers follows.
  await signIn(page, '9833400009');
  await page.goto(`/case/${number}`);
  await expect(page.locator('.followed .thread li').first()).toBeVisible();
});

test('what is selected is split off as a case of its own, and goes back any day', async ({ browser }) => {
  const page = await person(browser);
  const number = await lodge(page, { text: `${TEXT} আর রাস্তার আলো জ্বলে না।`, mobile: '9833400071' });
  const analyst = await staff(browser, 'analyst', DESKTOP);
  await analyst.goto(`/en/staff/case/${number}`);
  await analyst.locator('.about .said').evaluate((said) => {
    const text = said.firstChild;
    getSelection().setBaseAndExtent(text, text.data.indexOf('রাস্তার'), text, text.data.length);
  });
  await analyst.keyboard.press('s');
  const form = analyst.locator('form.action');
  await expect(form.locator('#entry')).toHaveValue('রাস্তার আলো জ্বলে না।');
  await form.getByRole('button', { name: 'What will the citizen read?' }).click();
  await expect(form.locator('.said')).toContainText('…');
  await form.getByRole('button', { name: 'Split off a part' }).click();
  const link = analyst.locator('.facts .following a');
  await expect(link).toHaveCount(1);
  const part = await link.innerText();
  await link.click();
  await expect(analyst.locator('.about .said')).toHaveText('রাস্তার আলো জ্বলে না।');
  // A whole paragraph is selected beyond its end; what is taken over is read before it goes, and is the citizen's.
  await analyst.locator('.about .said').click({ clickCount: 3 });
  await analyst.keyboard.press('s');
  await expect(form.locator('#entry')).toHaveValue('রাস্তার আলো জ্বলে না।');
  await expect(form.locator('#entry')).toBeFocused();
  await form.locator('#entry').fill('অফিসের লোক টাকা চায়।');
  await form.getByRole('button', { name: 'Split off a part' }).click();
  await expect(form.locator('#entry-error')).toContainText('own words');
  await analyst.keyboard.press('Escape');
  await expect(analyst.locator(`.facts a[href$="/case/${number}"]`)).toBeVisible();
  // The one that it was a part of stands in the form already, and is shown beside it.
  await analyst.keyboard.press('m');
  await expect(form.locator('.panel')).toContainText(TEXT.slice(0, 12));
  await form.locator('#entry').fill('It is one matter after all.');
  await form.getByRole('button', { name: 'Merge into another' }).click();
  await expect(analyst.locator('.pill.stage')).toHaveText('Follows another case');
  await analyst.keyboard.press('s');
  await form.locator('#entry').fill('It is another matter.');
  await form.getByRole('button', { name: 'Separate it' }).click();
  await expect(analyst.locator('.pill.stage')).toHaveText('Registered');
  // She finds both, and reads of each where the other is.
  await signIn(page, '9833400071');
  await expect(page.locator('.card')).toHaveCount(2);
  await page.goto(`/case/${number}`);
  await expect(page.locator('.thread')).toContainText(part);
});

test('of two tabs each sends its own words, and what the other one wrote besides stays', async ({ browser }) => {
  const first = await person(browser);
  await fillForm(first, { text: TEXT, mobile: '9830077101' });
  await first.getByLabel('মহিলা').check();
  const second = await first.context().newPage();
  await second.goto('/lodge');
  await alive(second);
  await expect(second.locator('#text')).toHaveValue(TEXT);
  const other = 'রাস্তার আলো এক মাস ধরে জ্বলে না।';
  await second.locator('#text').fill(other);
  await first.bringToFront();
  const sent = first.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/api/grievances'));
  await first.getByRole('button', { name: 'অভিযোগ পাঠান' }).click();
  expect((await sent).postDataJSON().text, 'what was looked through is sent').toBe(TEXT);
  await first.locator('#reference').waitFor();
  await expect(second.locator('#text')).toHaveValue(other);
  await second.reload();
  await alive(second);
  await expect(second.locator('#text')).toHaveValue(other);
});

test('answers that another tab has changed are looked through once more before they are sent', async ({ browser }) => {
  const first = await person(browser);
  await fillForm(first, { text: TEXT, mobile: '9830077103' });
  await first.getByLabel('মহিলা').check();
  const second = await first.context().newPage();
  await second.goto('/lodge/where');
  await second.locator('#landmark').fill('পশ্চিমপাড়া, মন্দিরের পাশে');
  await second.waitForTimeout(300);
  await first.bringToFront();
  const send = first.getByRole('button', { name: 'অভিযোগ পাঠান' });
  await send.click();
  await expect(first).toHaveURL(/\/lodge\/check$/);
  await expect(first.locator('main')).toContainText('পশ্চিমপাড়া, মন্দিরের পাশে');
  await first.getByRole('button', { name: 'এগিয়ে যান' }).click();
  await send.click();
  await first.locator('#reference').waitFor();
});

test('a tab that shows what another one has sent leaves the form', async ({ browser }) => {
  const first = await person(browser);
  await fillForm(first, { text: TEXT, mobile: '9830077102' });
  await first.getByLabel('মহিলা').check();
  const second = await first.context().newPage();
  await second.goto('/lodge/check');
  await second.locator('main h1').waitFor();
  await expect(second.locator('main')).toContainText(TEXT);
  await first.bringToFront();
  await first.getByRole('button', { name: 'অভিযোগ পাঠান' }).click();
  await first.locator('#reference').waitFor();
  await expect(second).toHaveURL(/localhost:\d+\/$|\/$/);
  await expect(second.locator('main')).not.toContainText(TEXT);
});
