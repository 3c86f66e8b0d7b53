// WebSocket clients in JavaScript, each used in the usual way of its library.
//
//     clients.mjs NAME URL
//
// Prints `open`, then `message SIZE` for each message, and at the end `end TEXT`: what the application learns of the end.

const say = (...words) => console.log(...words);
const size = (data) => data.length ?? data.byteLength ?? data.size;

// Follows a socket with the browser API: open, message, error and close events.
function follow(socket) {
  const seen = [];
  socket.onopen = () => say("open");
  socket.onmessage = (event) => say("message", size(event.data));
  socket.onerror = (event) => seen.push(`error ${event?.message ?? ""}`.trim());
  socket.onclose = (event) => {
    seen.push(`close ${event.code} ${event.reason}`.trim());
    say("end", seen.join(", "));
  };
}

const clients = {
  async ws(url) {
    const { default: WebSocket } = await import("ws");
    const seen = [];
    const socket = new WebSocket(url);
    socket.on("open", () => say("open"));
    socket.on("message", (data) => say("message", size(data)));
    socket.on("error", (error) => seen.push(`error ${error.message}`));
    socket.on("close", (code, reason) => {
      seen.push(`close ${code} ${reason}`.trim());
      say("end", seen.join(", "));
    });
  },
  async websocket(url) {
    const { default: websocket } = await import("websocket");
    const client = new websocket.client();
    client.on("connect", (connection) => {
      const seen = [];
      say("open");
      connection.on("message", (message) => say("message", size(message.utf8Data ?? message.binaryData)));
      connection.on("error", (error) => seen.push(`error ${error.message}`));
      connection.on("close", (code, reason) => {
        seen.push(`close ${code} ${reason}`);
        say("end", seen.join(", "));
      });
    });
    client.connect(url);
  },
  async faye(url) {
    const { default: faye } = await import("faye-websocket");
    follow(new faye.Client(url));
  },
  async undici(url) {
    const { WebSocket } = await import("undici");
    follow(new WebSocket(url));
  },
};

await clients[process.argv[2]](process.argv[3]);
