// Shows what the push service hands over, and opens its page when it is pressed.
self.addEventListener("push", (event) => {
  const told = event.data ? event.data.json() : {};
  const shown = { body: told.body, lang: told.lang, tag: told.tag, data: { url: told.url } };
  event.waitUntil(self.registration.showNotification(told.title || "", shown));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = new URL(event.notification.data.url, self.location.origin);
  // Always a page of ours, under the name under which it was turned on: the service may have several.
  event.waitUntil(self.clients.openWindow(self.location.origin + url.pathname + url.search + url.hash));
});

// The push service has given this browser another address. Whoever names the former one is this browser.
self.addEventListener("pushsubscriptionchange", (event) => {
  if (event.oldSubscription) event.waitUntil(tellAddress(event.oldSubscription, event.newSubscription));
});

async function tellAddress(former, given) {
  const subscription = given || (await self.registration.pushManager.subscribe(former.options));
  const { endpoint, keys } = subscription.toJSON();
  const body = new URLSearchParams({ former: former.endpoint, endpoint, p256dh: keys.p256dh, auth: keys.auth });
  await fetch("{% url 'move_push' %}", { method: "POST", body });
}
