"""Debian's python3-websockets as a client."""

import asyncio

import websockets
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

from checks import expect, run

MIB = 1 << 20


async def echoes_text(gateway):
    async with websockets.connect(gateway.url()) as ws:
        for text in ("hello", "", "zażółć gęślą jaźń \U0001f309", "a\x00b"):
            await ws.send(text)
            expect("echo", await ws.recv(), text)


async def echoes_binary(gateway):
    async with websockets.connect(gateway.url()) as ws:
        for data in (b"\x00\xff\xfe", b"", bytes(range(256))):
            await ws.send(data)
            expect("echo", await ws.recv(), data)


async def echoes_every_size(gateway):
    async with websockets.connect(gateway.url(), max_size=None) as ws:
        for size in (1, 125, 126, 127, 65535, 65536, 65537, MIB - 1, MIB):
            data = bytes(i * 31 % 251 for i in range(size))
            await ws.send(data)
            expect(f"echo of {size} bytes", await ws.recv(), data)


async def echoes_fragments_as_one_message(gateway):
    async with websockets.connect(gateway.url()) as ws:
        parts = ["one, ", "", "two, ", "three"]
        await ws.send(parts)
        expect("echo", await ws.recv(), "".join(parts))


async def echoes_in_order(gateway):
    """Many messages are in flight at once."""
    async with websockets.connect(gateway.url()) as ws:
        sent = [f"message {i}" for i in range(1000)]

        async def send():
            for message in sent:
                await ws.send(message)

        sender = asyncio.create_task(send())
        expect("echoes", [await ws.recv() for _ in sent], sent)
        await sender


async def ping_is_answered(gateway):
    async with websockets.connect(gateway.url()) as ws:
        # The future completes only with a pong that has the same payload.
        await (await ws.ping(b"are you there?"))


async def own_close_code_comes_back(gateway):
    for code in (1000, 1001, 3000, 4999):
        ws = await websockets.connect(gateway.url())
        await ws.close(code, "done here")
        expect("received code", ws.close_rcvd and ws.close_rcvd.code, code)


async def connection_id_header_is_the_listed_id(gateway):
    async with websockets.connect(gateway.url("/python")) as ws:
        connection_id = ws.response_headers["X-Connection-Id"]
        listed = (await gateway.control.list())["connections"]
        mine = [c for c in listed if c["path"] == "/python"]
        expect("connection_id", [c["connectionId"] for c in mine], [connection_id])
        assert "websockets" in mine[0]["userAgent"], mine[0]
        expect("tls", mine[0]["tls"], gateway.tls)


async def interrupt_shows_code_and_reason(gateway):
    async with websockets.connect(gateway.url()) as ws:
        waiting = asyncio.create_task(ws.recv())
        await gateway.control.interrupt(ws.response_headers["X-Connection-Id"], 4001, "żegnaj")
        try:
            message = await waiting
        except websockets.ConnectionClosed as closed:
            expect("code and reason", (closed.rcvd.code, closed.rcvd.reason), (4001, "żegnaj"))
            assert closed.rcvd_then_sent, "the close frame came before ours"
        else:
            raise AssertionError(f"received {message!r}")


async def invalid_utf8_is_1007(gateway):
    async with websockets.connect(gateway.url()) as ws:
        # send() cannot send invalid text.
        await ws.write_frame(True, websockets.frames.OP_TEXT, b"\xc3\x28")
        await ws.wait_closed()
        expect("code", ws.close_code, 1007)


async def agrees_on_compression(gateway):
    async with websockets.connect(gateway.url()) as ws:
        agreed = ws.response_headers["Sec-WebSocket-Extensions"]
        want = {
            "alone": "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
            "takeover": "permessage-deflate; server_max_window_bits=12; client_max_window_bits=12",
        }
        expect("agreed", agreed, want[gateway.deflate])
        for text in ("hello", "", "hello", "zażółć gęślą jaźń \U0001f309" * 500, "hello" * 1000):
            await ws.send(text)
            expect("echo", await ws.recv(), text)


async def every_window(gateway):
    for bits in range(9, 16):
        offer = ClientPerMessageDeflateFactory(server_max_window_bits=bits, client_max_window_bits=bits)
        async with websockets.connect(gateway.url(), extensions=[offer], compression=None, max_size=None) as ws:
            assert f"server_max_window_bits={min(bits, 12 if gateway.deflate == 'takeover' else 15)}" in (
                ws.response_headers["Sec-WebSocket-Extensions"])
            for size in (1, 1000, 1024, 65536, MIB):
                data = bytes(i * i % 251 for i in range(size))
                await ws.send(data)
                expect(f"echo of {size} bytes", await ws.recv(), data)


async def echoes_fragments_as_one_message_compressed(gateway):
    async with websockets.connect(gateway.url()) as ws:
        parts = ["one, " * 1000, "", "two, ", "three" * 300]
        await ws.send(parts)
        expect("echo", await ws.recv(), "".join(parts))


if __name__ == "__main__":
    run("websockets", [
        echoes_text,
        echoes_binary,
        echoes_every_size,
        echoes_fragments_as_one_message,
        echoes_in_order,
        ping_is_answered,
        own_close_code_comes_back,
        connection_id_header_is_the_listed_id,
        interrupt_shows_code_and_reason,
        invalid_utf8_is_1007,
    ], [
        echoes_every_size,
        echoes_in_order,
        own_close_code_comes_back,
        connection_id_header_is_the_listed_id,
        interrupt_shows_code_and_reason,
    ], [
        agrees_on_compression,
        every_window,
        echoes_fragments_as_one_message_compressed,
    ])
