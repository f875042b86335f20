// Takes the README's pictures of a running demo: node tests/browser/pictures.mjs [http://localhost:8080]
import { chromium } from '@playwright/test';
import { DESKTOP, PHONE, PASSWORD, alive, lodge, person, photoFile, signIn } from './people.mjs';

const base = process.argv[2] ?? 'http://localhost:8080';
const docs = new URL('../../docs/', import.meta.url).pathname;
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
const options = { baseURL: base, deviceScaleFactor: 2 };
const mobile = `98${String(Date.now()).slice(-8)}`;

/** Acts as a staff member by the API. */
async function act(page, username, number, action) {
  const headers = { origin: base, 'pratikar-app': 'staff', 'idempotency-key': crypto.randomUUID() };
  await page.request.post('/api/session', { headers, data: { username, password: PASSWORD } });
  const version = (await page.request.get(`/api/grievances/${number}`, { headers })).headers().etag;
  if (action.record_call) await page.request.post(`/api/grievances/${number}/reveal`, { headers, data: { reason: 'call' } });
  const answer = await page.request.post(`/api/grievances/${number}/actions`, { headers: { ...headers, 'if-match': version }, data: action });
  if (!answer.ok()) throw new Error(await answer.text());
}

const phone = await person(browser, PHONE, options);
await phone.goto('/');
await alive(phone);
await phone.screenshot({ path: `${docs}home.png` });
const number = await lodge(phone, { text: 'টিউবওয়েল তিন মাস ধরে খারাপ। জল আনতে এক কিলোমিটার যেতে হয়।', mobile, photo: await photoFile(phone) });

const helper = await person(browser, DESKTOP, options);
await act(helper, 'analyst', number, { categorise: { category: 'water.tubewell', department: 'PHE', lane: 'ordinary' } });
const offices = await (await helper.request.get('/api/offices?department=PHE&district=307', { headers: { 'pratikar-app': 'staff' } })).json();
const office = offices.find(({ name }) => name.en.startsWith('Bolpur-Sriniketan')).id;
const officer = 'officer.phe.bolpur-sriniketan';
const round = async () => {
  await act(helper, 'nodal.phe', number, { forward: { office } });
  await act(helper, officer, number, { record_contact: { means: 'phone', text: 'ফোনে কথা হয়েছে, জল নেই।' } });
  await act(helper, officer, number, { submit_atr: { outcome: 'done', text: 'পাইপ ও ওয়াশার বদলানো হয়েছে, জল আসছে।' } });
  await act(helper, 'nodal.phe', number, { accept_atr: {} });
};
await round();
await act(helper, 'caller', number, { record_call: { outcome: 'disputed', remark: 'জল এখনও আসে না।' } });
await round();

await signIn(phone, mobile);
await phone.goto(`/case/${number}`);
await phone.locator('.thread').waitFor();
await phone.screenshot({ path: `${docs}case.png` });

const staffPage = async (username, viewport) => {
  const page = await person(browser, viewport, options);
  await page.goto('/en/staff/');
  await page.getByLabel('Name', { exact: true }).fill(username);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  return page;
};
const worklist = await staffPage('officer.udma.north-24-parganas', PHONE);
await worklist.locator('.card').first().waitFor();
await worklist.screenshot({ path: `${docs}worklist.png` });
const cmo = await staffPage('cmo', { width: 1366, height: 1060 });
await cmo.locator('.trend').waitFor();
await cmo.waitForTimeout(500);
await cmo.screenshot({ path: `${docs}dashboard.png` });
await browser.close();
