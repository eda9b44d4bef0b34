import { expect, it, vi } from "vitest";
import { Announcer } from "../src/room/announcer";

it("announcements that come together are sentences with one full stop each, and many are a count", () => {
  vi.useFakeTimers();
  const said: string[] = [];
  const announcer = new Announcer((text) => void said.push(text), (count) => `${count} messages`);
  for (const texts of [["The poll is closed.", "New poll: Heat"], ["Who pays?", "Anna raised a hand", "Hi"], ["Hi", "Ice"]]) {
    for (const text of texts) announcer.announce(text);
    vi.advanceTimersByTime(1_500);
  }
  vi.useRealTimers();
  expect(said).toEqual(["The poll is closed. New poll: Heat", "3 messages", "Hi. Ice"]);
});
