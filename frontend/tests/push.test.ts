import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import { beforeEach, expect, it, vi } from "vitest";

const KEY = "BAEC-_8";
const OTHER = new Uint8Array([4, 1, 2, 9]).buffer;
const OWN = new Uint8Array([4, 1, 2, 251, 255]).buffer;
const ENDPOINT = "https://web.push.apple.com/a";
const HASH = "HASH";

interface Subscription {
  endpoint: string;
  options: { applicationServerKey: ArrayBuffer };
  unsubscribe: () => Promise<boolean>;
  toJSON: () => { keys: Record<string, string> };
}

let subscription: Subscription | null;
let posted: FormData[];

function subscribed(key: ArrayBuffer): Subscription {
  return {
    endpoint: ENDPOINT,
    options: { applicationServerKey: key },
    unsubscribe: () => {
      subscription = null;
      return Promise.resolve(true);
    },
    toJSON: () => ({ keys: { p256dh: "p", auth: "a" } }),
  };
}

/** As the Push API says: whoever has a subscription for another key gets no second one. */
function subscribe(): Promise<Subscription> {
  if (subscription && subscription.options.applicationServerKey !== OWN) {
    return Promise.reject(new DOMException("another key", "InvalidStateError"));
  }
  subscription ??= subscribed(OWN);
  return Promise.resolve(subscription);
}

async function open(known: string): Promise<void> {
  document.body.innerHTML = `
    <form data-push="${KEY}" data-push-worker="/push/worker.js" action="/on" hidden>
      <p data-push-on hidden></p><p data-push-refused hidden></p><p data-push-failed hidden></p><button></button>
    </form>
    <form data-push-browser="${known}" action="/off"></form>`;
  vi.resetModules();
  await import("../src/islands/push");
  await settled();
}

function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}

async function hashed(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function isShown(part: string): boolean {
  return !document.querySelector<HTMLElement>(`[data-push-${part}]`)?.hidden;
}

async function press(selector: string): Promise<void> {
  document.querySelector(selector)?.dispatchEvent(new Event("submit", { cancelable: true }));
  await settled();
}

beforeEach(() => {
  subscription = null;
  posted = [];
  const registration = { active: {}, pushManager: { getSubscription: () => Promise.resolve(subscription), subscribe } };
  const container = { getRegistration: () => Promise.resolve(registration), register: () => Promise.resolve(registration) };
  Object.defineProperty(navigator, "serviceWorker", { value: container, configurable: true });
  const permission = { permission: "granted", requestPermission: () => Promise.resolve("granted") };
  vi.stubGlobal("PushManager", {});
  vi.stubGlobal("Notification", permission);
  vi.spyOn(location, "reload").mockReturnValue();
  vi.stubGlobal("fetch", (_address: string, { body }: { body: FormData }) => {
    posted.push(body);
    return Promise.resolve({ ok: true });
  });
});

it("says that it is on where the service knows this browser by the present key", async () => {
  subscription = subscribed(OWN);
  await open(await hashed(ENDPOINT));
  expect(isShown("on")).toBe(true);
});

it("says that it is off where it was turned off in the list, elsewhere or by signing out", async () => {
  subscription = subscribed(OWN);
  await open(HASH);
  expect(isShown("on")).toBe(false);
});

it("is off after a change of the key, and can be turned on again", async () => {
  subscription = subscribed(OTHER);
  await open(await hashed(ENDPOINT));
  expect(isShown("on")).toBe(false);
  await press("form[data-push]");
  expect(isShown("failed")).toBe(false);
  expect(posted.map((body) => body.get("endpoint"))).toEqual([ENDPOINT]);
  expect(subscription.options.applicationServerKey).toBe(OWN);
});

it("ends the subscription of this browser when it is turned off in the list", async () => {
  subscription = subscribed(OWN);
  await open(await hashed(ENDPOINT));
  const off = document.querySelector<HTMLFormElement>("form[data-push-browser]")!;
  const sent = vi.spyOn(off, "submit").mockReturnValue();
  await press("form[data-push-browser]");
  expect(subscription).toBeNull();
  expect(sent).toHaveBeenCalledOnce();
});

it("keeps the subscription of this browser when another one is turned off", async () => {
  subscription = subscribed(OWN);
  await open(HASH);
  await press("form[data-push-browser]");
  expect(subscription).not.toBeNull();
});

it("tells the service when a browser's push service has given it another address", async () => {
  const handlers: Record<string, (event: object) => void> = {};
  const moved = { endpoint: "https://web.push.apple.com/b", keys: { p256dh: "p", auth: "a" } };
  const asked: unknown[] = [];
  const pushManager = {
    subscribe: (options: unknown) => {
      asked.push(options);
      return Promise.resolve({ toJSON: () => moved });
    },
  };
  const worker = {
    addEventListener: (name: string, handler: (event: object) => void) => (handlers[name] = handler),
    registration: { pushManager },
  };
  const bodies: string[] = [];
  const send = (_address: string, { body }: { body: URLSearchParams }) => Promise.resolve(bodies.push(String(body)));
  runInNewContext(readFileSync("templates/notifications/push_worker.js", "utf8"), { self: worker, fetch: send, URLSearchParams });
  const former = { endpoint: ENDPOINT, options: { userVisibleOnly: true } };
  const waits: Promise<void>[] = [];
  const waitUntil = (promise: Promise<void>) => waits.push(promise);
  handlers.pushsubscriptionchange?.({ oldSubscription: former, newSubscription: null, waitUntil });
  handlers.pushsubscriptionchange?.({ oldSubscription: former, newSubscription: { toJSON: () => moved }, waitUntil });
  handlers.pushsubscriptionchange?.({ oldSubscription: null, newSubscription: null, waitUntil });
  await Promise.all(waits);
  const told = new URLSearchParams({ former: ENDPOINT, endpoint: moved.endpoint, p256dh: "p", auth: "a" }).toString();
  expect(bodies).toEqual([told, told]);
  expect(asked).toEqual([former.options]);
});
