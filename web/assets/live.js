// Inloop.live keeps a page in touch with the program that serves it.
//
//   Inloop.live(path, onmessage, onstate, {quiet: 90000})
//
// onmessage gets each message as parsed JSON; the first one after every connect
// is the whole state, so a page that missed some has lost nothing. onstate gets
// true when the connection stands and false when it has gone; it comes back by
// itself, after half a second at first and five seconds at most. With quiet, a
// connection that has said nothing for so many milliseconds counts as gone.
// The script keeps no message once it has been handed on.
(function () {
  "use strict";
  window.Inloop = window.Inloop || {};

  window.Inloop.live = function (path, onmessage, onstate, options) {
    var quiet = (options && options.quiet) || 0;
    var wait = 500;
    var socket = null;
    var silence = 0;
    var again = 0;
    var ended = false;

    function listen() {
      window.clearTimeout(silence);
      if (quiet) {
        silence = window.setTimeout(function () { socket.close(); lost(); }, quiet);
      }
    }

    function lost() {
      if (!socket) { return; }
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket = null;
      window.clearTimeout(silence);
      if (onstate) { onstate(false); }
      if (!ended) {
        again = window.setTimeout(connect, wait * (0.75 + Math.random() / 2));
        wait = Math.min(wait * 2, 5000);
      }
    }

    function connect() {
      var scheme = window.location.protocol === "https:" ? "wss://" : "ws://";
      socket = new WebSocket(scheme + window.location.host + path);
      socket.onopen = function () {
        wait = 500;
        listen();
        if (onstate) { onstate(true); }
      };
      socket.onmessage = function (event) {
        listen();
        onmessage(JSON.parse(event.data));
      };
      socket.onclose = lost;
    }

    // Back from sleep or from another network: no reason to wait any longer.
    window.addEventListener("online", function () {
      if (!socket && !ended) { window.clearTimeout(again); connect(); }
    });

    connect();
    return {
      close: function () {
        ended = true;
        window.clearTimeout(again);
        if (socket) { socket.close(); }
      }
    };
  };
})();
