// Shows what the push service hands over, and opens its page when it is pressed.
self.addEventListener("push", (event) => {
  const told = event.data ? event.data.json() : {};
  const shown = { body: told.body, lang: told.lang, tag: told.tag, data: { url: told.url } };
  event.waitUntil(self.registration.showNotification(told.title || "", shown));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = new URL(event.notification.data.url, self.location.origin);
  // Only pages of ours.
  if (url.origin === self.location.origin) event.waitUntil(self.clients.openWindow(url.href));
});
