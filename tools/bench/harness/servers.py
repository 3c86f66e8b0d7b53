"""The servers that are compared, and code that starts and stops one of them."""

import dataclasses
import pathlib
import select
import signal
import subprocess
import time

from harness import paths

SERVER_CORE = "0"
CLIENT_CORE = "1"


@dataclasses.dataclass(frozen=True)
class Server:
    """An echo server that prints a ready line. `needs`: Debian packages to build or run it. `tls`: whether it has
    the flags --tls_cert and --tls_key."""

    name: str
    title: str
    command: tuple
    target: str = ""  # Bazel target
    needs: tuple = ()
    built_by: str = "bazel"
    tls: bool = False


def _bazel(name, title, needs=()):
    return Server(name, title, (str(paths.PROGRAMS / name),), f"//tools/bench:{name}", needs)


SERVERS = {
    server.name: server
    for server in (
        _bazel("floor", "raw-epoll floor"),
        Server(
            "drawbridge",
            "Drawbridge",
            (
                str(paths.PROGRAMS / "drawbridge"),
                *("--control_listen", "127.0.0.1:0", "--admin_listen", "127.0.0.1:0", "--drain_spread", "0s", "--io_threads", "1"),
            ),
            "//services/server:drawbridge",
            tls=True,
        ),
        _bazel("libwebsockets", "libwebsockets", ("libwebsockets-dev",)),
        _bazel("websocketpp", "websocketpp", ("libwebsocketpp-dev",)),
        Server(
            "gorilla",
            "gorilla/websocket",
            (str(paths.PROGRAMS / "gorilla"),),
            needs=("golang-go",),
            built_by="go",
            tls=True,
        ),
        _bazel("stock_beast", "Beast as in its examples"),
        Server(
            "ws",
            "npm ws",
            ("node", str(paths.BENCH / "peers" / "ws" / "server.mjs")),
            needs=("nodejs", "npm"),
            built_by="npm",
            tls=True,
        ),
    )
}


class Failure(Exception):
    """A server or a measurement failed. The message is one line."""


class Running:
    """A started server. `words` has the key=value words of its ready line. It stops at the end of `with`."""

    def __init__(
        self, server, prefix=("taskset", "-c", SERVER_CORE), more=(), ready_within=10, stop_within=10
    ):
        log_path = paths.OUTPUT / f"{server.name}.log"
        with open(log_path, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [*prefix, *server.command, "--listen", "127.0.0.1:0", *more],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self.server = server
        self.stop_within = stop_within
        try:
            self.words = self._read_ready_line(ready_within)
        except Failure:
            self.stop()
            raise

    def _read_ready_line(self, seconds):
        readable, _, _ = select.select([self.process.stdout], [], [], seconds)
        line = self.process.stdout.readline() if readable else ""
        if not line.startswith("ready "):
            raise Failure(f"{self.server.name} did not print a ready line")
        return dict(word.split("=", 1) for word in line.split() if "=" in word)

    @property
    def pid(self):
        return self.process.pid

    def cpu_seconds(self):
        """CPU time of the server's threads so far, in seconds."""
        sum_ns = 0
        for line in _schedstats(self.pid):
            sum_ns += int(line.split()[0])
        return sum_ns / 1e9

    def stop(self):
        """Asks the server to end, and kills it if it does not end in time."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + self.stop_within
        while self.process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def _schedstats(pid):
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        try:
            yield (task / "schedstat").read_text()
        except OSError:
            continue  # the thread has ended
