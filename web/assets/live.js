// Keeps a page in touch with the program that serves it.

const patience = { first: 500, most: 5000 }; // milliseconds before the next try

// live opens a socket at path and keeps it open.
//
// onmessage gets each message as parsed JSON; the first one after every connect
// is the whole state, so a page that missed some has lost nothing. onstate gets
// true when the connection stands and false when it has gone; it comes back by
// itself, after half a second at first and five seconds at most. With quiet, a
// connection that has said nothing for so many milliseconds counts as gone. No
// message is kept once it has been handed on.
export function live(path, onmessage, onstate, { quiet = 0 } = {}) {
  const scheme = window.location.protocol === "https:" ? "wss://" : "ws://";
  let wait = patience.first;
  let socket = null;
  let silence = 0;
  let again = 0;

  function listen() {
    window.clearTimeout(silence);
    if (!quiet) { return; }
    silence = window.setTimeout(() => { socket.close(); lost(); }, quiet);
  }

  function lost() {
    if (!socket) { return; }
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket = null;
    window.clearTimeout(silence);
    onstate(false);
    again = window.setTimeout(connect, wait * (0.75 + Math.random() / 2));
    wait = Math.min(wait * 2, patience.most);
  }

  function connect() {
    socket = new WebSocket(scheme + window.location.host + path);
    socket.onopen = () => {
      wait = patience.first;
      listen();
      onstate(true);
    };
    socket.onmessage = (event) => {
      listen();
      onmessage(JSON.parse(event.data));
    };
    socket.onclose = lost;
  }

  // Back from sleep or from another network: no reason to wait any longer.
  window.addEventListener("online", () => {
    if (socket) { return; }
    window.clearTimeout(again);
    connect();
  });
  connect();
}
