// Keys that belong to an input method (Japanese, Chinese, Korean, dead keys), not to the page.

/** Safari ends the composition before the keydown event, and marks that key only by keyCode 229. */
export function isComposing(event: KeyboardEvent): boolean {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only sign in Safari
  return event.isComposing || event.keyCode === 229;
}
