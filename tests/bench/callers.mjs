// Forty tele-callers and forty verification callers at once, each with a call a second, which is a hundred times as often as people:
// milliseconds until a tele-caller sees what a number has lodged before and has opened the latest of it, and until a verification caller
// has the next citizen, the number, and the outcome on record. node callers.mjs ADDRESS: of a demo server started for this, with
// --unlimited; prints JSON.
import { randomUUID } from 'node:crypto';

const [base] = process.argv.slice(2);
/** People of each of the two roles. */
const PEOPLE = 40;
/** Milliseconds between two calls of one of them, on average. */
const PAUSE = 1_000;
/** Calls of each tele-caller. */
const ASKED = 25;
/** Calls of each verification caller, where the queue has so many. */
const CALLED = 10;
/** Numbers that have lodged before, four times each. */
const NUMBERS = 50;
/** What the demo's administrator and, made anew at each run, these people sign in with. */
const DEMO = 'pratikar-demo';
const PASSWORD = randomUUID();

const took = { history: [], opened: [], next: [], rung: [], recorded: [] };

/** Somebody with a session of their own. */
function somebody(app) {
  let cookie = '';
  return async (method, path, body, headers = {}) => {
    const answer = await fetch(`${base}${path}`, {
      method,
      headers: { 'pratikar-app': app, origin: base, 'content-type': 'application/json', 'idempotency-key': randomUUID(), cookie, ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const set = answer.headers.getSetCookie().map((one) => one.split(';')[0]);
    if (set.length > 0) cookie = set.join('; ');
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return { body: text === '' ? null : JSON.parse(text), version: answer.headers.get('etag') };
  };
}

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const pause = () => sleep(Math.random() * 2 * PAUSE);

async function timed(name, work) {
  const begun = performance.now();
  const answer = await work();
  took[name].push(performance.now() - begun);
  return answer;
}

async function signedIn(username, password = PASSWORD) {
  const call = somebody('staff');
  await call('POST', '/api/session', { username, password });
  return call;
}

const mobile = (at) => `98${String(40_000_000 + at)}`;

async function lodge() {
  const citizen = somebody('citizen');
  for (let at = 0; at < NUMBERS * 4; at += 1) {
    await citizen('POST', '/api/grievances', {
      text: `টিউবওয়েল তিন মাস ধরে খারাপ, ${at + 1} নম্বর পাড়ায় জল নেই।`,
      district: 307, place: 2827, landmark: `পাড়া ${at + 1}`, name: 'রহিমা বিবি', mobile: mobile(at % NUMBERS), gender: 'woman', language: 'bn',
    });
  }
}

async function addPeople(role, stem) {
  const admin = await signedIn('admin', DEMO);
  const names = Array.from({ length: PEOPLE }, (_, at) => `${stem}.${at + 1}`);
  for (const username of names) await admin('POST', '/api/accounts', { username, name: `Caller ${username}`, role, password: PASSWORD });
  return Promise.all(names.map((name) => signedIn(name)));
}

async function takesCalls(call, who) {
  for (let at = 0; at < ASKED; at += 1) {
    await pause();
    const known = await timed('history', () => call('POST', '/api/callers', { mobile: mobile((who * ASKED + at) % NUMBERS) }));
    const { reference } = known.body.cases[0];
    await timed('opened', () => call('GET', `/api/grievances/${reference}`));
  }
}

async function makesCalls(call) {
  for (let at = 0; at < CALLED; at += 1) {
    await pause();
    const next = await timed('next', () => call('POST', '/api/calls/next'));
    if (next.body === null) return;
    const { reference } = next.body.case.line;
    const rung = await timed('rung', () => call('POST', `/api/grievances/${reference}/call`));
    const { version } = await call('GET', `/api/grievances/${reference}`);
    const line = `/api/calls/${rung.body.call.id}`;
    for (let state = ''; state !== 'speaking'; ) {
      await sleep(200);
      ({ state } = (await call('GET', line)).body);
    }
    await call('POST', `${line}/end`);
    // A citizen who would like to be called another time: the one outcome that fits whatever the report says.
    const later = `${new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)}T05:30:00Z`;
    const action = { record_call: { outcome: 'call_later', call_id: rung.body.call.id, later } };
    await timed('recorded', () => call('POST', `/api/grievances/${reference}/actions`, action, { 'if-match': version }));
  }
}

const figures = (values) => {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share) => Math.round(sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] * 10) / 10;
  return { count: sorted.length, median: at(0.5), p95: at(0.95), longest: at(1) };
};

await lodge();
const telecallers = await addPeople('tele_caller', 'bench.tele');
const callers = await addPeople('verification_caller', 'bench.verify');
const begun = performance.now();
await Promise.all([...telecallers.map(takesCalls), ...callers.map(makesCalls)]);
const seconds = (performance.now() - begun) / 1_000;
console.log(JSON.stringify({ seconds: Math.round(seconds * 10) / 10, ...Object.fromEntries(Object.entries(took).map(([name, values]) => [name, figures(values)])) }));
