"""Checks with grpclib, which uses hyper-h2 and closes the connection on any violation of HTTP/2."""

import asyncio

import websockets
from grpclib.client import Channel, UnaryStreamMethod, UnaryUnaryMethod
from grpclib.const import Status
from grpclib.exceptions import GRPCError

from checks import expect, run
from control import SERVICE
from drawbridge.control.v1 import control_pb2 as pb


def interrupt_method(channel):
    return UnaryUnaryMethod(channel, f"/{SERVICE}/InterruptConnection", pb.InterruptConnectionRequest,
                            pb.InterruptConnectionResponse)


async def count_rows(channel, rows):
    """Watches until it is cancelled, and keeps the events."""
    watch = UnaryStreamMethod(channel, f"/{SERVICE}/WatchConnections", pb.WatchConnectionsRequest,
                              pb.WatchConnectionsResponse)
    async with watch.open() as stream:
        await stream.send_message(pb.WatchConnectionsRequest(), end=True)
        async for row in stream:
            rows.append(row)


async def deadlines_of_waiting_calls_leave_the_connection_alone(gateway):
    host, port = gateway.control.address.rsplit(":", 1)
    channel = Channel(host, int(port))
    rows = []
    watch = asyncio.create_task(count_rows(channel, rows))
    try:
        async with websockets.connect(gateway.url(), compression=None, close_timeout=0.1) as client:
            connection_id = client.response_headers["X-Connection-Id"]
            client.transport.pause_reading()  # so that it does not answer
            request = pb.InterruptConnectionRequest(connection_id=connection_id)
            request.grace.seconds = 60
            ends = set()
            for _ in range(60):
                try:
                    await interrupt_method(channel)(request, timeout=0.03)
                    ends.add("OK")
                except GRPCError as error:
                    ends.add(error.status)
                except asyncio.TimeoutError:  # the client's own timeout
                    ends.add(Status.DEADLINE_EXCEEDED)
                assert not watch.done(), f"the watch ended: {watch.exception()}"
            expect("how the interrupts end", ends, {Status.DEADLINE_EXCEEDED})
            client.transport.abort()
        await gateway.control.call("ListConnections")
        while not any(row.connection.connection_id == connection_id and
                      row.type == pb.CONNECTION_EVENT_TYPE_CLOSED for row in rows):
            assert not watch.done(), f"the watch ended: {watch.exception()}"
            await asyncio.sleep(0.01)
    finally:
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)
        channel.close()


if __name__ == "__main__":
    run("grpclib", [deadlines_of_waiting_calls_leave_the_connection_alone])
