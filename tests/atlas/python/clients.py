"""WebSocket clients in Python, each used in the usual way of its library.

    clients.py NAME URL

Prints `open`, then `message SIZE` for each message, and at the end `end TEXT`: what the application learns of the end.
"""

import asyncio
import inspect
import sys


def say(*words):
    print(*words, flush=True)


async def websockets_asyncio(url):
    from websockets.asyncio.client import connect

    async with connect(url) as ws:
        say("open")
        try:
            while True:
                say("message", len(await ws.recv()))
        except Exception as error:  # prints whatever the library raises
            say("end", f"{type(error).__name__}: {error}")


def websockets_sync(url):
    from websockets.sync.client import connect

    with connect(url) as ws:
        say("open")
        try:
            while True:
                say("message", len(ws.recv()))
        except Exception as error:
            say("end", f"{type(error).__name__}: {error}")


def websocket_client(url):
    import websocket

    seen = []
    app = websocket.WebSocketApp(
        url,
        on_open=lambda ws: say("open"),
        on_message=lambda ws, message: say("message", len(message)),
        on_error=lambda ws, error: seen.append(f"on_error {type(error).__name__}"),
        on_close=lambda ws, code, reason: seen.append(f"on_close {code} {reason}"),
    )
    app.run_forever()
    say("end", ", ".join(seen))


async def aiohttp_client(url):
    import aiohttp

    async with aiohttp.ClientSession() as session, session.ws_connect(url) as ws:
        say("open")
        while True:
            message = await ws.receive()
            if message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                say("message", len(message.data))
                continue
            said = f"{message.type.name}: {message.data} {message.extra or ''}".strip()
            say("end", f"{said}, close_code {ws.close_code}")
            return


async def tornado_client(url):
    from tornado.websocket import websocket_connect

    ws = await websocket_connect(url)
    say("open")
    while (message := await ws.read_message()) is not None:
        say("message", len(message))
    say("end", f"None, close_code {ws.close_code}, close_reason {ws.close_reason}")


async def autobahn_client(url):
    from urllib.parse import urlsplit

    from autobahn.asyncio.websocket import WebSocketClientFactory, WebSocketClientProtocol

    over = asyncio.get_running_loop().create_future()

    class Protocol(WebSocketClientProtocol):
        def onOpen(self):
            say("open")

        def onMessage(self, payload, isBinary):
            say("message", len(payload))

        def onClose(self, wasClean, code, reason):
            over.set_result(f"onClose {wasClean} {code} {reason}")

    factory = WebSocketClientFactory(url)
    factory.protocol = Protocol
    address = urlsplit(url)
    await asyncio.get_running_loop().create_connection(factory, address.hostname, address.port)
    say("end", await over)


async def picows_client(url):
    import picows

    seen = []

    class Listener(picows.WSListener):
        def on_ws_connected(self, transport):
            say("open")

        def on_ws_frame(self, transport, frame):
            if frame.msg_type == picows.WSMsgType.CLOSE:
                seen.append(f"CLOSE {frame.get_close_code()} {frame.get_close_message()}")
                transport.send_close(frame.get_close_code(), frame.get_close_message())  # as its README shows
                transport.disconnect()
            else:
                say("message", len(frame.get_payload_as_bytes()))

        def on_ws_disconnected(self, transport):
            seen.append("on_ws_disconnected")

    transport, _ = await picows.ws_connect(Listener, url)
    try:
        await transport.wait_disconnected()
    except Exception as error:
        seen.append(type(error).__name__)
    say("end", ", ".join(seen))


def httpx_ws_sync(url):
    import httpx_ws

    with httpx_ws.connect_ws(url) as ws:
        say("open")
        try:
            while True:
                event = ws.receive()
                say("message", len(event.data))
        except Exception as error:
            say("end", f"{type(error).__name__}: {error}")


CLIENTS = {
    "aiohttp": aiohttp_client,
    "autobahn": autobahn_client,
    "httpx-ws": httpx_ws_sync,
    "picows": picows_client,
    "tornado": tornado_client,
    "websocket-client": websocket_client,
    "websockets": websockets_asyncio,
    "websockets-sync": websockets_sync,
}

if __name__ == "__main__":
    client, target = CLIENTS[sys.argv[1]], sys.argv[2]
    outcome = client(target)
    if inspect.isawaitable(outcome):
        asyncio.run(outcome)
