"""The lower bound: a picows broadcast without framework, database, rights or numbers."""

import sys

import orjson
import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server

from bench.peers.event import chat_message

everybody: set[WSTransport] = set()


class Member(WSListener):
    def on_ws_connected(self, transport: WSTransport) -> None:
        everybody.add(transport)
        transport.send(WSMsgType.TEXT, b'{"ev":"welcome"}')

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        everybody.discard(transport)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.CLOSE:
            transport.send_close(frame.get_close_code())
            transport.disconnect()
        elif frame.msg_type == WSMsgType.TEXT:
            said = orjson.loads(frame.get_payload_as_bytes())
            if said["do"] == "chat.send":
                payload = orjson.dumps(chat_message(said["text"]))
                for each in everybody:
                    each.send(WSMsgType.TEXT, payload)


def listener(_request: WSUpgradeRequest) -> Member:
    return Member()


async def serve(port: int) -> None:
    server = await ws_create_server(listener, "127.0.0.1", port, backlog=4096)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
