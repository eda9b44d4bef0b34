// A clock that a background tab does not slow down: timers in a worker keep their pace. One tick for each request.
self.onmessage = ({ data }: MessageEvent<number>) => void setTimeout(() => self.postMessage(null), data);
