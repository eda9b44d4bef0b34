// Keeps what people type into a form in this tab until the form has arrived: over a reload, an expired session, an error
// page, a lost network. Never passwords or codes. `data-no-draft` leaves a form or a field out; a form without text fields
// is kept with `data-draft-form`.
import { itemNames, readItem, removeItem, writeItem } from "../storage";

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;
export type Values = Record<string, string[]>;

interface Draft {
  page: string;
  values: Values;
  /** Submitted: the next page shows whether it arrived. */
  isSent: boolean;
  /** The person who typed it; nobody else who signs in here sees it. */
  person: string;
}

const PREFIX = "draft ";
/** From so many fields on, leaving the page asks for confirmation. */
const LONG = 6;
const SECRET = /password|one-time-code/;
const SKIPPED = new Set(["hidden", "password", "file", "submit", "button", "reset", "image"]);
const TICKED = new Set(["checkbox", "radio"]);

const initialValues = new WeakMap<HTMLFormElement, string>();
let isLeaving = false;

// ---- fields ----

export function fieldsOf(form: HTMLFormElement): Field[] {
  const all = [...form.elements].filter((field): field is Field => field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement);
  return all.filter((field) => field.name !== "" && !SKIPPED.has(field.type) && !SECRET.test(field.autocomplete) && !field.closest("[data-no-draft], .honeypot"));
}

export function valuesOf(fields: readonly Field[]): Values {
  const values: Values = {};
  for (const field of fields) (values[field.name] ??= []).push(...valuesIn(field));
  return values;
}

function valuesIn(field: Field): string[] {
  if (field instanceof HTMLSelectElement) return [...field.selectedOptions].map((option) => option.value);
  return !isTicked(field) || field.checked ? [field.value] : [];
}

function isTicked(field: Field): field is HTMLInputElement {
  return TICKED.has(field.type);
}

/** Puts values back where they differ; returns the fields that changed. */
export function fillFields(fields: readonly Field[], values: Values): Field[] {
  const left = new Map(Object.entries(values).map(([name, all]) => [name, [...all]]));
  return fields.filter((field) => {
    const known = left.get(field.name);
    if (!known) return false;
    const before = JSON.stringify(valuesIn(field));
    if (field instanceof HTMLSelectElement) for (const option of field.options) option.selected = known.includes(option.value);
    else if (isTicked(field)) field.checked = known.includes(field.value);
    else field.value = known.shift() ?? field.value;
    return JSON.stringify(valuesIn(field)) !== before;
  });
}

// ---- drafts ----

function isKept(form: HTMLFormElement): boolean {
  if (form.method !== "post" || form.closest("[data-no-draft]") || pathOf(form).startsWith("/account/")) return false;
  return form.matches("[data-draft-form]") || fieldsOf(form).some((field) => field instanceof HTMLTextAreaElement || (field instanceof HTMLInputElement && !isTicked(field)));
}

/** A form may have a field called `action`, which then hides the property. */
function pathOf(form: HTMLFormElement): string {
  return new URL(form.getAttribute("action") ?? "", location.href).pathname;
}

function nameOf(form: HTMLFormElement): string {
  const alike = [...document.forms].filter((other) => pathOf(other) === pathOf(form));
  return `${PREFIX}${location.pathname} ${pathOf(form)} ${alike.indexOf(form)}`;
}

function read(name: string): Draft | null {
  try {
    return JSON.parse(readItem("sessionStorage", name) || "null") as Draft | null;
  } catch {
    return null;
  }
}

const person = (): string => document.body.dataset.person ?? "";

function save(form: HTMLFormElement, isSent: boolean): void {
  const values = valuesOf(fieldsOf(form));
  if (!isSent && !isChanged(form)) return removeItem("sessionStorage", nameOf(form));
  const draft: Draft = { page: location.pathname + location.search, values, isSent, person: person() };
  writeItem("sessionStorage", nameOf(form), JSON.stringify(draft));
}

function isChanged(form: HTMLFormElement): boolean {
  return form.matches("[data-unsaved]") || JSON.stringify(valuesOf(fieldsOf(form))) !== initialValues.get(form);
}

// ---- submitted drafts ----

/** Back or reload: without the page after it the form may not have arrived. */
function isBackOrReload(): boolean {
  const [entry] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  return entry?.type === "back_forward" || entry?.type === "reload";
}

function isFailure(): boolean {
  return document.body.matches("[data-problem-page]") || location.pathname.startsWith("/account/") || isBackOrReload();
}

function settleSent(): void {
  for (const name of itemNames("sessionStorage", PREFIX)) {
    const draft = read(name);
    if (!draft || (draft.person !== "" && person() !== "" && draft.person !== person())) removeItem("sessionStorage", name);
    else if (draft.isSent) settle(name, draft);
  }
}

function settle(name: string, draft: Draft): void {
  if (!isFailure() && !document.querySelector("form .error, form .notice--bad")) {
    removeItem("sessionStorage", name);
    return;
  }
  writeItem("sessionStorage", name, JSON.stringify({ ...draft, isSent: false }));
  if (draft.page !== location.pathname + location.search || document.body.matches("[data-problem-page]")) showKeptNotice(draft.page);
}

/** On a page shown instead of the form: the link back to it, also after signing in. */
function showKeptNotice(page: string): void {
  const notice = noticeFrom("draft-kept");
  notice?.querySelector("a")?.setAttribute("href", page);
  if (notice) document.querySelector("main")?.prepend(notice);
  for (const next of document.querySelectorAll<HTMLInputElement>("main form input[name=next]")) next.value = page;
}

function noticeFrom(template: string): HTMLElement | null {
  const notice = document.querySelector<HTMLTemplateElement>(`template#${template}`)?.content.firstElementChild?.cloneNode(true);
  return notice instanceof HTMLElement ? notice : null;
}

// ---- forms of this page ----

function prepare(form: HTMLFormElement): void {
  if (initialValues.has(form) || !isKept(form)) return;
  initialValues.set(form, JSON.stringify(valuesOf(fieldsOf(form))));
  const draft = read(nameOf(form));
  if (draft && !draft.isSent) restore(form, draft);
  if (form.matches("[data-unsaved]")) save(form, false);
}

function restore(form: HTMLFormElement, draft: Draft): void {
  const changed = fillFields(fieldsOf(form), draft.values);
  if (changed.length === 0) return;
  for (const field of changed) openAround(field);
  const notice = noticeFrom("draft-restored");
  if (!notice) return;
  notice.querySelector("button")?.addEventListener("click", () => {
    form.reset();
    removeItem("sessionStorage", nameOf(form));
    notice.remove();
    fieldsOf(form)[0]?.focus();
  });
  form.prepend(notice);
}

function openAround(field: Element): void {
  for (let part = field.closest("details"); part; part = part.parentElement?.closest("details") ?? null) part.open = true;
}

function prepareAll(): void {
  for (const form of document.forms) prepare(form);
}

function formAround(event: Event): HTMLFormElement | null {
  const target = event.target;
  const form = target instanceof HTMLFormElement ? target : target instanceof Element && "form" in target ? (target as Field).form : null;
  return form && initialValues.has(form) ? form : null;
}

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => {
    const form = formAround(event);
    if (form) save(form, false);
  });
}
document.addEventListener("submit", (event) => {
  const form = formAround(event);
  if (form) save(form, !form.matches("[hx-post]"));
  isLeaving = form !== null && !event.defaultPrevented;
  if (event.target instanceof HTMLFormElement && pathOf(event.target).startsWith("/account/logout")) forgetAll();
});
document.addEventListener("htmx:afterRequest", (event) => {
  const { xhr, elt } = (event as CustomEvent<{ xhr: XMLHttpRequest; elt: Element }>).detail;
  if (elt instanceof HTMLFormElement && xhr.status >= 200 && xhr.status < 300 && hasArrived(xhr)) {
    removeItem("sessionStorage", nameOf(elt));
    isLeaving = true;
  }
});
document.addEventListener("htmx:afterSettle", prepareAll);
window.addEventListener("beforeunload", (event) => {
  const isUnsaved = [...document.forms].some((form) => initialValues.has(form) && fieldsOf(form).length >= LONG && isChanged(form));
  if (isUnsaved && !isLeaving) event.preventDefault();
});
window.addEventListener("pageshow", (event) => {
  isLeaving = false;
  if (!event.persisted) return;
  for (const form of document.forms) if (initialValues.has(form) && read(nameOf(form))?.isSent) save(form, false);
});

/** Success redirects to another page; what is swapped into this one may be the form with errors. */
function hasArrived(xhr: XMLHttpRequest): boolean {
  return xhr.getResponseHeader("HX-Redirect") !== null;
}

function forgetAll(): void {
  for (const name of itemNames("sessionStorage", PREFIX)) removeItem("sessionStorage", name);
}

settleSent();
prepareAll();
