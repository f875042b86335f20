// The people of the journeys: each with a browser context of their own, as on a device of their own.
import { test as base, expect } from '@playwright/test';

/** Tests whose people go home afterwards: pages left open would cost the next test memory and time. */
export const test = base.extend({
  home: [
    async ({ browser }, use) => {
      await use();
      await Promise.all(browser.contexts().map((context) => context.close()));
    },
    { auto: true },
  ],
});

/** A browser with a camera and a microphone: a moving test picture and a tone. For `test.use`. */
export const WITH_CAMERA = {
  launchOptions: {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'],
  },
};

export const PASSWORD = 'pratikar-demo';
export const PHONE = { width: 360, height: 800 };
export const DESKTOP = { width: 1280, height: 800 };

/** A camera that sees something else on each page: what every page sees would be known again. */
function camera() {
  const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 480 });
  const context = canvas.getContext('2d');
  const things = Array.from({ length: 40 }, () => [Math.random() * 560, Math.random() * 400, 40 + Math.random() * 120, Math.random() * 360, 20 + Math.random() * 60]);
  const draw = () => {
    for (const [x, y, size, hue, light] of things) {
      context.fillStyle = `hsl(${hue} 70% ${light}%)`;
      context.fillRect(x, y, size, size);
    }
  };
  draw();
  setInterval(draw, 100);
  navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(10);
}

/** A page of a new context; errors of the browser are collected in `page.complaints`. */
export async function person(browser, viewport = PHONE, options = {}) {
  // Without the service worker, so that a test sees every request; those about it allow it.
  const context = await browser.newContext({ viewport, serviceWorkers: 'block', ...options });
  const page = await context.newPage();
  if (options.permissions?.includes('camera')) await page.addInitScript(camera);
  page.complaints = [];
  page.on('pageerror', (error) => page.complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() !== 'error' || /Failed to load resource/.test(message.text())) return;
    page.complaints.push(message.text());
    // A panic hides the app, so the test fails at the next thing it looks for, which does not tell why.
    if (message.text().includes('panicked at')) console.log(`${page.url()}: ${message.text()}`);
  });
  await page.addInitScript(() =>
    document.addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective}`)),
  );
  return page;
}

/** What the apps say in a language, by key. */
export async function words(page, language, names = ['citizen', 'later', 'mine']) {
  const all = names.map(async (name) => (await page.request.get(`/locales/${name}.${language}.json`)).json());
  return Object.assign({}, ...(await Promise.all(all)));
}

/** Waits until the app has replaced the server's page. */
export async function alive(page) {
  await page.locator('#app main h1').first().waitFor();
}

/** A staff member, signed in, at their first page, in English. Decisions go at once and the case stays, unless their `habits` say otherwise. */
export async function staff(browser, username, viewport = DESKTOP, { habits = { keys: true, undo: 0 }, ...options } = {}) {
  const page = await person(browser, viewport, options);
  await page.addInitScript((habits) => localStorage.getItem('pratikar.staff.habits') ?? localStorage.setItem('pratikar.staff.habits', JSON.stringify(habits)), habits);
  await page.goto('/en/staff/');
  await page.getByLabel('Name', { exact: true }).fill(username);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.locator('.who')).toBeVisible();
  return page;
}

/** The newest code that was sent to a number. */
export async function codeFor(page, mobile) {
  const html = await (await page.request.get('/dev/outbox')).text();
  for (const row of html.split('<tr>').slice(1)) {
    if (row.includes(`<td>${mobile}</td>`) && row.includes('<td>code ')) return row.match(/\b(\d{6})\b/)[1];
  }
  throw new Error(`no code was sent to ${mobile}`);
}

/** The newest signed link that was sent to a number. */
export async function linkFor(page, mobile) {
  const html = await (await page.request.get('/dev/outbox')).text();
  for (const row of html.split('<tr>').slice(1)) {
    const link = row.includes(`<td>${mobile}</td>`) && row.match(/\/l\/[\w-]+/);
    if (link) return link[0];
  }
  throw new Error(`no link was sent to ${mobile}`);
}

/** The templates of the messages to a number, oldest first. */
export async function messagesTo(page, mobile) {
  const html = await (await page.request.get('/dev/outbox')).text();
  const rows = html.split('<tr>').filter((row) => row.includes(`<td>${mobile}</td>`));
  return rows.map((row) => row.match(/<td>([a-z_]+) \d+<\/td>/)[1]).reverse();
}

/** Signs a citizen in by code; the page then shows all their grievances. */
export async function signIn(page, mobile) {
  await page.goto('/sign-in');
  await alive(page);
  await page.locator('#mobile').fill(mobile);
  await page.getByRole('button', { name: 'কোড পাঠান' }).click();
  await page.locator('#code').waitFor();
  await page.locator('#code').fill(await codeFor(page, mobile));
  await page.getByRole('button', { name: 'এগিয়ে যান' }).click();
  await expect(page.locator('main h1')).toHaveText('আমার সব অভিযোগ');
}

/** Answers what the category asks with "I do not know", up to the question where. */
export async function answerReasons(page, next) {
  for (;;) {
    await page.locator('#reason, #place').first().waitFor();
    if (await page.locator('#place').count()) return;
    const asked = page.url();
    await page.locator('main .radio input').last().check();
    await next();
    await page.waitForURL((url) => url.href !== asked);
  }
}

/** Says that none of the like grievances is the same, where any are offered; up to the photos. */
export async function notLike(page, next) {
  await page.locator('#duplicate, #photos').first().waitFor();
  if (await page.locator('#duplicate').count()) {
    await page.locator('main .radio input').last().check();
    await next();
    await page.locator('#photos').waitFor();
  }
}

/** Goes through the questions of the form, in Bengali, up to the last page. */
export async function fillForm(page, { text, mobile, name = 'রহিমা বিবি', photo, chosen }) {
  const next = () => page.getByRole('button', { name: 'এগিয়ে যান' }).click();
  await page.goto('/lodge');
  await alive(page);
  await page.locator('#text').fill(text);
  await next();
  await page.getByLabel('টিউবওয়েল খারাপ').first().check();
  await next();
  await answerReasons(page, next);
  await page.locator('#place').fill('bolpur-s');
  await page.getByRole('option').first().click();
  await page.locator('#landmark').fill('পূর্বপাড়া, স্কুলের পাশে');
  await next();
  await notLike(page, next);
  if (photo) {
    await page.locator('#photos').setInputFiles(photo);
    await expect(page.locator(chosen ? '.photo-list li' : '.photo-list li.sent')).toHaveCount(1);
    await chosen?.();
  }
  await next();
  await page.locator('#affected').check();
  await next();
  await page.locator('#conduct-1').check();
  await next();
  await page.locator('#privacy').check();
  await next();
  await page.locator('#name').fill(name);
  await page.locator('#mobile').fill(mobile);
  await next();
  await expect(page.locator('main h1')).toHaveText('পাঠানোর আগে একবার দেখে নিন');
  await next();
  await page.locator('#gender').waitFor();
}

/** Lodges; answers the number, twelve digits. */
export async function lodge(page, answers) {
  await fillForm(page, answers);
  await page.getByLabel('মহিলা').check();
  await page.getByRole('button', { name: 'অভিযোগ পাঠান' }).click();
  await page.locator('#reference').waitFor();
  return (await page.locator('#reference').textContent()).replace(/\s/g, '');
}

/** Takes a photo with the camera of a form, at a known place. */
export async function takePhoto(page, form) {
  const before = await form.locator('.photo-list li').count();
  await form.locator('#camera').click();
  await expect(page.getByRole('dialog').getByText(/within|মিটারের মধ্যে/)).toBeVisible();
  await page.locator('#shutter').click();
  await expect(form.locator('.photo-list img')).toHaveCount(before + 1);
}

/** A photo as a phone would send it, made in the browser: a picture with the grain of a cheap camera. */
export async function photoFile(page, width = 320, height = 240) {
  const base64 = await page.evaluate(
    ([width, height]) => {
      const canvas = document.createElement('canvas');
      Object.assign(canvas, { width, height });
      const context = canvas.getContext('2d');
      const image = context.createImageData(width, height);
      for (let at = 0, seed = 7; at < image.data.length; at += 4) {
        seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
        image.data.set([62 + (seed % 120), 138 - (seed % 90), 129, 255], at);
      }
      context.putImageData(image, 0, 0);
      // Each looks different: a photo that was sent before is known again.
      for (let at = 0; at < 12; at += 1) {
        context.fillStyle = `hsl(${Math.random() * 360} 70% ${20 + Math.random() * 60}%)`;
        context.fillRect(Math.random() * width * 0.8, Math.random() * height * 0.8, width / 4, height / 4);
      }
      return canvas.toDataURL('image/png').split(',')[1];
    },
    [width, height],
  );
  return { name: 'kol.png', mimeType: 'image/png', buffer: Buffer.from(base64, 'base64') };
}
