// Sends the reader's time zone to the server once. A first page made for another time zone is reloaded at once, so that
// nobody reads a wrong time; nothing was typed yet.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const cookie = `timezone=${encodeURIComponent(zone)}`;

const isKnown = (): boolean => document.cookie.split("; ").some((pair) => pair.startsWith("timezone="));

function clockIn(timeZone: string): string {
  return new Intl.DateTimeFormat("en-GB", { timeZone, dateStyle: "short", timeStyle: "short" }).format();
}

if (zone && !isKnown()) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${cookie}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  const shown = document.body.dataset.zone;
  // Without cookies the page would reload for ever.
  if (shown && isKnown() && clockIn(shown) !== clockIn(zone)) location.reload();
}
