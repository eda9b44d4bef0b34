/** TensorFlow Lite with one model, compiled by Emscripten: `HEAP…` is its memory, in which offsets are bytes. */
interface TensorFlowLite {
  HEAPU8: Uint8Array;
  HEAPF32: Float32Array;
  _getModelBufferMemoryOffset: () => number;
  _loadModel: (bytes: number) => number;
  _getInputMemoryOffset: () => number;
  _getInputWidth: () => number;
  _getInputHeight: () => number;
  _getOutputMemoryOffset: () => number;
  _runInference: () => number;
}

declare module "@twilio/video-processors/dist/build/tflite-simd-1-0-0.js" {
  export default function createTensorFlowLite(options: { locateFile: () => string }): Promise<TensorFlowLite>;
}
