#!/bin/bash
# faye-websocket 0.11.4 (npm): the application of a client sees code 1002 where the server has sent 1012 or 1013, and the reason
# that stood beside it.
#
# A guess: 1012 (service restart) and 1013 (try again later) are registered close codes (IANA), so a client passes them on as it does
# 1001 and 1011. A client that reconnects after a restart alone, and not after a protocol error, never comes back.
#
# Seen: `1001 maintenance`, `1011 maintenance`, `1002 maintenance`, `1002 maintenance`, `4001 maintenance`.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund faye-websocket@0.11.4 ws@8.23.0

cat >see.mjs <<'JAVASCRIPT'
import faye from "faye-websocket";
import { WebSocketServer } from "ws";

const codes = [1001, 1011, 1012, 1013, 4001];
const server = new WebSocketServer({ host: "127.0.0.1", port: 0 }, next);
server.on("connection", (socket) => socket.close(codes.shift(), "maintenance"));

function next() {
  if (codes.length === 0) return server.close();
  const client = new faye.Client(`ws://127.0.0.1:${server.address().port}/`);
  client.onclose = (event) => {
    console.log(event.code, event.reason);
    next();
  };
}
JAVASCRIPT
seen=$(timeout 60 node see.mjs)
echo "$seen"
[[ $(echo "$seen" | tr '\n' ',') == "1001 maintenance,1011 maintenance,1002 maintenance,1002 maintenance,4001 maintenance," ]]
