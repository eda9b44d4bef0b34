// The live room's page: first the device check, then the room, in one page, so that devices are requested once.
import "../styles/room.css";
import { LocalMedia } from "./room/media";
import { csrfToken, readPage, type Page } from "./room/page";
import { RoomClient } from "./room/room-client";
import { NoEntry, type Ticket } from "./room/socket";
import "./room/views/device-check";
import "./room/views/live-room";
import type { LiveRoom } from "./room/views/live-room";
import "./room/views/device-tests";
import { readTranslations, setLocale } from "./room/translations";

const page = readPage("room-page");
setLocale(readTranslations("room-words"), page.timeZone);
const SITE = ".site-header, .site-footer";
const media = new LocalMedia();
const csrf = csrfToken();
const deviceCheck = document.createElement("device-check");
deviceCheck.className = "stack";
deviceCheck.media = media;
deviceCheck.page = page;
document.getElementById("devices")?.replaceChildren(deviceCheck);
const tests = document.createElement("device-tests");
tests.media = media;
tests.page = page;
document.getElementById("tests")?.replaceChildren(tests);
const form = document.querySelector<HTMLFormElement>("form#enter");
form?.addEventListener("submit", (event) => {
  event.preventDefault();
  enter(form);
});

/** Replaces the device check by the room. Focus moves to the stage, so that a screen reader continues there. */
function enter(deviceForm: HTMLFormElement): void {
  const name = deviceForm.querySelector<HTMLInputElement>("input[name=name]")?.value ?? "";
  const room = new RoomClient({ fetchTicket: () => fetchTicket(page, name), csrf }, media);
  const isSilent = deviceForm.querySelector<HTMLInputElement>("input[name=silent]")?.checked === true;
  if (!page.maySpeak || isSilent) media.stop();
  room.view.silence(isSilent);
  const live = liveRoom(room);
  clearPage();
  document.querySelector(".site-footer")?.before(live);
  if (!live.isConnected) document.body.append(live);
  room.addEventListener("moved", () => showRoom(room, live));
  // The room fills the window; the left screen has the site's header and footer again.
  room.addEventListener("change", () => showSite(room.state.link === "closed"));
  showSite(false);
  window.scrollTo(0, 0);
  void live.updateComplete.then(() => live.querySelector<HTMLElement>("#stage")?.focus({ preventScroll: true }));
  room.enter();
  window.addEventListener("pagehide", () => void room.leave());
}

/** The main room, or the breakout room in its place. */
function showRoom(main: RoomClient, mainView: LiveRoom): void {
  const shown = document.querySelector("live-room");
  const next = main.breakout ? liveRoom(main.breakout) : mainView;
  if (shown && shown !== next) shown.replaceWith(next);
  void next.updateComplete.then(() => next.querySelector<HTMLElement>("#stage")?.focus({ preventScroll: true }));
}

function liveRoom(room: RoomClient): LiveRoom {
  const live = document.createElement("live-room");
  live.className = "room";
  live.room = room;
  live.page = page;
  return live;
}

function clearPage(): void {
  for (const part of [...document.body.children]) if (!part.matches(`script, template, ${SITE}`)) part.remove();
}

function showSite(isShown: boolean): void {
  for (const part of document.querySelectorAll<HTMLElement>(SITE)) part.hidden = !isShown;
}

async function fetchTicket({ ticketUrl, isSignedIn }: Page, name: string): Promise<Ticket> {
  const answer = await fetch(ticketUrl, {
    method: "POST",
    credentials: "same-origin",
    headers: { "X-CSRFToken": csrf, Accept: "application/json" },
    body: new URLSearchParams({ name }),
  });
  if (answer.status === 403 || answer.status === 404) throw new NoEntry(await reasonOf(answer, isSignedIn));
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()) as Ticket;
}

async function reasonOf(answer: Response, isSignedIn: boolean): Promise<NoEntry["closeReason"]> {
  const problem = (await answer.json().catch(() => ({}))) as { signed_in?: boolean; removed?: boolean; locked?: boolean };
  if (problem.removed) return "removed";
  if (problem.locked) return "locked";
  return isSignedIn && problem.signed_in === false ? "signed_out" : "no_entry";
}

declare global {
  interface HTMLElementTagNameMap {
    "device-check": import("./room/views/device-check").DeviceCheck;
    "device-tests": import("./room/views/device-tests").DeviceTests;
    "live-room": import("./room/views/live-room").LiveRoom;
    "confirm-dialog": import("./room/views/confirm-dialog").ConfirmDialog;
    "room-settings": import("./room/views/settings").RoomSettings;
  }
}
