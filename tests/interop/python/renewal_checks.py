"""Runs the examples that renew: their connection outlives its first token, and is closed after the last.

EXAMPLE names the one to run, EXAMPLE_COMMAND is its command without the address; without a command it is the page.
TOKEN_KEY is the file with the key of the gateway's tokens."""

import asyncio
import os
import pathlib
import shlex
import time
import urllib.parse

from checks import expect, run
from chromium_checks import chromium, page_server
from tokens import token

PAGE = pathlib.Path(__file__).resolve().parents[3] / "examples/web/renew.html"


def three_tokens(principal, now, lifetimes):
    return [token(os.environ["TOKEN_KEY"], sub=principal, exp=now + lifetime) for lifetime in lifetimes]


def utc(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


async def expect_renewed_twice(gateway, connection_id, principal, last):
    """The connection has been closed by its last token alone."""
    assert time.time() >= last, "closed before its last token expired"
    connection = (await gateway.control.call("GetConnection", connection_id=connection_id))["connection"]
    expect("principal", connection["principal"], principal)
    expect("revision", int(connection["revision"]), 3)
    expect("cause", connection["close"]["cause"], "expired")
    assert connection["expireTime"].startswith(utc(last)[:-1]), connection["expireTime"]


async def it_outlives_its_first_token(gateway):
    principal, now, lifetimes = os.environ["EXAMPLE"], int(time.time()), (12, 13, 14)
    process = await asyncio.create_subprocess_exec(
        *shlex.split(os.environ["EXAMPLE_COMMAND"]), gateway.ws, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
    try:
        process.stdin.write("".join(f"{each}\n" for each in three_tokens(principal, now, lifetimes)).encode())
        process.stdin.close()
        said = (await process.stdout.read()).decode().splitlines()
        expect("exit code", await process.wait(), 0)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    connected, connection_id = said[0].split()
    expect("first", connected, "connected")
    expect("then", said[1:], [f"renewed until {utc(now + lifetimes[1])}", f"renewed until {utc(now + lifetimes[2])}",
                              "closed 1008 expired"])
    await expect_renewed_twice(gateway, connection_id, principal, now + lifetimes[2])


async def a_page_outlives_its_first_token(gateway):
    loop, events = asyncio.get_running_loop(), asyncio.Queue()

    def issue():
        """Chromium may take long to start, so the times begin with the page's first question."""
        now = int(time.time())
        lifetimes = (8, 10, 12)
        for each in three_tokens("page", now, lifetimes):
            loop.call_soon_threadsafe(events.put_nowait, {"event": "issued", "text": now})
            yield each

    async def next_event(name):
        event = await events.get()
        while event["event"] == "issued" and name != "issued":
            event = await events.get()
        expect("event", event["event"], name)
        return event["text"]

    with page_server(lambda event: loop.call_soon_threadsafe(events.put_nowait, event), PAGE.read_bytes(), issue()) as origin:
        async with chromium(f"{origin}/?{urllib.parse.urlencode({'gateway': gateway.ws})}", []):
            now = await next_event("issued")
            expect("subprotocol", await next_event("connected"), "example")
            connection_id = next(c["connectionId"] for c in (await gateway.control.list())["connections"]
                                 if c["principal"] == "page")
            expect("first", await next_event("renewed"), utc(now + 10))
            expect("second", await next_event("renewed"), utc(now + 12))
            expect("end", await next_event("closed"), "1008 expired")
    await expect_renewed_twice(gateway, connection_id, "page", now + 12)


if __name__ == "__main__":
    run(os.environ["EXAMPLE"], [it_outlives_its_first_token if os.environ["EXAMPLE_COMMAND"] else a_page_outlives_its_first_token])
