// Lists and watches the connections of a gateway, and ends those of every user who logs out:
//
//   node logout.mjs HOST:PORT < users-who-log-out, a name a line
//
// Whoever authenticates users says so on their connections, by UpdateConnection: the label `user`.
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

// A value for a filter (docs/filter.md): nothing in a name may mean anything there.
const quoted = value => `"${value.replace(/["\\*]/g, '\\$&')}"`;

async function showAll() {
  let pageToken = '';
  do {  // a page may be empty without being the last
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
  // After UNAVAILABLE, a real program goes on with the last resumeToken.
  events.on('error', error => console.log('watch ended:', grpc.status[error.code]));
  return events;
}

// Fields are in lowerCamelCase here. One with another name, such as rate_per_second, is dropped without an error.
async function logOut(user) {
  const filter = `labels.user = ${quoted(user)}`;
  let last = {};
  const request = {filter, code: 4001, reason: 'logged out', ratePerSecond: -1};
  for await (const progress of control.interruptConnections(request)) last = progress;  // it has all counts
  console.log(`${user}: ${last.matchedCount ?? 0} closed`);
}

await showAll();
const events = watch();
for await (const user of createInterface({input: process.stdin})) await logOut(user);
events.cancel();
control.close();
