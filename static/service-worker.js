// Say that the server cannot be reached, in words. Nothing else is answered from here: no result and no value is kept, and
// nothing is calculated, so that a withdrawn model gives no result anywhere.
const CACHE = "sii-afp-offline";
const PAGE = "offline";

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(keepPage());
});

addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("fetch", (event) => {
  const { method, mode, destination } = event.request;
  if (method !== "GET" || (mode !== "navigate" && destination !== "style")) return;
  event.respondWith(fetch(event.request).catch(() => answerOffline(event.request)));
});

/** Keep the page and its style sheets, in place of those of an earlier version. */
async function keepPage() {
  const page = await fetch(PAGE, { cache: "reload" });
  const sheets = [...(await page.clone().text()).matchAll(/rel="stylesheet" href="([^"]+)"/g)].map(([, href]) => href);
  await caches.delete(CACHE);
  const cache = await caches.open(CACHE);
  await cache.put(PAGE, page);
  await cache.addAll(sheets);
}

async function answerOffline(request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(request.mode === "navigate" ? PAGE : request)) ?? Response.error();
}
