"""Lists and watches the connections of a gateway, and ends the connections of each user that logs out.

    logout.py HOST:PORT < file with one user name per line

The service that authenticates users must set the label `user` on their connections, with UpdateConnection.
"""

import re
import sys
import threading

import grpc

from drawbridge.control.v1 import control_pb2, control_pb2_grpc


def quoted(value):
    """Quotes a value for a filter (docs/filter.md), so that no character in it has a special meaning."""
    return '"' + re.sub(r'(["\\*])', r"\\\1", value) + '"'


def show_all(control):
    request = control_pb2.ListConnectionsRequest(filter="labels:user")
    while True:
        page = control.ListConnections(request, timeout=10)
        for connection in page.connections:
            print("here", connection.connection_id, connection.labels["user"], flush=True)
        if not page.next_page_token:  # an empty page is not necessarily the last
            return
        request.page_token = page.next_page_token


def watch(control):
    try:
        for event in control.WatchConnections(control_pb2.WatchConnectionsRequest(skip_snapshot=True)):
            kind = control_pb2.ConnectionEventType.Name(event.type).replace("CONNECTION_EVENT_TYPE_", "").lower()
            print(kind, event.connection.connection_id, flush=True)
    except grpc.RpcError as error:  # after UNAVAILABLE, a real program resumes with the last resume_token
        print("watch ended:", error.code().name, flush=True)


def log_out(control, user):
    request = control_pb2.InterruptConnectionsRequest(
        filter="labels.user = " + quoted(user), code=4001, reason="logged out", rate_per_second=-1)
    for progress in control.InterruptConnections(request):
        pass  # the last message has the final counts
    print(f"{user}: {progress.matched_count} closed", flush=True)


with grpc.insecure_channel(sys.argv[1]) as channel:
    stub = control_pb2_grpc.ConnectionServiceStub(channel)
    show_all(stub)
    threading.Thread(target=watch, args=(stub,), daemon=True).start()
    for line in sys.stdin:
        log_out(stub, line.rstrip("\n"))
