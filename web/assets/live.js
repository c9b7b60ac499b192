// Keeps a page in touch with the program that serves it.

const patience = { first: 500, most: 5000 }; // milliseconds before the next try
const deadAfter = 30 * 1000; // without a word, of which one comes every ten

// live opens a socket at path and keeps it open.
//
// onmessage gets each message as parsed JSON; the first one after every connect
// is the whole state, so a page that missed some has lost nothing, and so is one
// every ten seconds. onstate gets true when the connection stands and false when it
// has gone; it comes back by itself, after half a second at first and five seconds
// at most. A connection that has said nothing for half a minute counts as gone, for
// a line may die, and a program stop, without a goodbye. No message is kept once it
// has been handed on.
export function live(path, onmessage, onstate) {
  const scheme = window.location.protocol === "https:" ? "wss://" : "ws://";
  let wait = patience.first;
  let socket = null;
  let silence = 0;
  let again = 0;

  function listen() {
    window.clearTimeout(silence);
    silence = window.setTimeout(() => { socket.close(); lost(); }, deadAfter);
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
    listen();
    socket.onopen = () => {
      wait = patience.first;
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
