// An echo server like the example in the documentation of npm ws.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { parseArgs } from 'node:util';
import { WebSocketServer } from 'ws';

const { values } = parseArgs({
  options: {
    listen: { type: 'string', default: '127.0.0.1:0' },
    tls_cert: { type: 'string' }, // PEM files; without them: no TLS
    tls_key: { type: 'string' },
  },
});
const [host, port] = values.listen.split(':');
const https =
  values.tls_cert && createServer({ cert: readFileSync(values.tls_cert), key: readFileSync(values.tls_key) });
const server = new WebSocketServer(https ? { server: https } : { host, port: Number(port) });

server.on('connection', (socket) => {
  socket.on('error', () => {});
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
});
server.on('listening', () => {
  const { address, port: bound } = server.address();
  console.log(`ready ws=${address}:${bound}`);
});
https?.listen(Number(port), host);
