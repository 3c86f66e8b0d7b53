"""Checks with grpcurl: lists the connections and ends exactly one of them."""

import contextlib

import websockets

from checks import expect, run
from control import SERVICE, TOKEN

INVALID_ARGUMENT = 3
NOT_FOUND = 5
PERMISSION_DENIED = 7
UNAUTHENTICATED = 16

RPCS = ("ListConnections", "GetConnection", "CountConnections", "InterruptConnection", "InterruptConnections",
        "UpdateConnection", "SendMessage", "BroadcastMessage", "WatchConnections")


@contextlib.asynccontextmanager
async def client(gateway, path="/"):
    """Yields a connected client and its id."""
    async with websockets.connect(gateway.url(path), compression=None) as ws:
        yield ws, ws.response_headers["X-Connection-Id"]


async def list_names_the_services(gateway):
    services = (await gateway.control.say("list")).split()
    assert SERVICE in services, services
    assert "grpc.health.v1.Health" in services, services
    for version in ("v1", "v1alpha"):
        assert f"grpc.reflection.{version}.ServerReflection" in services, services


async def every_service_can_be_described(gateway):
    for service in (await gateway.control.say("list")).split():
        text = await gateway.control.say("describe", service)
        assert f"{service} is a service" in text, text
    # Describes all services at once. It fails if one of them cannot be described.
    assert "grpc.health.v1.Health is a service" in await gateway.control.say("describe")


async def list_names_the_rpcs(gateway):
    methods = (await gateway.control.say("list", SERVICE)).split()
    expect("methods", sorted(methods), sorted(f"{SERVICE}.{rpc}" for rpc in RPCS))


async def describe_shows_the_service(gateway):
    text = await gateway.control.say("describe", SERVICE)
    package = ".drawbridge.control.v1"
    assert f"{SERVICE} is a service" in text, text
    for rpc in ("ListConnections", "InterruptConnection"):
        assert f"rpc {rpc} ( {package}.{rpc}Request ) returns ( {package}.{rpc}Response )" in text, text


async def describe_shows_a_message(gateway):
    text = await gateway.control.say("describe", "drawbridge.control.v1.InterruptConnectionRequest")
    for field in ("string connection_id = 1;", "uint32 code = 2;", "string reason = 3;",
                  ".google.protobuf.Duration grace = 4;", "bool no_wait = 7;"):
        assert field in text, text


async def list_connections_shows_both_clients(gateway):
    async with client(gateway, "/one?token=x") as (_, one), client(gateway, "/two") as (ws, two):
        await ws.send("twelve bytes")
        expect("echo", await ws.recv(), "twelve bytes")
        listed = await gateway.control.list()
        expect("ids, oldest first", [c["connectionId"] for c in listed["connections"]], [one, two])
        expect("total_size", listed["totalSize"], "2")
        expect("next_page_token", listed["nextPageToken"], "")
        expect("unreachable", listed["unreachable"], [])
        first, second = listed["connections"]
        expect("states", [first["state"], second["state"]], ["CONNECTION_STATE_OPEN"] * 2)
        expect("paths", [first["path"], second["path"]], ["/one", "/two"])
        host, port = ws.local_address
        expect("remote_address", second["remoteAddress"], f"{host}:{port}")
        expect("received_messages", [first["receivedMessages"], second["receivedMessages"]], ["0", "1"])
        expect("received_bytes", second["receivedBytes"], "12")
        assert first["createTime"] <= second["createTime"], listed


async def list_connections_in_pages(gateway):
    async with client(gateway) as (_, one), client(gateway) as (_, two), client(gateway) as (_, three):
        page = await gateway.control.call("ListConnections", page_size=2)
        expect("first page", [c["connectionId"] for c in page["connections"]], [one, two])
        assert page["nextPageToken"], "no next_page_token after two of three"
        page = await gateway.control.call("ListConnections", page_size=2, page_token=page["nextPageToken"])
        expect("second page", [c["connectionId"] for c in page["connections"]], [three])
        expect("next_page_token at the end", page["nextPageToken"], "")


async def interrupt_ends_exactly_one(gateway):
    async with client(gateway) as (gone, gone_id), client(gateway) as (stays, stays_id):
        answer = await gateway.control.interrupt(gone_id, 4001, "ended by the operator")
        expect("outcome", answer["outcome"], "INTERRUPT_OUTCOME_CLOSED_CLEAN")
        expect("joined", answer["joined"], False)
        await gone.wait_closed()
        expect("client's code", gone.close_code, 4001)
        expect("client's reason", gone.close_reason, "ended by the operator")
        listed = await gateway.control.list()
        expect("ids afterwards", [c["connectionId"] for c in listed["connections"]], [stays_id])
        expect("total_size afterwards", listed["totalSize"], "1")
        await stays.send("still here")
        expect("the other's echo", await stays.recv(), "still here")


async def interrupt_answers_the_final_state(gateway):
    async with client(gateway) as (_, connection_id):
        answer = await gateway.control.interrupt(connection_id, 4001, "ended by the operator")
        connection = answer["connection"]
        expect("connection_id", connection["connectionId"], connection_id)
        expect("state", connection["state"], "CONNECTION_STATE_CLOSED")
        close = {field: connection["close"][field]
                 for field in ("initiator", "sentCode", "sentReason", "receivedCode", "clean", "cause")}
        expect("close", close, {
            "initiator": "CLOSE_INITIATOR_CONTROL", "sentCode": 4001, "sentReason": "ended by the operator",
            "receivedCode": 4001, "clean": True, "cause": "interrupted"})
        got = await gateway.control.call("GetConnection", connection_id=connection_id)
        expect("GetConnection's state", got["connection"]["state"], "CONNECTION_STATE_CLOSED")
        expect("GetConnection's code", got["connection"]["close"]["sentCode"], 4001)


async def repeated_interrupt_is_already_closed(gateway):
    async with client(gateway) as (ws, connection_id):
        await gateway.control.interrupt(connection_id, 4001, "first")
        again = await gateway.control.interrupt(connection_id, 4002, "second")
        expect("outcome", again["outcome"], "INTERRUPT_OUTCOME_ALREADY_CLOSED")
        expect("the first one's code stands", again["connection"]["close"]["sentCode"], 4001)
        await ws.wait_closed()
        expect("client's code", ws.close_code, 4001)


async def interrupt_by_default_is_1008_interrupted(gateway):
    async with client(gateway) as (ws, connection_id):
        await gateway.control.call("InterruptConnection", connection_id=connection_id)
        await ws.wait_closed()
        expect("client's code and reason", (ws.close_code, ws.close_reason), (1008, "interrupted"))


async def reason_of_123_bytes_arrives_whole(gateway):
    reason = "é" * 61 + "!"
    async with client(gateway) as (ws, connection_id):
        await gateway.control.interrupt(connection_id, 4999, reason)
        await ws.wait_closed()
        expect("client's code and reason", (ws.close_code, ws.close_reason), (4999, reason))


def expect_failure(failure, code, field=None):
    expect("status code", failure.code, code)
    info = failure.detail("ErrorInfo")
    expect("ErrorInfo.domain", info["domain"], "drawbridge")
    assert info.get("reason"), f"ErrorInfo without a reason: {info}"
    if field:
        violations = failure.detail("BadRequest")["fieldViolations"]
        expect("BadRequest's fields", [v["field"] for v in violations], [field])
        assert violations[0].get("description"), f"no description: {violations}"


async def unknown_id_is_not_found(gateway):
    unknown = {"connection_id": "no0n-neverwas-1"}
    expect_failure(await gateway.control.fails("InterruptConnection", **unknown), NOT_FOUND)
    expect_failure(await gateway.control.fails("GetConnection", **unknown), NOT_FOUND)


async def malformed_id_is_invalid(gateway):
    for connection_id in ("", "Not An Id", "a" * 33):
        failure = await gateway.control.fails("InterruptConnection", connection_id=connection_id)
        expect_failure(failure, INVALID_ARGUMENT, "connection_id")


async def refused_code_or_reason_leaves_the_client_alone(gateway):
    refused = [("code", {"code": code}) for code in (1005, 1006, 2999, 5000)]
    refused += [("reason", {"code": 4001, "reason": reason}) for reason in ("x" * 124, "é" * 62)]
    async with client(gateway) as (ws, connection_id):
        for field, arguments in refused:
            failure = await gateway.control.fails("InterruptConnection", connection_id=connection_id, **arguments)
            expect_failure(failure, INVALID_ARGUMENT, field)
        await ws.send("untouched")
        expect("echo", await ws.recv(), "untouched")


async def without_a_token_nothing_is_told(gateway):
    nobody = gateway.control.bearing(None)
    status, out, err = await nobody.run("list")
    assert status != 0 and not out, (status, out)
    assert "a token" in err, err
    wrong = gateway.control.bearing("wrong")
    status, out, err = await wrong.run("describe", SERVICE)
    assert status != 0 and not out, (status, out)


async def a_viewer_looks_and_does_not_touch(gateway):
    viewer = gateway.control.bearing(VIEWER_TOKEN)
    async with client(gateway) as (ws, connection_id):
        listed = await viewer.list()
        expect("ids", [c["connectionId"] for c in listed["connections"]], [connection_id])
        failure = await viewer.fails("InterruptConnection", connection_id=connection_id)
        expect_failure(failure, PERMISSION_DENIED)
        expect("reason", failure.detail("ErrorInfo")["reason"], "ROLE_INSUFFICIENT")
        expect("metadata", failure.detail("ErrorInfo")["metadata"]["role_needed"], "operator")
        await ws.send("untouched")
        expect("echo", await ws.recv(), "untouched")


async def the_caller_is_the_actor(gateway):
    async with client(gateway) as (_, connection_id):
        answer = await gateway.control.interrupt(connection_id, 4001, "ended by the operator")
        expect("actor", answer["connection"]["close"]["actor"], "interop")


VIEWER_TOKEN = "the-viewer-of-the-interop-run"

GUARDED = [
    without_a_token_nothing_is_told,
    a_viewer_looks_and_does_not_touch,
    the_caller_is_the_actor,
]

if __name__ == "__main__":
    run("grpcurl_token" if TOKEN else "grpcurl", (GUARDED if TOKEN else []) + [
        list_names_the_services,
        every_service_can_be_described,
        list_names_the_rpcs,
        describe_shows_the_service,
        describe_shows_a_message,
        list_connections_shows_both_clients,
        list_connections_in_pages,
        interrupt_ends_exactly_one,
        interrupt_answers_the_final_state,
        repeated_interrupt_is_already_closed,
        interrupt_by_default_is_1008_interrupted,
        reason_of_123_bytes_arrives_whole,
        unknown_id_is_not_found,
        malformed_id_is_invalid,
        refused_code_or_reason_leaves_the_client_alone,
    ], [])
