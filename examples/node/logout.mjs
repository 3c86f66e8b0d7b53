// Lists and watches the connections of a gateway, and ends the connections of each user that logs out:
//
//   node logout.mjs HOST:PORT < file with one user name per line
//
// The service that authenticates users must set the label `user` on their connections, with UpdateConnection.
import grpc from '@grpc/grpc-js';
import {loadSync} from '@grpc/proto-loader';
import {createInterface} from 'node:readline/promises';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';

const includeDirs = [fileURLToPath(new URL('../../proto', import.meta.url))];
const definition = loadSync('drawbridge/control/v1/control.proto', {includeDirs, enums: String, longs: Number});
const {ConnectionService} = grpc.loadPackageDefinition(definition).drawbridge.control.v1;
const control = new ConnectionService(process.argv[2], grpc.credentials.createInsecure());
const listConnections = promisify(control.listConnections.bind(control));

// Quotes a value for a filter (docs/filter.md), so that no character in it has a special meaning.
const quoted = value => `"${value.replace(/["\\*]/g, '\\$&')}"`;

async function showAll() {
  let pageToken = '';
  do {  // an empty page is not necessarily the last
    const page = await listConnections({filter: 'labels:user', pageToken});
    for (const {connectionId, labels} of page.connections ?? []) console.log('here', connectionId, labels.user);
    pageToken = page.nextPageToken;
  } while (pageToken);
}

function watch() {
  const events = control.watchConnections({skipSnapshot: true});
  events.on('data', ({type, connection}) => {
    console.log(type.replace('CONNECTION_EVENT_TYPE_', '').toLowerCase(), connection?.connectionId ?? '');
  });
  // After UNAVAILABLE, a real program resumes with the last resumeToken.
  events.on('error', error => console.log('watch ended:', grpc.status[error.code]));
  return events;
}

// Field names are in lowerCamelCase here. Unknown names, such as rate_per_second, are ignored without an error.
async function logOut(user) {
  const filter = `labels.user = ${quoted(user)}`;
  let last = {};
  const request = {filter, code: 4001, reason: 'logged out', ratePerSecond: -1};
  for await (const progress of control.interruptConnections(request)) last = progress;  // has the final counts
  console.log(`${user}: ${last.matchedCount ?? 0} closed`);
}

await showAll();
const events = watch();
for await (const user of createInterface({input: process.stdin})) await logOut(user);
events.cancel();
control.close();
