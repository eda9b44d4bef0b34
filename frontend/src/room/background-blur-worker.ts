// Blurs what is behind the people in a picture. One picture for each request; it says when it is ready for the next.
/* eslint-disable own/oldest-browsers -- canBlur() in media.ts asks for OffscreenCanvas before this worker is started */
import createTensorFlowLite from "@twilio/video-processors/dist/build/tflite-simd-1-0-0.js";
import tensorFlowLite from "@twilio/video-processors/dist/build/tflite-simd-1-0-0.wasm?url";
import modelUrl from "@twilio/video-processors/dist/build/selfie_segmentation_landscape.tflite?url";
import type { FromBlurWorker } from "./background-blur";

const PICTURES_PER_SECOND = 20;
/** So few pixels that no writing behind a person can be read. */
const BLURRED = { width: 32, height: 18 };
const BESIDE = [[-1, 0], [2, 0], [0, -1], [0, 2], [1, 1], [-2, -1]] as const;

interface Canvas {
  canvas: OffscreenCanvas;
  pen: OffscreenCanvasRenderingContext2D;
}

class Blur {
  private readonly whole: Canvas;
  private readonly small: Canvas;
  private readonly blurred = newCanvas(BLURRED.width, BLURRED.height);

  constructor(private readonly model: TensorFlowLite) {
    this.whole = newCanvas(1, 1);
    this.small = newCanvas(model._getInputWidth(), model._getInputHeight());
  }

  of(picture: ImageBitmap): ImageBitmap {
    const { canvas, pen } = this.whole;
    const { width, height } = picture;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    this.blurBehind(picture);
    this.cutOutPeople(picture);
    pen.globalCompositeOperation = "copy";
    pen.drawImage(this.small.canvas, 0, 0, width, height);
    pen.globalCompositeOperation = "source-in";
    pen.drawImage(picture, 0, 0);
    pen.globalCompositeOperation = "destination-over";
    pen.drawImage(this.blurred.canvas, 0, 0, width, height);
    return canvas.transferToImageBitmap();
  }

  private blurBehind(picture: ImageBitmap): void {
    const { canvas, pen } = this.blurred;
    pen.globalAlpha = 1;
    pen.drawImage(picture, 0, 0, BLURRED.width, BLURRED.height);
    pen.globalAlpha = 0.4;
    for (const [x, y] of BESIDE) pen.drawImage(canvas, x, y);
  }

  /** Leaves in the small canvas how surely each point belongs to a person, as its opacity. */
  private cutOutPeople(picture: ImageBitmap): void {
    const { model } = this;
    const { canvas, pen } = this.small;
    pen.globalCompositeOperation = "copy";
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const points = pen.getImageData(0, 0, canvas.width, canvas.height);
    const input = model._getInputMemoryOffset() / 4;
    for (let point = 0; point < points.data.length / 4; point++)
      for (let color = 0; color < 3; color++) model.HEAPF32[input + point * 3 + color] = (points.data[point * 4 + color] ?? 0) / 255;
    model._runInference();
    const output = model._getOutputMemoryOffset() / 4;
    for (let point = 0; point < points.data.length / 4; point++) points.data[point * 4 + 3] = opacity(model.HEAPF32[output + point] ?? 0);
    pen.putImageData(points, 0, 0);
  }
}

/** Points of which the model is not sure are the soft edge of a person. */
function opacity(certainty: number): number {
  return 255 * Math.min(1, Math.max(0, (certainty - 0.3) / 0.4));
}

function newCanvas(width: number, height: number): Canvas {
  const canvas = new OffscreenCanvas(width, height);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  if (!pen) throw new Error("no canvas");
  pen.imageSmoothingQuality = "high";
  return { canvas, pen };
}

async function load(): Promise<Blur> {
  const [model, answer] = await Promise.all([createTensorFlowLite({ locateFile: () => tensorFlowLite }), fetch(modelUrl)]);
  if (!answer.ok) throw new Error(`the model was answered with ${answer.status}`);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  model.HEAPU8.set(bytes, model._getModelBufferMemoryOffset());
  model._loadModel(bytes.length);
  return new Blur(model);
}

function tell(message: FromBlurWorker): void {
  self.postMessage(message, { transfer: message.picture ? [message.picture] : [] });
}

load().then(
  (blur) => {
    self.onmessage = ({ data }: MessageEvent<ImageBitmap>) => {
      const began = performance.now();
      const picture = blur.of(data);
      data.close();
      tell({ picture });
      const took = performance.now() - began;
      // Rests, so that the call has the CPU. A worker's timers are not throttled in background tabs.
      setTimeout(() => tell({ isReady: true }), Math.max(1000 / PICTURES_PER_SECOND - took, took / 2));
    };
    tell({ isReady: true });
  },
  () => tell({ hasFailed: true }),
);
