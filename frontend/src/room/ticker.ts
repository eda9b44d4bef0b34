// A timer in a worker, which browsers do not throttle in background tabs. One tick for each request.
self.onmessage = ({ data }: MessageEvent<number>) => void setTimeout(() => self.postMessage(null), data);
