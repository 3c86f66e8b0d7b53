"""Lists and watches the connections of a gateway, and ends those of every user who logs out.

    logout.py HOST:PORT < users-who-log-out, a name a line

Whoever authenticates users says so on their connections, by UpdateConnection: the label `user`.
"""

import re
import sys
import threading

import grpc

from drawbridge.control.v1 import control_pb2, control_pb2_grpc


def quoted(value):
    """A value for a filter (docs/filter.md): nothing in a name may mean anything there."""
    return '"' + re.sub(r'(["\\*])', r"\\\1", value) + '"'


def show_all(control):
    request = control_pb2.ListConnectionsRequest(filter="labels:user")
    while True:
        page = control.ListConnections(request, timeout=10)
        for connection in page.connections:
            print("here", connection.connection_id, connection.labels["user"], flush=True)
        if not page.next_page_token:  # a page may be empty without being the last
            return
        request.page_token = page.next_page_token


def watch(control):
    try:
        for event in control.WatchConnections(control_pb2.WatchConnectionsRequest(skip_snapshot=True)):
            kind = control_pb2.ConnectionEventType.Name(event.type).replace("CONNECTION_EVENT_TYPE_", "").lower()
            print(kind, event.connection.connection_id, flush=True)
    except grpc.RpcError as error:  # after UNAVAILABLE, a real program goes on with the last resume_token
        print("watch ended:", error.code().name, flush=True)


def log_out(control, user):
    request = control_pb2.InterruptConnectionsRequest(
        filter="labels.user = " + quoted(user), code=4001, reason="logged out", rate_per_second=-1)
    for progress in control.InterruptConnections(request):
        pass  # the last one has all counts
    print(f"{user}: {progress.matched_count} closed", flush=True)


with grpc.insecure_channel(sys.argv[1]) as channel:
    stub = control_pb2_grpc.ConnectionServiceStub(channel)
    show_all(stub)
    threading.Thread(target=watch, args=(stub,), daemon=True).start()
    for line in sys.stdin:
        log_out(stub, line.rstrip("\n"))
