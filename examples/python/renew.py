"""Keeps a connection open beyond the token that it began with.

    renew.py HOST:PORT < tokens, one a line

The first token connects, each further one renews (docs/renewal.md). A real program asks its issuer for the next token
shortly before the last one expires.
"""

import asyncio
import json
import sys
import urllib.request

import websockets


def renew(address, token, connection_id):
    request = urllib.request.Request(
        f"http://{address}/.well-known/drawbridge/renew", method="POST",
        data=json.dumps({"connectionIds": [connection_id]}).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


async def next_token():
    return (await asyncio.to_thread(sys.stdin.readline)).strip()


async def main(address):
    headers = {"Authorization": f"Bearer {await next_token()}"}
    async with websockets.connect(f"ws://{address}/", extra_headers=headers) as client:
        connection_id = client.response_headers["X-Connection-Id"]
        print("connected", connection_id, flush=True)
        while token := await next_token():
            answer = await asyncio.to_thread(renew, address, token, connection_id)
            print("renewed until", answer["expireTime"], flush=True)
        await client.wait_closed()
        print("closed", client.close_code, client.close_reason, flush=True)


try:
    asyncio.run(main(sys.argv[1]))
except websockets.InvalidStatusCode as error:
    sys.exit(f"refused: {error}")
