#!/usr/bin/env python3
"""Measures how client libraries behave with a gateway. Started by `run`, which installs the libraries."""

import os
import re
import shlex
import socket
import sys

from gateway import PATIENCE, Gateway, Program
from table import ROOT, read_rows, write_rows

# Name in the document: language, name in its program. The version files of each language have the versions.
CLIENTS = {
    "websockets 17.4, asyncio (Python)": ("python", "websockets"),
    "websockets 17.4, sync (Python)": ("python", "websockets-sync"),
    "websocket-client 1.9.2, WebSocketApp (Python)": ("python", "websocket-client"),
    "aiohttp 3.14.5 (Python)": ("python", "aiohttp"),
    "Tornado 6.6.1 (Python)": ("python", "tornado"),
    "autobahn 26.10.2 (Python)": ("python", "autobahn"),
    "picows 2.3.1, core API (Python)": ("python", "picows"),
    "httpx-ws 0.9.0, sync (Python)": ("python", "httpx-ws"),
    "ws 8.23.0 (npm)": ("node", "ws"),
    "websocket 1.0.35 (npm)": ("node", "websocket"),
    "faye-websocket 0.11.4 (npm)": ("node", "faye"),
    "undici 7.30.2 (npm)": ("node", "undici"),
    "gorilla/websocket 1.5.3 (Go)": ("go", "gorilla"),
    "coder/websocket 1.8.15 (Go)": ("go", "coder"),
    "gobwas/ws 1.5.0 (Go)": ("go", "gobwas"),
    "lxzan/gws 1.8.9 (Go)": ("go", "gws"),
    "golang.org/x/net/websocket 0.62.0 (Go)": ("go", "x-net"),
}

# Sizes at and just above the limits of the libraries. The gateway sends messages of up to 4 MiB.
SIZES = [n + more for n in (1 << 15, 1 << 16, 1 << 17, 1 << 18, 1 << 20) for more in (0, 1)] + [4_000_000]


class Client(Program):
    """A client that is connected to the gateway with a path of its own."""

    def __init__(self, language, name, gateway, what):
        self.path = f"/{name}/{what}"
        command = shlex.split(os.environ[f"ATLAS_{language.upper()}"])
        super().__init__([*command, name, f"ws://{gateway.ws}{self.path}/"])
        self.expect("open")
        self.connection_id = gateway.connection_at(self.path + "/")["connection_id"]

    def end(self):
        """Returns what the application learns of the end."""
        return re.sub(r"127\.0\.0\.1:\d+", "HOST:PORT", self.expect("end"))


def interrupted(client, gateway, *arguments):
    """Returns what the application learns of the end, and the answer of InterruptConnection."""
    answer = gateway.interrupt(client.connection_id, *arguments)
    return client.end(), answer


def outcome_of(answer):
    words = answer["outcome"].replace("INTERRUPT_OUTCOME_CLOSED_", "")
    return f"{words}, answers {answer['connection']['close'].get('received_code', 0) or 'nothing'}"


def largest_message(client, gateway):
    """Returns the largest of SIZES that arrives, and how the next one ends the client."""
    largest = 0
    for size in SIZES:
        gateway.send(client.connection_id, "x" * size)
        line = client.line()
        if line != f"message {size}":
            code = gateway.get_closed(client.connection_id)["close"].get("received_code", 0)
            return f"{largest}; then {f'closes with {code}' if code else 'leaves without a close frame'}"
        largest = size
    return f"{largest} or more"


def request_headers(language, name):
    """Returns the headers of an upgrade request, in lower case. The listener does not answer it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(PATIENCE)
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        command = shlex.split(os.environ[f"ATLAS_{language.upper()}"])
        with Program([*command, name, f"ws://{address}/x/"]):
            peer, _ = listener.accept()
            with peer:
                peer.settimeout(PATIENCE)
                head = b""
                while b"\r\n\r\n" not in head:
                    head += peer.recv(65536)
    lines = head.decode("latin-1").split("\r\n")[1:]
    return {key.lower(): value.strip().replace(address, "HOST:PORT") for key, _, value in (line.partition(":") for line in lines)}


def measure(language, name, gateway):
    """Returns the cells of a row."""

    def client(what):
        return Client(language, name, gateway, what)

    headers = request_headers(language, name)
    with client("pong") as waiting:
        pong = "yes" if gateway.has_round_trip(waiting.connection_id) else "no"
    with client("4001") as one:
        seen, answer = interrupted(one, gateway, "--code", "4001", "--reason", "token revoked")
    with client("1001") as one:
        going_away, _ = interrupted(one, gateway, "--code", "1001", "--reason", "going away")
    with client("1012") as one:
        restart, _ = interrupted(one, gateway, "--code", "1012", "--reason", "restart")
    with client("abort") as one:
        aborted, _ = interrupted(one, gateway, "--abort")
    with client("sizes") as one:
        largest = largest_message(one, gateway)
    return [
        seen,
        outcome_of(answer),
        going_away,
        restart,
        aborted,
        pong,
        largest,
        headers.get("sec-websocket-extensions") or "none",
        headers.get("user-agent") or "none",
        headers.get("origin") or "none",
    ]


def chosen(words):
    return {row: client for row, client in CLIENTS.items() if not words or client[1] in words}


def main():
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    unknown = set(words) - {name for _, name in CLIENTS.values()}
    if unknown:
        sys.exit(f"no such client: {', '.join(sorted(unknown))}; there are {', '.join(name for _, name in CLIENTS.values())}")
    clients = chosen(words)
    if "--languages" in sys.argv:
        print(*sorted({language for language, _ in clients.values()}))
        return
    before, failures = read_rows(), 0
    rows = dict(before)
    with Gateway(ROOT / "build/drawbridge", ROOT / "build/drawbridgectl") as gateway:
        for row, (language, name) in clients.items():
            rows[row] = measure(language, name, gateway)
            same = before.get(row) == rows[row]
            failures += not same
            if "--check" in sys.argv:
                print("ok" if same else "FAIL", f"{name}" if same else f"{name}: {before.get(row)} became {rows[row]}", flush=True)
            else:
                print(row, *rows[row], sep="\n  ", flush=True)
                write_rows({row: rows[row] for row in CLIENTS if row in rows})
    if "--check" in sys.argv:
        print(f"{len(clients) - failures} passed, {failures} failed")
        sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
