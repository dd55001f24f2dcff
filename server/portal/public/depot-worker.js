// Keeps the page of deposits at hand where there is no network. What the server answers about people and data is never kept.
const kept = 'carreau-depot-1';
const pages = /\/depot\.html$/;
const parts = /\/(assets\/.*|logo\.svg|depot\.webmanifest)$/;

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

async function answer(request) {
  const cache = await caches.open(kept);
  // Parts are named after their content; a page may have changed.
  const known = parts.test(new URL(request.url).pathname) && (await cache.match(request));
  if (known) return known;
  try {
    const fresh = await fetch(request);
    if (fresh.ok) await cache.put(request, fresh.clone());
    return fresh;
  } catch (error) {
    const last = await cache.match(request, { ignoreSearch: true });
    if (last) return last;
    throw error;
  }
}

self.addEventListener('fetch', (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== 'GET' || origin !== self.location.origin) return;
  if (pages.test(pathname) || parts.test(pathname)) event.respondWith(answer(event.request));
});
