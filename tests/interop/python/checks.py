"""Runs named checks one after the other and prints the result of each."""

import argparse
import asyncio
import dataclasses
import traceback

from control import Control

DEADLINE_SECONDS = 30


@dataclasses.dataclass(frozen=True)
class Gateway:
    ws: str  # HOST:PORT
    control: Control
    tls: bool = False  # Python's ssl reads the certificate from SSL_CERT_FILE
    deflate: str = None  # "alone" or "takeover"

    def url(self, path="/"):
        return f"{'wss' if self.tls else 'ws'}://{self.ws}{path}"


def expect(what, got, want):
    assert got == want, f"{what}: got {_short(got)}, want {_short(want)}"


def run(client, checks, tls_checks=(), deflate_checks=()):
    """Runs the checks. Each is an async function that takes the gateway. Its name is the name of the check.

    `tls_checks` run against a gateway with TLS, `deflate_checks` against one with the compression that --deflate names.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--ws", required=True, help="HOST:PORT")
    parser.add_argument("--control", required=True, help="HOST:PORT")
    parser.add_argument("--grpcurl", required=True, help="path of the program")
    parser.add_argument("--tls", action="store_true", help="connect by wss")
    parser.add_argument("--deflate", choices=("alone", "takeover"))
    flags = parser.parse_args()
    gateway = Gateway(flags.ws, Control(flags.grpcurl, flags.control), flags.tls, flags.deflate)
    prefix = f"{client}/"
    if flags.tls:
        prefix, checks = f"{client}_tls/", tls_checks
    elif flags.deflate:
        prefix, checks = f"{client}/deflate_{flags.deflate}_", deflate_checks
    ended = [asyncio.run(_run_one(prefix + check.__name__, check, gateway)) for check in checks]
    raise SystemExit(0 if all(ended) else 1)


async def _run_one(name, check, gateway):
    try:
        await asyncio.wait_for(check(gateway), DEADLINE_SECONDS)
    except asyncio.TimeoutError:
        why = f"not done within {DEADLINE_SECONDS} s"
    except AssertionError as error:
        why = str(error) or traceback.format_exc(limit=-1)
    except Exception as error:  # a check may raise anything; the next one still runs
        why = f"{type(error).__name__}: {error}"
    else:
        print(f"ok {name}", flush=True)
        return True
    print(f"FAIL {name}: {' '.join(why.split())}", flush=True)
    return False


def _short(value):
    text = repr(value)
    return text if len(text) <= 300 else f"{text[:300]}... ({len(text)} characters)"
