// Tells the server the reader's time zone, once. Where this first page was made for another clock, it is asked for
// anew at once: nobody may read a wrong hour, and nothing was typed yet.
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
  // A browser that keeps no cookies would come back for ever.
  if (shown && isKnown() && clockIn(shown) !== clockIn(zone)) location.reload();
}
