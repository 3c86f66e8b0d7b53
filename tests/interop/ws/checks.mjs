// npm's ws as a client.
import {strict as assert} from 'node:assert';
import {execFile} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {once} from 'node:events';
import {parseArgs, promisify} from 'node:util';
import WebSocket from 'ws';

const MIB = 1 << 20;
const DEADLINE_MS = 30_000;
const METHOD = 'drawbridge.control.v1.ConnectionService/InterruptConnection';

const {values: flags} = parseArgs({
  options: {
    ws: {type: 'string'},
    control: {type: 'string'},
    grpcurl: {type: 'string'},
    tls: {type: 'boolean', default: false},  // by wss; Node.js reads the certificate from NODE_EXTRA_CA_CERTS
    deflate: {type: 'string'},
  },
});

// Every wait of a check is cancelled by its signal.
async function connect(signal, options = {}) {
  const socket = new WebSocket(`${flags.tls ? 'wss' : 'ws'}://${flags.ws}/ws`, options);
  signal.addEventListener('abort', () => socket.terminate());
  const upgraded = once(socket, 'upgrade', {signal});
  await once(socket, 'open', {signal});
  const [response] = await upgraded;
  return {
    socket,
    id: response.headers['x-connection-id'],
    agreed: response.headers['sec-websocket-extensions'],
    wire: response.socket,
  };
}

async function interrupt(id, code, reason) {
  const request = JSON.stringify({connection_id: id, code, reason});
  const {stdout} = await promisify(execFile)(
      flags.grpcurl, ['-plaintext', '-max-time', '20', '-d', request, flags.control, METHOD]);
  return JSON.parse(stdout).outcome;
}

async function expectEcho(socket, payload, signal) {
  const [data, isBinary] = await once(socket, 'message', {signal});
  assert.equal(isBinary, typeof payload !== 'string', 'binary');
  assert.ok(data.equals(Buffer.from(payload)), `echo of ${payload.length}: ${data.length} bytes`);
}

async function expectClose(socket, code, reason, signal) {
  const [gotCode, gotReason] = await once(socket, 'close', {signal});
  assert.equal(gotCode, code);
  if (reason !== undefined) assert.equal(gotReason.toString(), reason);
}

async function echo(socket, payload, signal) {
  socket.send(payload);
  await expectEcho(socket, payload, signal);
}

const checks = {
  async echoes_text(signal) {
    const {socket} = await connect(signal);
    for (const text of ['hello', '', 'zażółć gęślą jaźń 🌉']) await echo(socket, text, signal);
  },

  async echoes_binary(signal) {
    const {socket} = await connect(signal);
    for (const bytes of [[0, 255, 254], [], [0x68, 0x69]]) await echo(socket, Buffer.from(bytes), signal);
  },

  async echoes_every_size(signal) {
    const {socket} = await connect(signal);
    for (const size of [1, 125, 126, 127, 65535, 65536, 65537, MIB - 1, MIB]) {
      await echo(socket, Buffer.from(Array.from({length: size}, (_, i) => i % 251)), signal);
    }
  },

  async echoes_fragments_as_one_message(signal) {
    const {socket} = await connect(signal);
    socket.send('one, ', {fin: false});
    socket.send('two, ', {fin: false});
    socket.ping('in between');
    socket.send('three', {fin: true});
    await expectEcho(socket, 'one, two, three', signal);
  },

  async offers_compression_and_gets_none(signal) {
    const {socket} = await connect(signal);
    assert.equal(socket.extensions, '');
  },

  async ping_is_answered(signal) {
    const {socket} = await connect(signal);
    socket.ping('are you there?');
    const [payload] = await once(socket, 'pong', {signal});
    assert.equal(payload.toString(), 'are you there?');
  },

  async own_close_code_comes_back(signal) {
    for (const code of [1000, 1001, 3000, 4999]) {
      const {socket} = await connect(signal);
      socket.close(code, 'done here');
      await expectClose(socket, code, undefined, signal);
    }
  },

  async interrupt_shows_code_and_reason_and_spares_the_other(signal) {
    const {socket, id} = await connect(signal);
    const {socket: other} = await connect(signal);
    const closed = expectClose(socket, 4003, 'żegnaj', signal);
    const [outcome] = await Promise.all([interrupt(id, 4003, 'żegnaj'), closed]);
    assert.equal(outcome, 'INTERRUPT_OUTCOME_CLOSED_CLEAN');
    await echo(other, 'still here', signal);
  },

  async one_byte_too_many_is_1009(signal) {
    const {socket} = await connect(signal);
    socket.send(Buffer.alloc(MIB + 1));
    await expectClose(socket, 1009, undefined, signal);
  },

  async far_too_big_is_1009(signal) {
    const {socket} = await connect(signal);
    socket.send(Buffer.alloc(16 * MIB));
    await expectClose(socket, 1009, undefined, signal);
  },

  async too_big_in_fragments_is_1009(signal) {
    const {socket} = await connect(signal);
    for (let i = 0; i < 17; ++i) socket.send(Buffer.alloc(MIB / 16), {fin: false});
    await expectClose(socket, 1009, undefined, signal);
  },
};

const overTls = [
  'echoes_text',
  'echoes_every_size',
  'own_close_code_comes_back',
  'interrupt_shows_code_and_reason_and_spares_the_other',
  'far_too_big_is_1009',
];
const client = flags.tls ? 'ws_tls' : 'ws';

// The agreement for the default offer of ws: `permessage-deflate; client_max_window_bits`.
const AGREED = {
  alone: 'permessage-deflate; server_no_context_takeover; client_no_context_takeover',
  takeover: 'permessage-deflate; server_max_window_bits=12; client_max_window_bits=12',
};

const deflateChecks = {
  async agrees_on_compression(signal) {
    const {socket, agreed} = await connect(signal, {perMessageDeflate: {threshold: 0}});
    assert.equal(agreed, AGREED[flags.deflate]);
    for (const text of ['hello', '', 'hello', 'zażółć gęślą jaźń 🌉'.repeat(500)]) await echo(socket, text, signal);
  },

  async echoes_every_size(signal) {
    const {socket} = await connect(signal, {perMessageDeflate: {threshold: 0}});
    for (const size of [1, 125, 126, 127, 1023, 1024, 65535, 65536, 65537, MIB - 1, MIB]) {
      await echo(socket, Buffer.from(Array.from({length: size}, (_, i) => i * i % 251)), signal);
      await echo(socket, randomBytes(size), signal);
    }
  },

  async what_comes_back_is_compressed(signal) {
    const {socket, wire} = await connect(signal);
    const before = wire.bytesRead;
    await echo(socket, 'a line like the others\n'.repeat(10_000), signal);
    assert.ok(wire.bytesRead - before < 10_000, `${wire.bytesRead - before} bytes`);
  },

  async fragments_are_one_message(signal) {
    const {socket} = await connect(signal, {perMessageDeflate: {threshold: 0}});
    socket.send('one, '.repeat(1000), {fin: false});
    socket.ping('in between');
    socket.send('two', {fin: true});
    await expectEcho(socket, 'one, '.repeat(1000) + 'two', signal);
  },

  async a_bomb_is_1009(signal) {
    const {socket} = await connect(signal);
    socket.send(Buffer.alloc(16 * MIB));
    await expectClose(socket, 1009, undefined, signal);
  },

  async a_narrower_offer_is_kept_to(signal) {
    const perMessageDeflate = {
      threshold: 0, serverMaxWindowBits: 10, clientMaxWindowBits: 9, serverNoContextTakeover: true,
      clientNoContextTakeover: true,
    };
    const {socket, agreed} = await connect(signal, {perMessageDeflate});
    assert.ok(agreed.endsWith('; server_max_window_bits=10; client_max_window_bits=9'), agreed);
    for (let i = 0; i < 5; ++i) await echo(socket, randomBytes(3000).toString('base64').repeat(5), signal);
  },
};

for (const [check_name, check] of Object.entries(flags.deflate ? deflateChecks : checks)) {
  if (flags.tls && !overTls.includes(check_name)) continue;
  const name = flags.deflate ? `deflate_${flags.deflate}_${check_name}` : check_name;
  const ended = new AbortController();
  const timer = setTimeout(() => ended.abort(new Error(`not done within ${DEADLINE_MS} ms`)), DEADLINE_MS);
  try {
    await check(ended.signal);
    console.log(`ok ${client}/${name}`);
  } catch (error) {
    const why = error.name === 'AbortError' ? error.cause ?? error : error;
    console.log(`FAIL ${client}/${name}: ${why.message.replace(/\s+/g, ' ')}`);
    process.exitCode = 1;
  } finally {
    clearTimeout(timer);
    ended.abort();
  }
}
