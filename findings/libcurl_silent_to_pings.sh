#!/bin/bash
# curl_cffi 0.17.0 (PyPI; libcurl's WebSocket interface): a client that waits for a message answers no ping.
#
# A guess: a client that waits in the receive call of its library answers pings, as RFC 6455, section 5.5.2, asks ("as soon as is
# practical"), and as all other common libraries do. This one answers with the next message that it sends itself, so a server that
# ends silent clients ends each idle one.
#
# Seen: `while it waits: no pong` and `after it has sent a message: pong`.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check curl_cffi==0.17.0

cat >client.py <<'PYTHON'
import asyncio, sys
from curl_cffi import AsyncSession

async def main():
    async with AsyncSession() as session:
        ws = await session.ws_connect(sys.argv[1])
        await ws.recv()  # waits; the server pings meanwhile
        await ws.send(b"hello")
        await ws.recv()

asyncio.run(main())
PYTHON
cat >server.py <<'PYTHON'
import base64, hashlib, socket, subprocess, sys

listener = socket.create_server(("127.0.0.1", 0))
client = subprocess.Popen([sys.executable, "client.py", "ws://127.0.0.1:%d/" % listener.getsockname()[1]])
listener.settimeout(20)
peer, _ = listener.accept()
stream = peer.makefile("rb")
key = [line.split(b":")[1].strip() for line in iter(stream.readline, b"\r\n") if line.lower().startswith(b"sec-websocket-key")][0]
accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
peer.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + accept + b"\r\n\r\n")

def opcodes(seconds):
    """Returns the opcodes of the frames that come until none has come for so long. All are short and masked."""
    peer.settimeout(seconds)
    seen, received = [], b""
    try:
        while bytes_ := peer.recv(4096):
            received += bytes_
            while len(received) >= 2 and len(received) >= (size := 6 + (received[1] & 127)):
                seen.append(received[0] & 15)
                received = received[size:]
    except TimeoutError:
        return seen

peer.sendall(b"\x89\x05ping1")
print("while it waits:", "pong" if 10 in opcodes(5) else "no pong")
peer.sendall(b"\x82\x01x")  # a message: the client goes on and sends one
print("after it has sent a message:", "pong" if 10 in opcodes(5) else "no pong")
client.kill()
PYTHON
seen=$(timeout 120 venv/bin/python server.py 2>/dev/null)
echo "$seen"
[[ $seen == "while it waits: no pong"$'\n'"after it has sent a message: pong" ]]
