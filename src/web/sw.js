// The service worker of the citizen app. The server fills in the version, the files and the first parts of the app's paths.
const VERSION = '{{version}}';
const LANGUAGE = new URL(location).searchParams.get('language') ?? 'bn';
const PREFIX = LANGUAGE === 'bn' ? '' : `/${LANGUAGE}`;
const FILES = [{{files}}];
// One cache for each version; the previous one stays, because an open page may still need its parts.
const CACHE = `app-${LANGUAGE}-${VERSION}`;
const TABLES = 'tables';
// The staff app, on the phones of those who take cases along. The cases themselves lie encrypted in a database of its own.
const STAFF = 'staff';
const STAFF_FILES = [{{staff}}];
// The order of installation is stored, because a phone's clock cannot be trusted.
const ORDER = 'order';
const ORDER_ENTRY = '/order';

/** The pages from which all others can be drawn, and the page to read without a connection. */
const shells = () => [`${PREFIX}/`, `${PREFIX}/lodge`, `${PREFIX}/mine`, `${PREFIX}/help`];
const words = () => ['citizen', 'later', 'mine'].map((name) => `/locales/${name}.${LANGUAGE}.json`);

self.addEventListener('install', (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll([...FILES, ...words(), ...shells()].map((path) => new Request(path, { cache: 'no-cache' })));
    const order = [...(await versions()).filter((name) => name !== CACHE), CACHE];
    await (await caches.open(ORDER)).put(ORDER_ENTRY, new Response(JSON.stringify(order)));
    // Harmless to open pages: their files stay, and they reload when they leave a form.
    await self.skipWaiting();
  })());
});

/** The versions on this phone in the order of installation; one that is not on the list is older than it. */
async function versions() {
  const here = (await caches.keys()).filter((name) => name.startsWith('app-'));
  const entry = await (await caches.open(ORDER)).match(ORDER_ENTRY);
  const order = entry ? await entry.json() : [];
  return [...here.filter((name) => !order.includes(name)).sort(), ...order.filter((name) => here.includes(name))];
}

self.addEventListener('activate', (event) => {
  event.waitUntil((async () => {
    const old = (await versions()).slice(0, -2);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
    // A page of another version reloads once it has left its form.
    const pages = await self.clients.matchAll({ includeUncontrolled: true });
    pages.forEach((page) => page.postMessage(CACHE));
  })());
});

/** Everything that the staff app needs where there is no line: all of it or nothing. */
async function takeAlong() {
  const languages = ['bn', 'en'];
  const catalogues = languages.flatMap((language) => ['citizen', 'later', 'mine', 'staff'].map((name) => `/locales/${name}.${language}.json`));
  const tables = languages.map((language) => `/api/reference?language=${language}`);
  const wanted = [...STAFF_FILES, ...catalogues, ...tables, '/icons/emblem.svg', '/staff/', '/en/staff/'];
  const cache = await caches.open(STAFF);
  await cache.addAll(wanted.map((path) => new Request(path, { cache: 'no-cache' })));
  // What an earlier version needed.
  const kept = new Set(wanted.map((path) => new URL(path, location.origin).href));
  await Promise.all((await cache.keys()).filter(({ url }) => !kept.has(url)).map((request) => cache.delete(request)));
}

self.addEventListener('message', (event) => {
  if (event.data !== STAFF) return;
  const [port] = event.ports;
  event.waitUntil(takeAlong().then(() => port.postMessage(true), () => port.postMessage(false)));
});

/** A page of the staff app: from the server, and without a line from what was taken along. */
async function staffPage(request, path) {
  const shell = await taken(path.startsWith('/en/') ? '/en/staff/' : '/staff/');
  if (!shell) return fetch(request);
  try {
    return await within(5000, fetch(request));
  } catch (error) {
    return shell;
  }
}

/** A file that the staff app was taken along with. */
async function taken(request) {
  return (await caches.has(STAFF)) ? (await caches.open(STAFF)).match(request, { ignoreVary: true }) : undefined;
}

/** From the newest version that has the file. */
async function kept(request) {
  for (const name of (await versions()).reverse()) {
    const found = await (await caches.open(name)).match(request, { ignoreVary: true });
    if (found) return found;
  }
  return undefined;
}

async function keep(request, response) {
  if (response.ok) {
    const name = (await versions()).at(-1) ?? CACHE;
    // On a full phone only the copy is lost.
    await (await caches.open(name)).put(request, response.clone()).catch(() => {});
  }
  return response;
}

/** The page from which the app draws this path; undefined where the server renders it. */
function shell(path) {
  const [, language = ''] = path.match(/^\/(en|hi|ne|ur)(?=\/|$)/) ?? [];
  const prefix = language && `/${language}`;
  const rest = path.slice(prefix.length) || '/';
  if (rest === '/') return `${prefix}/`;
  if (rest === '/lodge') return `${prefix}/lodge`;
  return /^\/({{starts}})(\/|$)/.test(rest) ? `${prefix}/mine` : undefined;
}

/** The result of a promise; rejects where that takes longer. */
function within(milliseconds, promise) {
  return Promise.race([promise, new Promise((_, reject) => setTimeout(() => reject(new Error('slow')), milliseconds))]);
}

async function fresh(request, cacheName) {
  try {
    const response = await within(3000, fetch(request));
    if (response.ok) {
      const cache = await caches.open(cacheName);
      await cache.put(request, response.clone()).catch(() => {});
    }
    return response;
  } catch (error) {
    const found = await caches.match(request, { ignoreVary: true });
    if (found) return found;
    return fetch(request);
  }
}

/** Another page in place of the requested one, with the reason in it, so that nobody mistakes it for that. */
async function instead(found) {
  const [text, words] = await Promise.all([found.text(), kept(`/locales/later.${LANGUAGE}.json`)]);
  const why = words ? (await words.json())['app.not_kept'] : '';
  const html = text.replace(/<main[^>]*>/, (main) => `${main}<p class="news" role="status">${why}</p>`);
  return new Response(html, { headers: found.headers });
}

async function page(request, path) {
  const name = shell(path);
  try {
    if (name) return (await kept(name)) ?? keep(name, await fetch(request));
    return await fetch(request);
  } catch (error) {
    // Without a connection, what is not on the phone is answered by ways to go on: by phone, by text message, or later.
    const help = `${PREFIX}/help`;
    const found = await kept(path.endsWith('/help') ? path : help);
    if (found) return path === help ? found : instead(found);
    throw error;
  }
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  const path = url.pathname;
  if (/^\/(dev|l)\//.test(path)) return;
  // The staff app is stored for those who take cases along; nothing that stands behind a sign-in ever is.
  if (/^\/(en\/)?staff(\/|$)/.test(path)) {
    event.respondWith(request.mode === 'navigate' ? staffPage(request, path) : taken(request).then((found) => found ?? fetch(request)));
    return;
  }
  if (request.mode === 'navigate') {
    event.respondWith(page(request, path));
  } else if (path === '/api/reference') {
    event.respondWith(fresh(request, TABLES));
  } else if (path.startsWith('/locales/') || /[-_.][0-9a-f]{16}[-_.]/.test(path) || path.startsWith('/icons/')) {
    event.respondWith((async () => (await kept(request)) ?? (await taken(request)) ?? keep(request, await fetch(request)))());
  }
});
