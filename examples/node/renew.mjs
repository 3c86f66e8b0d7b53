// Keeps a connection open beyond the token that it began with:
//
//   node renew.mjs HOST:PORT < tokens, one a line
//
// The first token connects, each further one renews (docs/renewal.md). A real program asks its issuer for the next
// token shortly before the last one expires.
import {once} from 'node:events';
import {createInterface} from 'node:readline/promises';
import WebSocket from 'ws';

const address = process.argv[2];
const bearer = token => ({Authorization: `Bearer ${token}`});

async function renew(token, connectionId) {
  const response = await fetch(`http://${address}/.well-known/drawbridge/renew`, {
    method: 'POST',
    headers: {...bearer(token), 'Content-Type': 'application/json'},
    body: JSON.stringify({connectionIds: [connectionId]}),
  });
  if (!response.ok) throw new Error(`not renewed: ${response.status} ${await response.text()}`);
  return response.json();
}

let closed;
let connectionId;
for await (const token of createInterface({input: process.stdin})) {
  if (!closed) {
    const socket = new WebSocket(`ws://${address}/`, {headers: bearer(token)});
    closed = once(socket, 'close');
    const [response] = await once(socket, 'upgrade');
    connectionId = response.headers['x-connection-id'];
    console.log('connected', connectionId);
  } else {
    console.log('renewed until', (await renew(token, connectionId)).expireTime);
  }
}
const [code, reason] = await closed;
console.log('closed', code, reason.toString());
