// Shows failures of a form in the form: responses to htmx that are no part of this page, and a lost network. What was
// typed stays. The texts are in templates/parts/form_problems.html.

type Problem = "offline" | "unreachable" | "timeout" | "signedOut" | "expired" | "forbidden" | "gone" | "tooLarge" | "diskFull" | "busy" | "broken";

interface HtmxDetail {
  xhr: XMLHttpRequest;
  elt: Element;
  requestConfig: { elt: Element };
  shouldSwap: boolean;
}

const LOGIN = "/account/login/";
const BY_STATUS: Partial<Record<number, Problem>> = { 401: "signedOut", 403: "forbidden", 404: "gone", 410: "gone", 413: "tooLarge", 429: "busy", 503: "busy", 507: "diskFull" };

const detailOf = (event: Event): HtmxDetail => (event as CustomEvent<HtmxDetail>).detail;

document.addEventListener("htmx:beforeRequest", (event) => clear(detailOf(event).elt));
document.addEventListener("htmx:beforeSwap", (event) => {
  const detail = detailOf(event);
  const { xhr, requestConfig } = detail;
  if (xhr.status < 500 && holdsFragment(xhr, requestConfig.elt)) return;
  detail.shouldSwap = false;
  if (xhr.status >= 400) showError(requestConfig.elt, xhr);
  else if (new URL(xhr.responseURL, location.href).pathname === LOGIN) show(requestConfig.elt, "signedOut");
  else location.assign(xhr.responseURL); // another page: loaded as without scripts
});
document.addEventListener("htmx:sendError", (event) => show(detailOf(event).elt, navigator.onLine ? "unreachable" : "offline"));
document.addEventListener("htmx:timeout", (event) => show(detailOf(event).elt, "timeout"));

// A form that the browser submits itself would end on the browser's error page, without what was typed.
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (navigator.onLine || !(form instanceof HTMLFormElement) || form.method !== "post" || form.matches("[data-uploader]")) return;
    event.preventDefault();
    event.stopPropagation();
    show(form, "offline");
  },
  { capture: true },
);
window.addEventListener("online", () => {
  for (const notice of document.querySelectorAll('[data-problem="offline"]')) notice.remove();
});

/** Whether a response has the requested part of the page. */
function holdsFragment(xhr: XMLHttpRequest, requester: Element): boolean {
  const selector = requester.closest("[hx-select]")?.getAttribute("hx-select");
  if (!selector || xhr.status === 204) return true;
  return new DOMParser().parseFromString(xhr.responseText, "text/html").querySelector(selector) !== null;
}

function showError(requester: Element, xhr: XMLHttpRequest): void {
  if (xhr.getResponseHeader("X-Form-Problem") === "expired") void renew(requester);
  else show(requester, BY_STATUS[xhr.status] ?? "broken", secondsUntil(xhr.getResponseHeader("Retry-After")));
}

async function renew(requester: Element): Promise<void> {
  try {
    await renewCsrfToken();
  } finally {
    show(requester, "expired");
  }
}

/** Fetches a new CSRF token for every form of the page. */
export async function renewCsrfToken(): Promise<void> {
  const fresh = await fetchPageAgain();
  const token = fresh.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value;
  for (const field of document.querySelectorAll<HTMLInputElement>("input[name=csrfmiddlewaretoken]")) field.value = token ?? field.value;
}

/** Whether the session is still the one the page was made for. */
export async function isSamePerson(): Promise<boolean> {
  return (await fetchPageAgain()).body.dataset.person === document.body.dataset.person;
}

async function fetchPageAgain(): Promise<Document> {
  const page = await fetch(location.href, { credentials: "same-origin" });
  return new DOMParser().parseFromString(await page.text(), "text/html");
}

/** The message for a response, for scripts with requests of their own. */
export function messageFor(status: number): string {
  const template = document.querySelector<HTMLTemplateElement>("template#form-problem");
  return template ? wordsFor(template, BY_STATUS[status] ?? "broken", 0) : "";
}

/** Seconds or a date (RFC 9110, section 10.2.3); 0 for neither. */
export function secondsUntil(retryAfter: string | null): number {
  if (!retryAfter) return 0;
  const seconds = /^\d+$/.test(retryAfter) ? Number(retryAfter) : (Date.parse(retryAfter) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : 0;
}

// ---- rendering ----

function clear(requester: Element): void {
  for (const notice of placeOf(requester).querySelectorAll(":scope > [data-problem]")) notice.remove();
}

function placeOf(requester: Element): Element {
  return requester.closest("form") ?? requester;
}

function show(requester: Element, problem: Problem, seconds = 0): void {
  const template = document.querySelector<HTMLTemplateElement>("template#form-problem");
  const notice = template?.content.firstElementChild?.cloneNode(true);
  if (!template || !(notice instanceof HTMLElement)) return;
  clear(requester);
  notice.dataset.problem = problem;
  const words = notice.querySelector("p");
  if (words) words.textContent = wordsFor(template, problem, seconds);
  const signIn = notice.querySelector<HTMLAnchorElement>("a");
  if (problem === "signedOut") signIn?.setAttribute("href", `${LOGIN}?next=${encodeURIComponent(location.pathname + location.search)}`);
  else signIn?.remove();
  placeOf(requester).prepend(notice);
  notice.focus();
}

function wordsFor({ dataset }: HTMLTemplateElement, problem: Problem, seconds: number): string {
  if (problem === "busy" && seconds > 0) {
    const minutes = Math.ceil(seconds / 60);
    return seconds > 90 ? filled(dataset.busyMinutes, minutes) : filled(dataset.busySeconds, seconds);
  }
  return dataset[problem] ?? "";
}

function filled(words: string | undefined, n: number): string {
  return (words ?? "").replace("{n}", n.toLocaleString(document.documentElement.lang));
}
