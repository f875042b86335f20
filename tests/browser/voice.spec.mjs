// A spoken grievance: recorded from the browser's test tone, played back, sent, and played from the server.
import { expect } from '@playwright/test';
import { PHONE, WITH_CAMERA, alive, person, staff, test } from './people.mjs';
import { questions, signInIn, submit } from './states.mjs';

test.use(WITH_CAMERA);

/** Speaks for a while at the first question. */
async function speak(page, milliseconds = 2_200) {
  await page.goto('/lodge');
  await alive(page);
  await page.locator('#voice').click();
  await page.locator('#voice-stop').waitFor();
  await page.waitForTimeout(milliseconds);
  await page.locator('#voice-stop').click();
  await expect(page.locator('figure.voice audio')).toBeVisible();
}

/** Whether a player in the page can play what it was given. */
const plays = (page) =>
  page.locator('figure.voice audio').evaluate(
    (audio) =>
      new Promise((done) => {
        audio.muted = true;
        audio.ontimeupdate = () => audio.currentTime > 0.2 && done(true);
        audio.onerror = () => done(audio.error.message);
        audio.play();
      }),
  );

test('who does not write speaks, hears it again, and the desk hears it too', async ({ browser }) => {
  test.setTimeout(240_000);
  const page = await person(browser, PHONE, { permissions: ['microphone'] });
  const mobile = '9833300001';
  await speak(page);
  await expect(page.locator('figure.voice')).toContainText('পৌঁছেছে');
  expect(await plays(page)).toBe(true);
  // It is there again after a reload, and may be thrown away.
  await page.reload();
  await alive(page);
  expect(await plays(page)).toBe(true);
  await page.getByRole('button', { name: 'মুছে আবার বলুন' }).click();
  await expect(page.locator('#voice')).toBeVisible();
  await submit(page);
  await expect(page.locator('.summary'), 'neither written nor spoken').toBeVisible();
  await speak(page);
  for (const question of questions({ mobile })) {
    await page.locator(question.ready).waitFor();
    if (question.name === 'check answers') await expect(page.locator('#check')).toContainText('মুখে বলা কথা');
    if (question.name !== 'what') await question.answer(page);
    await submit(page);
  }
  const number = (await page.locator('#reference').textContent()).replace(/\s/g, '');
  expect(await page.evaluate(async () => (await (await caches.open('pratikar-photos')).keys()).length), 'nothing is left on the phone').toBe(0);
  await signInIn(page, '', mobile);
  await expect(page.locator('.card h2')).toHaveText('মুখে বলা অভিযোগ');
  await page.goto(`/case/${number}`);
  await page.locator('details.own summary').click();
  expect(await plays(page)).toBe(true);
  const analyst = await staff(browser, 'analyst');
  await analyst.goto(`/en/staff/case/${number}`);
  await expect(analyst.locator('main h1')).toHaveText('A spoken grievance');
  expect(await plays(analyst)).toBe(true);
  expect(page.complaints).toEqual([]);
});

test('who goes on while speaking keeps what was said', async ({ browser }) => {
  const page = await person(browser, PHONE, { permissions: ['microphone'] });
  await page.goto('/lodge');
  await alive(page);
  await page.locator('#voice').click();
  await page.locator('#voice-stop').waitFor();
  await page.waitForTimeout(1_500);
  await submit(page);
  await page.locator('#category').waitFor();
  await page.goBack();
  await page.goto('/lodge');
  await alive(page);
  await expect(page.locator('figure.voice audio')).toBeVisible();
});

test('what is deleted while it is being spoken does not come back', async ({ browser }) => {
  const page = await person(browser, PHONE, { permissions: ['microphone'] });
  await page.goto('/lodge');
  await alive(page);
  await page.locator('#voice').click();
  await page.locator('#voice-stop').waitFor();
  await page.waitForTimeout(1_200);
  await page.getByRole('button', { name: 'মুছে ফেলুন' }).click();
  await page.getByRole('button', { name: 'হ্যাঁ, মুছে ফেলুন' }).click();
  await expect(page.locator('main h1')).toContainText('মুখ্যমন্ত্রীর কার্যালয়ে');
  await page.waitForTimeout(800);
  await page.goto('/lodge');
  await alive(page);
  await expect(page.locator('#voice')).toBeVisible();
  await expect(page.locator('figure.voice')).toHaveCount(0);
  expect(await page.evaluate(async () => (await (await caches.open('pratikar-photos')).keys()).length)).toBe(0);
  await submit(page);
  await expect(page.locator('.summary')).toBeVisible();
});

test('a spoken note waits on the phone for a line, and goes', async ({ browser }) => {
  const page = await person(browser, PHONE, { permissions: ['microphone'] });
  await page.goto('/lodge');
  await alive(page);
  // What records comes when it is wanted; the line breaks while she speaks.
  await page.locator('#voice').click();
  await page.locator('#voice-stop').waitFor();
  await page.context().setOffline(true);
  await page.waitForTimeout(1_200);
  await page.locator('#voice-stop').click();
  await expect(page.locator('figure.voice')).toContainText('এই ফোনে রাখা আছে');
  await page.context().setOffline(false);
  await page.reload();
  await alive(page);
  await expect(page.locator('figure.voice')).toContainText('পৌঁছেছে');
});
