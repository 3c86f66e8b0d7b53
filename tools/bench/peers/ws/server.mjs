// An echo server on npm ws as its documentation shows it.
import { parseArgs } from 'node:util';
import { WebSocketServer } from 'ws';

const { values } = parseArgs({ options: { listen: { type: 'string', default: '127.0.0.1:0' } } });
const [host, port] = values.listen.split(':');
const server = new WebSocketServer({ host, port: Number(port) });

server.on('connection', (socket) => {
  socket.on('error', () => {});
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
});
server.on('listening', () => {
  const { address, port: bound } = server.address();
  console.log(`ready ws=${address}:${bound}`);
});
