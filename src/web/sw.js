// The service worker of the citizen app. The server puts the version, the files and the switch in.
const VERSION = '{{version}}';
const LANGUAGE = new URL(location).searchParams.get('language') ?? 'bn';
const PREFIX = LANGUAGE === 'bn' ? '' : `/${LANGUAGE}`;
const FILES = [{{files}}];
// One for each built version; the one before stays, for a page that is open may still want its parts.
const CACHE = `app-${LANGUAGE}-${VERSION}`;
const TABLES = 'tables';
// Which version was installed after which is written down: a phone's clock may stand anywhere.
const ORDER = 'order';
const ORDER_ENTRY = '/order';

/** The pages from which every other can be drawn, and the one to read without a line. */
const shells = () => [`${PREFIX}/`, `${PREFIX}/lodge`, `${PREFIX}/mine`, `${PREFIX}/help`];
const words = () => ['citizen', 'later', 'mine'].map((name) => `/locales/${name}.${LANGUAGE}.json`);

self.addEventListener('install', (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll([...FILES, ...words(), ...shells()].map((path) => new Request(path, { cache: 'no-cache' })));
    const order = [...(await versions()).filter((name) => name !== CACHE), CACHE];
    await (await caches.open(ORDER)).put(ORDER_ENTRY, new Response(JSON.stringify(order)));
    // Harmless to pages that are open: what they were built of stays, and they load anew when they leave a form.
    await self.skipWaiting();
  })());
});

/** The versions on this phone, in the order in which they were installed; any that the list does not know came before it. */
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
    // A page of another version loads anew once it has left its form.
    const pages = await self.clients.matchAll({ includeUncontrolled: true });
    pages.forEach((page) => page.postMessage(CACHE));
  })());
});

/** From the newest version that has it. */
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
    // A full phone only costs the copy.
    await (await caches.open(name)).put(request, response.clone()).catch(() => {});
  }
  return response;
}

/** The page from which the app draws this path; none where the server draws it by itself. */
function shell(path) {
  const [, language = ''] = path.match(/^\/(en|hi|ne|ur)(?=\/|$)/) ?? [];
  const prefix = language && `/${language}`;
  const rest = path.slice(prefix.length) || '/';
  if (rest === '/') return `${prefix}/`;
  if (rest === '/lodge') return `${prefix}/lodge`;
  return /^\/(lodge|done|sign-in|mine|find|case|check|signed-out)(\/|$)/.test(rest) ? `${prefix}/mine` : undefined;
}

/** Waits no longer than this for the network where a copy is at hand. */
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

/** Another page in the place of the one that was asked for, which says why: nobody is to take it for that one. */
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
    // Without a line, what is not on the phone is answered by how to go on: by phone, by text message, or later.
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
  // Staff, and everything that somebody is signed in for, never lies on the phone.
  if (/^\/(en\/)?staff(\/|$)|^\/(dev|l)\//.test(path)) return;
  if (request.mode === 'navigate') {
    event.respondWith(page(request, path));
  } else if (path === '/api/reference') {
    event.respondWith(fresh(request, TABLES));
  } else if (path.startsWith('/locales/') || /[-_.][0-9a-f]{16}[-_.]/.test(path) || path.startsWith('/icons/')) {
    event.respondWith((async () => (await kept(request)) ?? keep(request, await fetch(request)))());
  }
});
