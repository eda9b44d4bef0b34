/** In place of Node's modules: TensorFlow Lite asks for them only outside browsers. */
export default {};
