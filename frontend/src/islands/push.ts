// `<form hidden data-push="public key" data-push-worker="address">`: shown where the browser can be notified.

/* eslint own/oldest-browsers: "off" -- without these, the form stays hidden and the page says so */

const pushForm = document.querySelector<HTMLFormElement>("form[data-push]");

if (pushForm && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window) void offerPush(pushForm);

async function offerPush(form: HTMLFormElement): Promise<void> {
  const folder = new URL(".", new URL(form.dataset.pushWorker ?? "", location.href)).pathname;
  const known = await navigator.serviceWorker.getRegistration(folder);
  const isOn = Notification.permission === "granted" && Boolean(await known?.pushManager.getSubscription());
  form.hidden = false;
  for (const note of document.querySelectorAll<HTMLElement>("[data-push-missing]")) note.hidden = true;
  showPart(form, "on", isOn);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void turnOn(form);
  });
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
