#!/bin/bash
# github.com/gobwas/ws v1.5.0 (Go), wsutil.ReadServerData: the client answers a close frame with 1012 by a frame that no peer can
# read, and its application never learns of the code.
#
# A guess: 1012 (service restart) is a registered code (IANA, WebSocket close codes), so a client passes it on as it does 1001. The
# frame that comes instead is masked, and its header says that it is not (RFC 6455, section 5.1: clients mask all frames), so a
# server that expects the mask finds a protocol error. Servers that want a clean close of this client send 1001.
#
# Seen: `1001: close frame, mask bit set` and `1012: close frame, mask bit not set, ProtocolError status code is not defined in spec`.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >server.py <<'PYTHON'
import base64, hashlib, socket, struct, subprocess, sys

for code in (1001, 1012):
    listener = socket.create_server(("127.0.0.1", 0))
    client = subprocess.Popen([sys.argv[1], "ws://127.0.0.1:%d/" % listener.getsockname()[1]], stdout=subprocess.PIPE, text=True)
    listener.settimeout(20)
    peer, _ = listener.accept()
    peer.settimeout(20)
    stream = peer.makefile("rwb")
    key = [line.split(b":")[1].strip() for line in iter(stream.readline, b"\r\n") if line.lower().startswith(b"sec-websocket-key")][0]
    accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
    stream.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + accept + b"\r\n\r\n")
    stream.write(b"\x88\x02" + struct.pack(">H", code))
    stream.flush()
    first, second = stream.read(2)
    frame = "close frame" if first == 0x88 else "0x%02x" % first
    print("%d: %s, mask bit %s, %s" % (code, frame, "set" if second & 0x80 else "not set", client.stdout.readline().strip()))
    client.wait(20)
PYTHON
cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

func main() {
	connection, early, _, err := ws.Dial(context.Background(), os.Args[1])
	if err != nil {
		panic(err)
	}
	var source io.Reader = connection
	if early != nil { // what came with the answer to the upgrade
		source = early
	}
	_, _, err = wsutil.ReadServerData(struct {
		io.Reader
		io.Writer
	}{source, connection})
	fmt.Println(strings.TrimPrefix(fmt.Sprintf("%T", err), "ws."), err)
}
GO
{ go mod init finding && go get github.com/gobwas/ws@v1.5.0 && go build -o client .; } >log 2>&1 || { cat log; exit 1; }
seen=$(timeout 60 python3 server.py ./client)
echo "$seen"
[[ $seen == *"1001: close frame, mask bit set, wsutil.ClosedError"*"1012: close frame, mask bit not set, ProtocolError status code is not defined in spec" ]]
