/** These files of tests share one page and its modules, which are costly to make: each test begins with the same. */
import { beforeEach, vi } from "vitest";
import { setLocale } from "../src/room/translations";

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
  document.body.replaceChildren();
  vi.unstubAllGlobals();
  setLocale({ language: "en", words: {}, plurals: {} });
});
