// The reference service of the benchmark: a grievance's whole life as a competent Node team would write it, with the
// guarantees of our server. Each write is one transaction, on disk before it is answered: case, history, text to the
// citizen and idempotency record. Paths, headers and bodies are ours, so that the same load runs against both.
//
// node service.mjs FOLDER PORT [CATEGORIES]
import { createHash, randomBytes, randomInt, scryptSync, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import Fastify from 'fastify';

const [folder, port, categoriesFile = 'public/reference/categories.tsv'] = process.argv.slice(2);
const DAY = 24 * 3600 * 1000;
const SESSION = DAY / 2;

// Leaf categories with their department and limit in days.
const categories = new Map(
  readFileSync(categoriesFile, 'utf8').trim().split('\n').slice(1)
    .map((line) => line.split('\t'))
    .filter(([, parent]) => parent)
    .map(([code, , , , department, , days]) => [code, { department, days: Number(days) }]),
);

// --- The store

const db = new Database(join(folder, 'service.db'));
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.pragma('foreign_keys = ON');
db.exec(`
  CREATE TABLE IF NOT EXISTS grievance (
    id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, version INTEGER NOT NULL, stage TEXT NOT NULL,
    category TEXT NOT NULL, department TEXT, mobile TEXT NOT NULL, form TEXT NOT NULL, lodged INTEGER NOT NULL,
    due INTEGER NOT NULL, closed INTEGER);
  CREATE INDEX IF NOT EXISTS worklist ON grievance (stage, department, due);
  CREATE INDEX IF NOT EXISTS own ON grievance (mobile);
  CREATE TABLE IF NOT EXISTS history (
    grievance INTEGER NOT NULL REFERENCES grievance, version INTEGER NOT NULL, at INTEGER NOT NULL, actor TEXT NOT NULL,
    kind TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (grievance, version)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS outbox (
    id INTEGER PRIMARY KEY, grievance INTEGER NOT NULL REFERENCES grievance, recipient TEXT NOT NULL, body TEXT NOT NULL,
    created INTEGER NOT NULL, sent INTEGER);
  CREATE INDEX IF NOT EXISTS unsent ON outbox (id) WHERE sent IS NULL;
  CREATE TABLE IF NOT EXISTS idempotency (
    key BLOB PRIMARY KEY, fingerprint BLOB NOT NULL, answer TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS session (
    hash BLOB PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, department TEXT, ends INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS reading (
    id INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, grievance INTEGER NOT NULL, what TEXT NOT NULL,
    reason TEXT);
  CREATE INDEX IF NOT EXISTS readings ON reading (grievance, actor);
`);

const sql = {
  lodge: db.prepare(`INSERT INTO grievance (number, version, stage, category, mobile, form, lodged, due)
                     VALUES (?, 1, 'registered', ?, ?, ?, ?, ?)`),
  move: db.prepare(`UPDATE grievance SET version = version + 1, stage = ?, department = ?, closed = ?
                    WHERE id = ? AND version = ?`),
  find: db.prepare('SELECT * FROM grievance WHERE number = ?'),
  record: db.prepare('INSERT INTO history (grievance, version, at, actor, kind, body) VALUES (?, ?, ?, ?, ?, ?)'),
  history: db.prepare('SELECT version, at, actor, kind, body FROM history WHERE grievance = ? ORDER BY version DESC'),
  text: db.prepare('INSERT INTO outbox (grievance, recipient, body, created) VALUES (?, ?, ?, ?)'),
  unsent: db.prepare('SELECT id FROM outbox WHERE sent IS NULL ORDER BY id LIMIT 1000'),
  sent: db.prepare('UPDATE outbox SET sent = ? WHERE id = ?'),
  repeated: db.prepare('SELECT fingerprint, answer FROM idempotency WHERE key = ?'),
  remember: db.prepare('INSERT INTO idempotency (key, fingerprint, answer, at) VALUES (?, ?, ?, ?)'),
  session: db.prepare('SELECT name, role, department FROM session WHERE hash = ? AND ends > ?'),
  signIn: db.prepare('INSERT INTO session (hash, name, role, department, ends) VALUES (?, ?, ?, ?, ?)'),
  read: db.prepare('INSERT INTO reading (at, actor, grievance, what, reason) VALUES (?, ?, ?, ?, ?)'),
  wasRead: db.prepare('SELECT 1 FROM reading WHERE grievance = ? AND actor = ? AND what = ? AND at > ?'),
};

// --- The rules

class Refusal extends Error {
  constructor(statusCode, code) {
    super(code);
    Object.assign(this, { statusCode, code });
  }
}

const texts = {
  lodged: ({ number, due }) => `Your grievance ${number} is registered. We will act by ${new Date(due).toDateString()}.`,
  categorise: ({ number, department }) => `Your grievance ${number} is with the department ${department}.`,
  submit_atr: ({ number }) => `Grievance ${number}: the office reports that the work is done. We will call you.`,
  record_call: ({ number, stage }) => `Your grievance ${number} is ${stage === 'redressed' ? 'closed as redressed' : 'with the department again'}.`,
};

// Who may do what in which stage, and what the case is afterwards.
const actions = {
  categorise: {
    role: 'analyst', stage: 'registered',
    after: (_, { category, department }) => {
      if (!categories.has(category)) throw new Refusal(422, 'category_unknown');
      return { stage: 'with_department', department };
    },
  },
  submit_atr: {
    role: 'nodal', stage: 'with_department',
    after: (_, { outcome, text, no_contact_reason: reason }) => {
      if (text.length < 20) throw new Refusal(422, 'blank');
      if (!reason.trim()) throw new Refusal(422, 'no_contact');
      return { stage: outcome === 'partly_done' ? 'with_department' : 'verification' };
    },
  },
  record_call: {
    role: 'caller', stage: 'verification',
    after: (grievance, { outcome }, actor, now) => {
      if (!sql.wasRead.get(grievance.id, actor.name, 'number', now - DAY)) throw new Refusal(409, 'number_not_shown');
      return outcome === 'confirmed' ? { stage: 'redressed', closed: now } : { stage: 'with_department' };
    },
  },
};

const mayRead = (actor, { mobile, department }) => ({
  citizen: () => actor.name === mobile,
  nodal: () => actor.department === department,
  analyst: () => true,
  caller: () => true,
}[actor.role]());

function readable(actor, number) {
  const grievance = sql.find.get(number);
  if (!grievance || !mayRead(actor, grievance)) throw new Refusal(404, 'not_found');
  return grievance;
}

function view({ id, form, ...grievance }, actor) {
  const { name, mobile, ...said } = JSON.parse(form);
  const timeline = sql.history.all(id).map(({ body, ...entry }) => ({ ...entry, ...JSON.parse(body) }));
  const open = Object.entries(actions).filter(([, { role, stage }]) => role === actor.role && stage === grievance.stage);
  return { ...grievance, ...said, name, mobile: `xxxxxx${mobile.slice(-4)}`, timeline, actions: open.map(([kind]) => kind) };
}

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();

// Does a write once for its key: in one transaction with the record of its answer. The same key with another body is refused.
const once = db.transaction((key, body, now, write) => {
  const fingerprint = sha256(JSON.stringify(body));
  const before = sql.repeated.get(key);
  if (before && !before.fingerprint.equals(fingerprint)) throw new Refusal(422, 'key_reused');
  if (before) return JSON.parse(before.answer);
  const answer = write();
  sql.remember.run(key, fingerprint, JSON.stringify(answer), now);
  return answer;
});

function lodge(form, key) {
  const category = categories.get(form.category);
  if (!category) throw new Refusal(422, 'category_unknown');
  const now = Date.now();
  return once(key, form, now, () => {
    const [number, due] = [String(randomInt(1e11, 1e12)), now + category.days * DAY];
    const stored = { ...form, text: form.text.normalize('NFC').trim(), name: form.name.normalize('NFC').trim() };
    const id = sql.lodge.run(number, form.category, form.mobile, JSON.stringify(stored), now, due).lastInsertRowid;
    sql.record.run(id, 1, now, 'citizen', 'lodged', JSON.stringify({ category: form.category }));
    sql.text.run(id, form.mobile, texts.lodged({ number, due }), now);
    return { reference: number, due };
  });
}

function act(actor, number, seen, action, key) {
  const [kind, body] = Object.entries(action)[0];
  const { role, stage, after } = actions[kind];
  const now = Date.now();
  once(key, action, now, () => {
    const before = readable(actor, number);
    if (before.version !== seen) throw new Refusal(412, 'stale');
    if (actor.role !== role) throw new Refusal(403, 'not_permitted');
    if (before.stage !== stage) throw new Refusal(409, 'wrong_stage');
    const grievance = { ...before, ...after(before, body, actor, now) };
    sql.move.run(grievance.stage, grievance.department, grievance.closed, before.id, seen);
    sql.record.run(before.id, seen + 1, now, actor.name, kind, JSON.stringify(body));
    sql.text.run(before.id, before.mobile, texts[kind](grievance), now);
    return seen + 1;
  });
  return sql.find.get(number);
}

// --- Who asks

const salt = randomBytes(16);
const password = scryptSync('pratikar-demo', salt, 32);
const accounts = new Map([
  ['analyst', { role: 'analyst' }],
  ['nodal.phe', { role: 'nodal', department: 'PHE' }],
  ['caller', { role: 'caller' }],
]);

// A citizen's code is left out: signing in is not measured.
function account({ username, password: given, mobile }) {
  if (mobile) return { name: mobile, role: 'citizen' };
  const found = accounts.get(username);
  if (!found || !timingSafeEqual(scryptSync(given, salt, 32), password)) throw new Refusal(401, 'wrong_password');
  return { name: username, ...found };
}

async function signedIn(request) {
  const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
  request.actor = sql.session.get(sha256(token), Date.now());
  if (!request.actor) throw new Refusal(401, 'sign_in_needed');
}

// --- HTTP

const letters = (most, least = 1) => ({ type: 'string', minLength: least, maxLength: most });
const object = (properties, required = Object.keys(properties)) => ({ type: 'object', properties, required, additionalProperties: false });
const mobile = { type: 'string', pattern: '^[6-9][0-9]{9}$' };
const keyed = object({ 'idempotency-key': { type: 'string', pattern: '^[A-Za-z0-9-]{8,64}$' } });
keyed.additionalProperties = true;
const versioned = { ...keyed, properties: { ...keyed.properties, 'if-match': { type: 'string', pattern: '^"[0-9]+"$' } }, required: ['idempotency-key', 'if-match'] };
const numbered = object({ number: { type: 'string', pattern: '^[0-9]{12}$' } });

const schemas = {
  lodging: object({
    text: letters(3000), category: letters(60), district: { type: 'integer' }, place: { type: 'integer' },
    landmark: letters(200, 0), name: letters(100), mobile, gender: { enum: ['woman', 'man', 'other', 'unstated'] },
    language: { enum: ['bn', 'en', 'hi', 'ne', 'ur'] },
  }),
  action: {
    ...object({
      categorise: object({ category: letters(60), department: letters(20), lane: { enum: ['ordinary', 'emergency24', 'emergency2'] } }),
      submit_atr: object({ outcome: { enum: ['done', 'partly_done', 'cannot_be_done'] }, text: letters(3000), no_contact_reason: letters(3000, 0) }),
      record_call: object({ outcome: { enum: ['confirmed', 'disputed', 'not_reached'] }, remark: letters(3000, 0) }),
    }, []),
    minProperties: 1,
    maxProperties: 1,
  },
  session: object({ username: letters(60), password: letters(200), mobile }, []),
  reason: object({ reason: letters(500) }),
};

const app = Fastify({ ajv: { customOptions: { removeAdditional: false, coerceTypes: false } } });
app.decorateRequest('actor', null);

app.get('/readyz', () => ({ ready: true }));

app.post('/api/session', { schema: { body: schemas.session } }, (request, reply) => {
  const { name, role, department = null } = account(request.body);
  const token = randomBytes(32).toString('base64url');
  sql.signIn.run(sha256(token), name, role, department, Date.now() + SESSION);
  reply.code(201).send({ token });
});

app.post('/api/grievances', { schema: { body: schemas.lodging, headers: keyed } }, (request, reply) => {
  reply.code(201).send(lodge(request.body, sha256('lodge', request.headers['idempotency-key'])));
});

app.post('/api/grievances/:number/actions', {
  schema: { body: schemas.action, headers: versioned, params: numbered }, onRequest: signedIn,
}, ({ actor, params, headers, body }, reply) => {
  const key = sha256('act', params.number, actor.name, headers['idempotency-key']);
  const grievance = act(actor, params.number, Number(headers['if-match'].slice(1, -1)), body, key);
  reply.header('etag', `"${grievance.version}"`).send(view(grievance, actor));
});

app.post('/api/grievances/:number/reveal', {
  schema: { body: schemas.reason, params: numbered }, onRequest: signedIn,
}, ({ actor, params, body }) => {
  const grievance = readable(actor, params.number);
  if (actor.role !== 'caller') throw new Refusal(403, 'not_permitted');
  sql.read.run(Date.now(), actor.name, grievance.id, 'number', body.reason);
  return { mobile: grievance.mobile };
});

app.get('/api/grievances/:number', { schema: { params: numbered }, onRequest: signedIn }, ({ actor, params }, reply) => {
  const grievance = readable(actor, params.number);
  // What staff read is recorded before it is shown.
  if (actor.role !== 'citizen') sql.read.run(Date.now(), actor.name, grievance.id, 'case', null);
  reply.header('etag', `"${grievance.version}"`).send(view(grievance, actor));
});

// Texts leave in batches. Like the demo's gateway, this one takes everything.
const sendTexts = db.transaction(() => sql.unsent.all().forEach(({ id }) => sql.sent.run(Date.now(), id)));
setInterval(sendTexts, 250);

await app.listen({ port: Number(port), host: '127.0.0.1' });
