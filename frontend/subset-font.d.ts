declare module "subset-font" {
  /** A font with only these letters; of a variable one, also with a narrower range of each axis. */
  export default function subsetFont(
    font: Buffer,
    letters: string,
    options: { targetFormat: "woff2"; variationAxes?: Record<string, { min: number; max: number }> },
  ): Promise<Buffer>;
}
