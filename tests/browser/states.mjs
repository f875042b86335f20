// Every page and state of the citizen app, in the order of a case's life: each is reached, then passed to a check.
import { expect } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { alive, codeFor, lodge, signIn } from './people.mjs';

/** The languages of the citizen app, each with its prefix. */
export const LANGUAGES = [['bn', ''], ['en', '/en'], ['hi', '/hi'], ['ne', '/ne'], ['ur', '/ur']];
/** Pages that the server makes by itself. */
export const TEXTS = ['/about', '/how', '/help', '/privacy', '/accessibility', '/contact', '/terms', '/sitemap', '/figures', '/plain/sign-in', '/plain/find', '/plain/danger', '/nowhere'];

export const submit = (page) => page.locator('main form button[type=submit]').click();

/** The questions of the form with what answers each; the last sends. `answers` may replace any of them. */
export function questions(answers = {}) {
  return [
    { path: '/lodge', name: 'what', ready: '#text', answer: (page) => page.locator('#text').fill(answers.text ?? 'টিউবওয়েল খারাপ। জল নেই।') },
    { path: '/lodge/category', name: 'category', ready: '#category', answer: (page) => page.locator('form > fieldset .radio input').last().check() },
    { path: '/lodge/where', name: 'where', ready: '#place', answer: async (page) => {
      await page.locator('#place').fill('bolpur-s');
      await page.getByRole('option').first().click();
    } },
    { path: '/lodge/photos', name: 'photos', ready: '#photos', answer: () => {} },
    { path: '/lodge/whom', name: 'whom', ready: '#affected', answer: (page) => page.locator('#affected').check() },
    { path: '/lodge/conduct', name: 'conduct', ready: '#conduct', answer: (page) => page.locator('#conduct-1').check() },
    { path: '/lodge/privacy', name: 'privacy', ready: '#privacy', answer: (page) => page.locator('#privacy').check() },
    { path: '/lodge/you', name: 'you', ready: '#name', answer: async (page) => {
      await page.locator('#name').fill('রহিমা বিবি');
      await page.locator('#mobile').fill(answers.mobile);
    } },
    { path: '/lodge/check', name: 'check answers', ready: '#check', answer: () => {} },
    { path: '/lodge/last', name: 'last question', ready: '#gender', answer: (page) => page.locator('#gender').check() },
  ];
}

/** Lodges in any language by the pages' own order; answers the number. `at` is told each question before it is answered. */
export async function lodgeIn(page, prefix, answers, at = async () => {}) {
  await page.goto(`${prefix}/lodge`);
  await alive(page);
  for (const question of questions(answers)) {
    await page.locator(question.ready).waitFor();
    await at(question);
    await question.answer(page);
    await submit(page);
  }
  await page.locator('#reference').waitFor();
  return (await page.locator('#reference').textContent()).replace(/\s/g, '');
}

/** Signs in by code in any language. `at` is told the two pages. */
export async function signInIn(page, prefix, mobile, at = async () => {}) {
  await page.goto(`${prefix}/sign-in`);
  await alive(page);
  await page.locator('#mobile').fill(mobile);
  await at('sign in');
  await submit(page);
  await page.locator('#code').waitFor();
  await at('code');
  await page.locator('#code').fill(await codeFor(page, mobile));
  await submit(page);
  await page.waitForURL(`**${prefix}/mine`);
  await page.locator('.card').first().waitFor();
}

/** Staff act by the API: what a journey needs to have been done. */
export async function act(page, username, number, action) {
  const origin = new URL(page.url()).origin;
  const headers = { origin, 'pratikar-app': 'staff', 'idempotency-key': crypto.randomUUID() };
  const signedIn = await page.request.post('/api/session', { headers, data: { username, password: 'pratikar-demo' } });
  expect(signedIn.ok(), username).toBe(true);
  const version = (await page.request.get(`/api/grievances/${number}`, { headers })).headers().etag;
  const answer = await page.request.post(`/api/grievances/${number}/actions`, { headers: { ...headers, 'if-match': version }, data: action });
  expect(answer.ok(), await answer.text()).toBe(true);
}

/** The day so many days from now, as the API takes it. */
const inDays = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

/** What an office writes about each outcome. */
const REPORTS = {
  done: { text: 'পাইপ বদলানো হয়েছে, জল আসছে।' },
  partly_done: { text: 'পাইপ বদলানো হয়েছে, পাম্প এখনও বসেনি।', next_date: inDays(30) },
  cannot_be_done: { text: 'জমিটি বন দপ্তরের, সেখানে নলকূপ বসানোর অনুমতি নেই।' },
};

/** Leads a case to the office at Bolpur-Sriniketan. */
export async function toTheOffice(page, number) {
  await act(page, 'analyst', number, { categorise: { category: 'water.tubewell', department: 'PHE', lane: 'ordinary', district: 307, place: 2827 } });
  const offices = await (await page.request.get('/api/offices?department=PHE&district=307', { headers: { 'pratikar-app': 'staff' } })).json();
  const office = offices.find(({ name }) => name.en.startsWith('Bolpur-Sriniketan')).id;
  await act(page, 'nodal.phe', number, { forward: { office } });
}

/** A department has reported on the case, and its citizen is asked. */
export async function reported(page, number, outcome = 'done') {
  await toTheOffice(page, number);
  const officer = 'officer.phe.bolpur-sriniketan';
  await act(page, officer, number, { record_contact: { means: 'phone', text: 'ফোনে কথা হয়েছে।' } });
  await act(page, officer, number, { submit_atr: { outcome, ...REPORTS[outcome] } });
  await act(page, 'nodal.phe', number, { accept_atr: {} });
}

/** A grievance that was not admitted, against which its citizen, who is signed in, has appealed. */
export async function appealed(citizen, mobile) {
  const number = await lodge(citizen, { text: 'টিউবওয়েল খারাপ, জল নেই।', mobile });
  await citizen.context().clearCookies();
  await act(citizen, 'analyst', number, { categorise: { category: 'water.tubewell', department: 'PHE', lane: 'ordinary' } });
  await act(citizen, 'analyst', number, { reject: { ground: 'before_court', reason: 'মামলা চলছে' } });
  await citizen.context().clearCookies();
  await signIn(citizen, mobile);
  await citizen.goto(`/case/${number}/appeal`);
  await citizen.locator('#reason').fill('কোনো মামলা নেই।');
  await citizen.locator('form button[type=submit]').click();
  await expect(citizen.locator('.thread')).toContainText('আপনি আপিল করেছেন');
  return number;
}

/** A working day on which a hearing can be, as it is typed. */
export async function hearingDay() {
  const holidays = await readFile(new URL('../../public/reference/holidays.tsv', import.meta.url), 'utf8');
  let day = new Date(Date.now() + 4 * 86_400_000);
  while (day.getDay() === 0 || holidays.includes(day.toISOString().slice(0, 10))) day = new Date(day.getTime() + 86_400_000);
  return `${day.getDate()}/${day.getMonth() + 1}/${day.getFullYear()}`;
}
