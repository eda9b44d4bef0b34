/** For commands that are sent again after a break. `crypto.randomUUID` is missing where a page is not secure, and before Safari 15.4. */
export function newClientId(): string {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
