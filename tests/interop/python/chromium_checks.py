"""A page in headless Chromium connects, echoes, and shows the code and reason of its interrupt."""

import asyncio
import contextlib
import http.server
import json
import os
import pathlib
import signal
import tempfile
import threading
import urllib.parse

from checks import expect, run

PAGE = pathlib.Path(__file__).with_name("page.html").read_bytes()
EXTENSIONS = {
    None: "",
    "alone": "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
    "takeover": "permessage-deflate; server_max_window_bits=12; client_max_window_bits=12",
}
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync")


@contextlib.contextmanager
def page_server(on_event, page=PAGE, tokens=iter(())):
    """Serves the page, collects what it posts to /events, and yields the page's origin. A POST to /token gets the next token."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            found = urllib.parse.urlsplit(self.path).path == "/"
            self._answer(200 if found else 404, page if found else b"")

        def do_POST(self):
            if self.path == "/token":
                token = next(tokens, None)
                return self._answer(200 if token else 401, (token or "").encode())
            on_event(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self._answer(200, b"")

        def _answer(self, status, body):
            self.send_response(status)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextlib.asynccontextmanager
async def chromium(url, flags):
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        # A separate session, so that all its processes can be killed together.
        process = await asyncio.create_subprocess_exec(
            "chromium", *FLAGS, *flags, f"--user-data-dir={folder}/profile", url, start_new_session=True,
            env={**os.environ, "TMPDIR": folder},
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL)
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


@contextlib.asynccontextmanager
async def page(gateway, path):
    """Yields the origin of a page connected to the gateway, and a function that waits for its next event."""
    loop = asyncio.get_running_loop()
    events = asyncio.Queue()

    async def next_event(name):
        event = await events.get()
        expect("event", event.pop("event"), name)
        return event

    with page_server(lambda event: loop.call_soon_threadsafe(events.put_nowait, event)) as origin:
        query = urllib.parse.urlencode({"ws": gateway.url(path)})
        # Chromium has no environment variable for an additional trusted certificate.
        flags = ["--ignore-certificate-errors"] if gateway.tls else []
        async with chromium(f"{origin}/?{query}", flags):
            yield origin, next_event


async def listed(gateway, path):
    found = [c for c in (await gateway.control.list())["connections"] if c["path"] == path]
    assert len(found) == 1, f"want one connection on {path}, got {found}"
    return found[0]


async def echoes_and_shows_the_interrupt(gateway):
    async with page(gateway, "/chromium") as (origin, next_event):
        echoed = await next_event("echoed")
        expect("echoes", echoed,
               {"text": "zażółć 🌉", "binary": "0 1 127 128 255", "extensions": EXTENSIONS[gateway.deflate]})
        connection = await listed(gateway, "/chromium")
        expect("origin", connection["origin"], origin)
        expect("tls", connection["tls"], gateway.tls)
        assert "Chrome" in connection["userAgent"], connection
        answer = await gateway.control.interrupt(connection["connectionId"], 4001, "zamykamy most")
        expect("outcome", answer["outcome"], "INTERRUPT_OUTCOME_CLOSED_CLEAN")
        expect("shown", await next_event("closed"), {"closed": "4001 zamykamy most", "clean": True})


async def closed_tab_leaves_the_list(gateway):
    async with page(gateway, "/tab") as (_, next_event):
        await next_event("echoed")
        connection_id = (await listed(gateway, "/tab"))["connectionId"]
    # Chromium has ended. The interrupt answers once the connection has, too.
    answer = await gateway.control.interrupt(connection_id, 4001, "too late")
    assert answer["outcome"] != "INTERRUPT_OUTCOME_CLOSED_CLEAN", answer
    ids = [c["connectionId"] for c in (await gateway.control.list())["connections"]]
    assert connection_id not in ids, ids


if __name__ == "__main__":
    run("chromium", [echoes_and_shows_the_interrupt, closed_tab_leaves_the_list],
        [echoes_and_shows_the_interrupt], [echoes_and_shows_the_interrupt])
