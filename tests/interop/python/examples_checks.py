"""Runs the examples: a user who logs out is disconnected, and no other user is.

EXAMPLE names the one to run, EXAMPLE_COMMAND is its command without the address.
"""

import asyncio
import contextlib
import os
import shlex

import websockets

from checks import expect, run

# A name with all characters that need quoting in a filter, and a second user that matches if * is not quoted.
USER = 'o"hara \\ *'
NEIGHBOUR = 'o"hara \\ x'


class Example:
    def __init__(self, process):
        self._process = process

    async def say(self, line):
        self._process.stdin.write(line.encode() + b"\n")
        await self._process.stdin.drain()

    async def read(self, *wanted):
        """Reads until all these lines have come, in any order."""
        missing = set(wanted)
        while missing:
            line = (await self._process.stdout.readline()).decode()
            assert line, f"it ended without {missing}"
            missing.discard(line.rstrip("\n"))

    async def end(self):
        self._process.stdin.close()
        expect("exit code", await self._process.wait(), 0)


@contextlib.asynccontextmanager
async def example(gateway):
    process = await asyncio.create_subprocess_exec(
        *shlex.split(os.environ["EXAMPLE_COMMAND"]), gateway.control.address,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
    try:
        yield Example(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@contextlib.asynccontextmanager
async def client(gateway, user):
    """Yields a connected client that is labelled with this user, and its id."""
    async with websockets.connect(gateway.url(), compression=None) as ws:
        connection_id = ws.response_headers["X-Connection-Id"]
        await gateway.control.call("UpdateConnection", update_mask={"paths": ["labels"]},
                                   connection={"connection_id": connection_id, "labels": {"user": user}})
        yield ws, connection_id


async def expect_closed(ws):
    await ws.wait_closed()
    expect("the client's code and reason", (ws.close_code, ws.close_reason), (4001, "logged out"))


async def a_user_who_logs_out_is_gone(gateway):
    async with client(gateway, USER) as (one, one_id), client(gateway, USER) as (two, two_id), \
            client(gateway, NEIGHBOUR) as (neighbour, neighbour_id), example(gateway) as program:
        await program.read(f"here {one_id} {USER}", f"here {two_id} {USER}", f"here {neighbour_id} {NEIGHBOUR}")
        await program.say(USER)
        await program.read(f"{USER}: 2 closed")
        await expect_closed(one)
        await expect_closed(two)
        await neighbour.send("still here")
        expect("the neighbour's echo", await neighbour.recv(), "still here")
        await program.say("nobody")
        await program.read("nobody: 0 closed")
        await program.end()


async def it_watches_who_comes_and_goes(gateway):
    async with client(gateway, NEIGHBOUR) as (_, first_id), example(gateway) as program:
        await program.read(f"here {first_id} {NEIGHBOUR}")
        # The first bookmark shows that the watch has started.
        await program.read("bookmark ")
        async with client(gateway, USER) as (ws, connection_id):
            await program.read(f"opened {connection_id}", f"updated {connection_id}")
            await program.say(USER)
            await program.read(f"closed {connection_id}", f"{USER}: 1 closed")
            await expect_closed(ws)
        await program.end()


if __name__ == "__main__":
    run(os.environ["EXAMPLE"], [a_user_who_logs_out_is_gone, it_watches_who_comes_and_goes])
