// Keys that belong to an input method (Japanese, Chinese, Korean, accents from dead keys), not to the page.

/** Safari ends the composition before the key that ended it, and marks that key only by the old code 229. */
export function isComposing(event: KeyboardEvent): boolean {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else tells it in Safari
  return event.isComposing || event.keyCode === 229;
}
