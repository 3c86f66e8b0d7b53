"""Proxies between client and gateway, with the configurations of deploy/.

Their addresses differ, and their idle times are 2 s instead of 60 s; the gateway pings every 500 ms instead of every 25 s.
Two of the three gateways of each proxy are down."""

import asyncio
import base64
import contextlib
import http.server
import json
import os
import pathlib
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

import websockets

from checks import expect, run

ROOT = pathlib.Path(__file__).resolve().parents[3]
IDLE_SECONDS = 2
CLIENT = "127.0.0.7"  # a loopback address that no proxy uses


def free_address():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return "127.0.0.1:%d" % probe.getsockname()[1]


def with_short_idle_times(config):
    return config.replace("60s", f"{IDLE_SECONDS}s")


class Nginx:
    def __init__(self, folder, gateway):
        self.address = free_address()
        site = with_short_idle_times((ROOT / "deploy/nginx/drawbridge.conf").read_text())
        site = site.replace("edge-1:8080", gateway.ws).replace("listen 80", f"listen {self.address}")
        site = re.sub(r"edge-[23]:8080", lambda _: free_address(), site)
        config = folder / "nginx.conf"
        config.write_text(f"""
            daemon off; pid {folder}/nginx.pid; error_log stderr warn;
            events {{ }}
            http {{ access_log off; {"".join(f"{name}_temp_path {folder}/{name};" for name in
                    ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))} {site} }}""")
        self.command = ["/usr/sbin/nginx", "-e", "stderr", "-c", str(config)]
        self.environment = {}


def make_certificate(folder):
    """Makes cert.pem, key.pem and both in tls.pem, for 127.0.0.1."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
         "subjectAltName=IP:127.0.0.1", "-out", folder / "cert.pem", "-keyout", folder / "key.pem"],
        check=True, stderr=subprocess.DEVNULL)
    (folder / "tls.pem").write_text((folder / "cert.pem").read_text() + (folder / "key.pem").read_text())


class AuthenticationService(http.server.BaseHTTPRequestHandler):
    """Admits requests whose token is "good", or "good" and a user, which it sends as oauth2-proxy does."""

    def do_GET(self):
        scheme, good, user = (self.headers.get("Authorization", "").split() + ["", "", ""])[:3]
        self.send_response(204 if (scheme, good) == ("Bearer", "good") else 401)
        if user:
            self.send_header("X-Auth-Request-User", user)
            self.send_header("X-Auth-Request-Groups", "staff,ops")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class NginxTls(Nginx):
    """Runs nginx with drawbridge-tls.conf, which uses an authentication service."""

    good_token = "good"
    site = "deploy/nginx/drawbridge-tls.conf"

    def __init__(self, folder, gateway):
        super().__init__(folder, gateway)
        make_certificate(folder)
        service = http.server.ThreadingHTTPServer(("127.0.0.1", 0), AuthenticationService)
        threading.Thread(target=service.serve_forever, daemon=True).start()
        self.tls_address, self.certificate = free_address(), folder / "cert.pem"
        site = (ROOT / self.site).read_text()
        for old, new in (("listen 443", f"listen {self.tls_address}"), ("auth.example:8000", f"127.0.0.1:{service.server_port}"),
                         ("/etc/nginx/tls.crt", f"{folder}/cert.pem"), ("/etc/nginx/tls.key", f"{folder}/key.pem")):
            site = site.replace(old, new)
        config = folder / "nginx.conf"
        config.write_text(config.read_text().rstrip().removesuffix("}") + site + "}")


class NginxAuth(NginxTls):
    """Runs nginx with drawbridge-auth.conf, whose authentication service identifies the client."""

    site = "deploy/nginx/drawbridge-auth.conf"


class HAProxy:
    def __init__(self, folder, gateway):
        self.address = free_address()
        config = folder / "haproxy.cfg"
        config.write_text(with_short_idle_times((ROOT / "deploy/haproxy/haproxy.cfg").read_text()))
        self.command = ["/usr/sbin/haproxy", "-db", "-f", str(config)]
        self.environment = {
            "HAPROXY_LISTEN": self.address, "HAPROXY_SOCKET": f"{folder}/haproxy.sock",
            "EDGE_1": gateway.ws, "EDGE_2": free_address(), "EDGE_3": free_address(),
            # The same admin port for all, so that HAProxy considers all of them healthy at first.
            **{f"EDGE_{i}_ADMIN": os.environ["ADMIN"].rsplit(":", 1)[1] for i in (1, 2, 3)},
        }


def signed_token(folder, expires):
    """Returns a JWT that is signed by RS256 with the key of key.pem."""
    parts = [{"alg": "RS256", "typ": "JWT"}, {"sub": "interop", "exp": expires}]
    text = b".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts)
    signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", folder / "key.pem"], input=text, check=True, capture_output=True)
    return (text + b"." + base64.urlsafe_b64encode(signature.stdout).rstrip(b"=")).decode()


class HAProxyTls(HAProxy):
    """Runs HAProxy with haproxy-tls.cfg, which checks signed tokens."""

    def __init__(self, folder, gateway):
        super().__init__(folder, gateway)
        make_certificate(folder)
        subprocess.run(["openssl", "x509", "-in", folder / "cert.pem", "-pubkey", "-noout", "-out", folder / "token.pub"], check=True)
        self.tls_address, self.certificate = free_address(), folder / "cert.pem"
        self.command += ["-f", str(ROOT / "deploy/haproxy/haproxy-tls.cfg")]
        self.environment |= {"HAPROXY_TLS_LISTEN": self.tls_address, "HAPROXY_TLS_PEM": f"{folder}/tls.pem",
                             "HAPROXY_TOKEN_KEY": f"{folder}/token.pub"}
        self.good_token = signed_token(folder, int(time.time()) + 600)
        self.late_token = signed_token(folder, int(time.time()) - 1)


def deployed(path, gateway, port_separator=":"):
    """Returns a configuration with the addresses of one running gateway and of two that are down."""
    text = with_short_idle_times((ROOT / path).read_text())
    for name, address in (("edge-1", gateway.ws), ("edge-2", free_address()), ("edge-3", free_address())):
        text = text.replace(f"{name}{port_separator}8080", address.replace(":", port_separator))
    return text


class Apache:
    MODULES = ("mpm_event", "authz_core", "proxy", "proxy_http", "proxy_balancer", "lbmethod_bybusyness", "slotmem_shm", "headers")

    def __init__(self, folder, gateway):
        self.address = free_address()
        site = deployed("deploy/apache/drawbridge.conf", gateway)
        site = site.replace("timeout=60", f"timeout={IDLE_SECONDS}").replace("Timeout 60", f"Timeout {IDLE_SECONDS}")
        config = folder / "apache.conf"
        config.write_text(
            "".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n" for name in self.MODULES)
            + f"ServerRoot {folder}\nDefaultRuntimeDir {folder}\nPidFile {folder}/pid\nErrorLog /dev/stderr\nServerName test\n"
            + f"Listen {self.address}\n" + site.replace("*:80", self.address))
        self.command = ["/usr/sbin/apache2", "-X", "-f", str(config)]
        self.environment = {}


class Lighttpd:
    def __init__(self, folder, gateway):
        self.address = free_address()
        host, port = self.address.split(":")
        site = deployed("deploy/lighttpd/drawbridge.conf", gateway, '", "port" => ')
        site = site.replace("max-read-idle = 60", f"max-read-idle = {IDLE_SECONDS}")
        config = folder / "lighttpd.conf"
        config.write_text(
            f'server.document-root = "{folder}"\nserver.bind = "{host}"\nserver.port = {port}\nserver.errorlog = "/dev/stderr"\n'
            + site)
        self.command = ["/usr/sbin/lighttpd", "-D", "-f", str(config)]
        self.environment = {}


class Caddy:
    def __init__(self, folder, gateway):
        self.address = free_address()
        host, port = self.address.split(":")
        # Debian's Caddy 2.6 does not support stream_close_delay.
        site = re.sub(r".*stream_close_delay.*\n", "", deployed("deploy/caddy/Caddyfile", gateway))
        config = folder / "Caddyfile"
        config.write_text("{\n admin off\n auto_https off\n}\n" + site.replace(":80 {", f"http://{host}:{port} {{"))
        self.command = ["/usr/bin/caddy", "run", "--adapter", "caddyfile", "--config", str(config)]
        self.environment = {"HOME": str(folder)}


class Envoy:
    def __init__(self, folder, gateway):
        self.address = free_address()
        text = deployed("deploy/envoy/envoy.yaml", gateway, ", port_value: ")
        host, port = self.address.split(":")
        config = folder / "envoy.yaml"
        config.write_text(text.replace("address: 0.0.0.0, port_value: 80 ", f"address: {host}, port_value: {port} "))
        self.command = [os.environ["ENVOY"], "-c", str(config), "--concurrency", "1", "--use-dynamic-base-id", "-l", "warning"]
        self.environment = {}


@contextlib.asynccontextmanager
async def running(kind, gateway):
    """Runs a proxy of that kind."""
    with tempfile.TemporaryDirectory() as folder:
        proxy = kind(pathlib.Path(folder), gateway)
        process = await asyncio.create_subprocess_exec(
            *proxy.command, env={**os.environ, **proxy.environment}, stderr=asyncio.subprocess.PIPE)
        try:
            try:
                await asyncio.wait_for(until_it_serves(proxy.address), 20)
            except asyncio.TimeoutError:
                process.kill()
                raise AssertionError(f"does not serve: {(await process.stderr.read()).decode()}") from None
            yield proxy
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()


async def until_it_serves(address):
    while True:
        with contextlib.suppress(OSError, websockets.InvalidStatusCode, websockets.InvalidMessage):
            async with websockets.connect(f"ws://{address}/"):
                return
        await asyncio.sleep(0.02)


def connect(url, **options):
    """Connects from a client address that no proxy uses."""
    return websockets.connect(url, local_addr=(CLIENT, 0), ping_interval=None, **options)


async def listed(gateway, ws):
    answer = await gateway.control.call("GetConnection", connection_id=ws.response_headers["X-Connection-Id"])
    return answer["connection"]


async def every_client_gets_through(url, gateway):
    """Two of the three gateways are down: the proxy tries the next one."""
    for _ in range(20):
        async with connect(url) as ws:
            await ws.send("hello")
            expect("echo", await ws.recv(), "hello")


async def messages_pass_whole(url, gateway):
    async with connect(url, max_size=None) as ws:
        for size in (0, 1, 125, 126, 65535, 65536, 1 << 20):
            data = bytes(i * 31 % 251 for i in range(size))
            await ws.send(data)
            expect(f"echo of {size} bytes", await ws.recv(), data)


async def address_is_the_clients(url, gateway):
    async with connect(url) as ws:
        expect("address", (await listed(gateway, ws))["remoteAddress"].rsplit(":", 1)[0], CLIENT)


async def address_cannot_be_made_up(url, gateway):
    for header in ({"X-Forwarded-For": "192.0.2.1"}, {"Forwarded": "for=192.0.2.1"}):
        async with connect(url, extra_headers=header) as ws:
            expect(f"address with {header}", (await listed(gateway, ws))["remoteAddress"].rsplit(":", 1)[0], CLIENT)


async def close_codes_pass_to_the_client(url, gateway):
    for code, reason in ((1008, "policy"), (1012, "restart"), (4001, "żegnaj")):
        async with connect(url) as ws:
            answer = await gateway.control.interrupt(ws.response_headers["X-Connection-Id"], code, reason)
            await ws.wait_closed()
            expect("close", (ws.close_code, ws.close_reason), (code, reason))
            expect("outcome", answer["outcome"], "INTERRUPT_OUTCOME_CLOSED_CLEAN")


async def close_codes_pass_to_the_gateway(url, gateway):
    for code in (1000, 1001, 4002):
        ws = await connect(url)
        await ws.close(code, "done")
        close = (await listed(gateway, ws))["close"]
        expect("close", (close["receivedCode"], close["receivedReason"], close["clean"]), (code, "done", True))


async def pings_keep_an_idle_connection(url, gateway):
    async with connect(url) as ws:
        await asyncio.sleep(2.5 * IDLE_SECONDS)
        await ws.send("still here")
        expect("echo", await ws.recv(), "still here")


async def without_pings_it_is_cut(url, gateway):
    """If the idle time is shorter than --ping_interval, connections end without a close frame."""
    async with connect(url) as ws:
        await asyncio.wait_for(ws.wait_closed(), 5 * IDLE_SECONDS)
        expect("close code", ws.close_code, 1006)


async def only_a_good_token_gets_in_by_tls(proxy, gateway):
    tls = ssl.create_default_context(cafile=proxy.certificate)

    def open_with(token):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return connect(f"wss://{proxy.tls_address}/", ssl=tls, extra_headers=headers)

    async with open_with(proxy.good_token) as ws:
        await ws.send("hello")
        expect("echo", await ws.recv(), "hello")
        connection = await listed(gateway, ws)
        expect("address", connection["remoteAddress"].rsplit(":", 1)[0], CLIENT)
        expect("tls", connection["tls"], True)
    for token in (None, "bad", getattr(proxy, "late_token", "late"), proxy.good_token[:-4] + "AAAA"):
        try:
            async with open_with(token):
                raise AssertionError(f"let in with the token {token}")
        except websockets.InvalidStatusCode as refused:
            expect("status", refused.status_code, 401)


async def the_proxy_tells_who_the_client_is(proxy, gateway):
    tls = ssl.create_default_context(cafile=proxy.certificate)
    made_up = {"X-Auth-Request-User": "root", "X-Auth-Request-Groups": "wheel"}
    for token, principal, labels in (("good alice", "alice", {"groups": "staff,ops"}), ("good", "", {})):
        headers = {"Authorization": f"Bearer {token}", **made_up}
        async with connect(f"wss://{proxy.tls_address}/", ssl=tls, extra_headers=headers) as ws:
            connection = await listed(gateway, ws)
            expect("principal", connection["principal"], principal)
            expect("labels", connection["labels"], labels)
    async with connect(gateway.url(), extra_headers=made_up) as ws:
        connection = await listed(gateway, ws)
        expect("principal without the proxy", (connection["principal"], connection["labels"]), ("", {}))


TLS_KINDS = (NginxTls, NginxAuth, HAProxyTls)

CHECKS = [every_client_gets_through, messages_pass_whole, address_is_the_clients, address_cannot_be_made_up,
          close_codes_pass_to_the_client, close_codes_pass_to_the_gateway, pings_keep_an_idle_connection]


def through(kind, check):
    async def checked(gateway):
        async with running(kind, gateway) as proxy:
            await check(proxy if kind in TLS_KINDS else f"ws://{proxy.address}", gateway)

    checked.__name__ = f"{kind.__name__.lower()}_{check.__name__}"
    return checked


if __name__ == "__main__":
    pings = "--no_pings" not in sys.argv
    if not pings:
        sys.argv.remove("--no_pings")
    idle_cut = [] if pings else [without_pings_it_is_cut]
    kinds = (Nginx, HAProxy, Apache, Lighttpd, Caddy, Envoy)
    # Caddy has no idle timeout.
    run("proxies", [through(kind, check) for kind in kinds if pings or kind is not Caddy
                    for check in (CHECKS if pings else idle_cut)]
        + [through(kind, only_a_good_token_gets_in_by_tls) for kind in TLS_KINDS if pings]
        + [through(NginxAuth, the_proxy_tells_who_the_client_is)] * pings)
