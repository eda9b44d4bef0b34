// `<form hidden data-push="public key" data-push-worker="address">`: shown where the browser can be notified.
// `<form data-push-browser="SHA-256 of an address, in hex">`: turns one of one's own browsers off, which may be this one.

/* eslint own/oldest-browsers: "off" -- without these, the form stays hidden and the page says so */

const pushForm = document.querySelector<HTMLFormElement>("form[data-push]");

if (pushForm && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window) void offerPush(pushForm);

async function offerPush(form: HTMLFormElement): Promise<void> {
  const folder = new URL(".", new URL(form.dataset.pushWorker ?? "", location.href)).pathname;
  const known = await navigator.serviceWorker.getRegistration(folder);
  const subscription = await known?.pushManager.getSubscription();
  const here = subscription && (await offThisBrowser(subscription));
  const isOn = Notification.permission === "granted" && Boolean(here) && isFor(subscription, form.dataset.push);
  form.hidden = false;
  for (const note of document.querySelectorAll<HTMLElement>("[data-push-missing]")) note.hidden = true;
  showPart(form, "on", isOn);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void turnOn(form);
  });
}

/** The form that turns this browser off; none where the service does not know it, or only as somebody else's. */
async function offThisBrowser(subscription: PushSubscription): Promise<HTMLFormElement | null> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(subscription.endpoint));
  const hex = [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const off = document.querySelector<HTMLFormElement>(`form[data-push-browser="${hex}"]`);
  off?.addEventListener("submit", (event) => {
    event.preventDefault();
    void subscription.unsubscribe().finally(() => off.submit());
  });
  return off;
}

/** The service may have another key since. */
function isFor(subscription: PushSubscription | null | undefined, key: string | undefined): boolean {
  const own = subscription?.options.applicationServerKey;
  if (!own) return false;
  const text = btoa(String.fromCharCode(...new Uint8Array(own)));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "") === key;
}

async function turnOn(form: HTMLFormElement): Promise<void> {
  showPart(form, "refused", false);
  showPart(form, "failed", false);
  if ((await Notification.requestPermission()) !== "granted") {
    showPart(form, "refused", true);
    return;
  }
  try {
    await subscribe(form);
    location.reload();
  } catch {
    showPart(form, "failed", true);
  }
}

async function subscribe(form: HTMLFormElement): Promise<void> {
  const registration = await navigator.serviceWorker.register(form.dataset.pushWorker ?? "");
  const ready = registration.active ? registration : await activated(registration);
  const former = await ready.pushManager.getSubscription();
  if (former && !isFor(former, form.dataset.push)) await former.unsubscribe();
  const subscription = await ready.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: form.dataset.push ?? "" });
  const keys = subscription.toJSON().keys ?? {};
  const body = new FormData(form);
  body.set("endpoint", subscription.endpoint);
  body.set("p256dh", keys.p256dh ?? "");
  body.set("auth", keys.auth ?? "");
  const answer = await fetch(form.action, { method: "POST", credentials: "same-origin", body });
  if (!answer.ok) {
    await subscription.unsubscribe();
    throw new Error(String(answer.status));
  }
}

/** Its scope holds no page, so that `navigator.serviceWorker.ready` never comes. */
function activated(registration: ServiceWorkerRegistration): Promise<ServiceWorkerRegistration> {
  const worker = registration.installing ?? registration.waiting;
  return new Promise((resolve, reject) => {
    worker?.addEventListener("statechange", () => {
      if (worker.state === "activated") resolve(registration);
      if (worker.state === "redundant") reject(new Error("redundant"));
    });
  });
}

function showPart(form: HTMLFormElement, part: string, isShown: boolean): void {
  for (const element of form.querySelectorAll<HTMLElement>(`[data-push-${part}]`)) element.hidden = !isShown;
}

export {};
