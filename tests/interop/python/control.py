"""Calls the control API by grpcurl with server reflection, without proto files. Its JSON is in lowerCamelCase."""

import asyncio
import dataclasses
import json
import os

SERVICE = "drawbridge.control.v1.ConnectionService"

# grpcurl's exit code is this plus the status code.
_STATUS_EXIT = 64


@dataclasses.dataclass
class Failure(Exception):
    code: int
    message: str
    details: list

    def detail(self, name):
        """Returns the one detail of type google.rpc.NAME."""
        found = [d for d in self.details if d["@type"].endswith(f"/google.rpc.{name}")]
        assert len(found) == 1, f"want one {name} among the details, got {self.details}"
        return found[0]


# For a control port with authentication: the CA of its certificate, and a token. Unset: plaintext without a token.
CA = os.environ.get("CONTROL_CA")
TOKEN = os.environ.get("CONTROL_TOKEN")


class Control:
    def __init__(self, grpcurl, address, token=TOKEN):
        self._grpcurl = grpcurl
        self._access = ("-cacert", CA) if CA else ("-plaintext",)
        if token:
            self._access += ("-H", f"authorization: Bearer {token}")
        self.address = address

    def bearing(self, token):
        """The same port with another caller's token; None: without a token."""
        return Control(self._grpcurl, self.address, token)

    async def run(self, *words, options=()):
        """Runs grpcurl once. Returns its exit code, standard output and standard error."""
        process = await asyncio.create_subprocess_exec(
            self._grpcurl, *self._access, "-connect-timeout", "5", "-max-time", "20", *options,
            self.address, *words,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
        out, err = await process.communicate()
        return process.returncode, out.decode(), err.decode()

    async def say(self, *words):
        """Returns the output of a successful grpcurl, e.g. for `list`."""
        status, out, err = await self.run(*words)
        assert status == 0, f"grpcurl {' '.join(words)}: exit code {status}, {err}"
        return out

    async def call(self, method, **request):
        """Returns the response with every field present. Raises Failure if the status is not OK."""
        options = ("-emit-defaults", "-format-error", "-d", json.dumps(request))
        status, out, err = await self.run(f"{SERVICE}/{method}", options=options)
        if status == 0:
            return json.loads(out)
        assert status > _STATUS_EXIT, f"grpcurl {method}: exit code {status}, {err}"
        error = json.loads(err)
        assert error["code"] == status - _STATUS_EXIT, f"exit code {status} for {error}"
        raise Failure(error["code"], error["message"], error.get("details", []))

    async def fails(self, method, **request):
        """Returns the Failure with which the call must end."""
        try:
            response = await self.call(method, **request)
        except Failure as failure:
            return failure
        raise AssertionError(f"{method} answered {response}, want a failure")

    async def list(self):
        return await self.call("ListConnections")

    async def interrupt(self, connection_id, code, reason):
        return await self.call("InterruptConnection", connection_id=connection_id, code=code, reason=reason)
