#!/bin/bash
# github.com/lxzan/gws v1.8.9 (Go): the built-in event handler answers a ping with an empty pong.
#
# A guess from RFC 6455, section 5.5.3: a pong carries the application data of the ping that it answers. A server that measures
# round trips, or takes only its own payload for a sign of life, finds such a client dead although it answers each ping.
#
# Seen: the server sends a ping with "are you there"; the client answers `pong, 0 bytes`.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >server.py <<'PYTHON'
import base64, hashlib, socket, subprocess, sys

listener = socket.create_server(("127.0.0.1", 0))
client = subprocess.Popen([sys.argv[1], "ws://127.0.0.1:%d/" % listener.getsockname()[1]])
listener.settimeout(20)
peer, _ = listener.accept()
peer.settimeout(20)
stream = peer.makefile("rwb")
key = [line.split(b":")[1].strip() for line in iter(stream.readline, b"\r\n") if line.lower().startswith(b"sec-websocket-key")][0]
accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
stream.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + accept + b"\r\n\r\n")
stream.write(b"\x89\x0d" + b"are you there")
stream.flush()
first, second = stream.read(2)
print({9: "ping", 10: "pong"}.get(first & 15, first & 15), "%d bytes" % (second & 127), sep=", ")
client.kill()
PYTHON
cat >main.go <<'GO'
package main

import (
	"os"

	"github.com/lxzan/gws"
)

func main() {
	client, _, err := gws.NewClient(new(gws.BuiltinEventHandler), &gws.ClientOption{Addr: os.Args[1]})
	if err != nil {
		panic(err)
	}
	client.ReadLoop()
}
GO
{ go mod init finding && go get github.com/lxzan/gws@v1.8.9 && go build -o client .; } >log 2>&1 || { cat log; exit 1; }
seen=$(timeout 60 python3 server.py ./client)
echo "$seen"
[[ $seen == "pong, 0 bytes" ]]
