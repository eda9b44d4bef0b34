// Socket.IO as in its documentation, with the Redis adapter and a token that is checked before anybody comes in.

import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import { createAdapter } from "@socket.io/redis-adapter";
import { createClient } from "redis";
import { Server } from "socket.io";

const ROOM = "room";
const publisher = createClient({ url: process.env.REDIS_URL });
const subscriber = publisher.duplicate();
await Promise.all([publisher.connect(), subscriber.connect()]);

const server = createServer();
const io = new Server(server, {
  adapter: createAdapter(publisher, subscriber),
  transports: ["websocket"],
  serveClient: false,
});

function isGenuine(token) {
  const [person, expires, signature] = String(token).split(".");
  const expected = createHmac("sha256", process.env.BENCH_KEY).update(`${person}.${expires}`).digest();
  const given = Buffer.from(signature ?? "", "hex");
  return given.length === expected.length && timingSafeEqual(given, expected) && Number(expires) * 1000 > Date.now();
}

io.use((socket, next) => next(isGenuine(socket.handshake.auth.token) ? undefined : new Error("bad token")));

let number = 0;
io.on("connection", (socket) => {
  socket.join(ROOM);
  socket.emit("welcome");
  socket.on("chat.send", ({ text }) => {
    number += 1;
    io.to(ROOM).emit("chat.message", {
      seq: number,
      ev: "chat.message",
      id: number,
      from: { id: "p1234", name: "Person 1234", company: "Company 12", role: "attendee" },
      text,
      at: new Date().toISOString(),
    });
  });
});

server.listen({ port: Number(process.argv[2]), host: "127.0.0.1", backlog: 4096 });
