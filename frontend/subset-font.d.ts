declare module "subset-font" {
  /** A font with only these letters and, for a variable font, these ranges of the axes. */
  export default function subsetFont(
    font: Buffer,
    letters: string,
    options: { targetFormat: "woff2"; variationAxes?: Record<string, { min: number; max: number }> },
  ): Promise<Buffer>;
}
