// The door screen. It shows the last state that it was sent and keeps nothing
// else: the words of a greeting live in the page for five seconds, and no
// variable here ever holds them.
import { live } from "/assets/live.js";

(function () {
  "use strict";

  var greetFor = 5000;  // a greeting
  var tongueFor = 20000; // a language that somebody chose, counted from the last touch

  var home = document.documentElement.lang;
  var tongue = home;
  var idle = null;      // the idle face in every language: public words only
  var face = "";        // the section that shows
  var seq = 0;          // of the last state
  var tap = 0;          // the last one greeted
  var fresh = true;     // the next state is the first since we connected
  var greetTimer = 0;
  var tongueTimer = 0;
  var audio = null;

  function at(id) { return document.getElementById(id); }

  function turnTo(name) {
    face = name;
    ["idle", "greeting", "gone", "tongues"].forEach(function (id) { at(id).hidden = id !== name; });
    if (name === "idle" || name === "tongues") { at("door").dataset.kind = name; }
    if (name === "gone") { at("door").dataset.kind = "gone"; }
  }

  // forget leaves nothing of a greeting in the page.
  function forget() {
    window.clearTimeout(greetTimer);
    ["title", "line", "hint-words", "sign-words"].forEach(function (id) { at(id).textContent = ""; });
    at("hint").hidden = true;
    at("tile").hidden = true;
    at("tile").className = "sign tile";
    at("tile-picture").removeAttribute("href");
    at("greeting").removeAttribute("lang");
    at("greeting").removeAttribute("dir");
    delete at("greeting").dataset.size;
  }

  function rest() {
    forget();
    if (face !== "tongues") { turnTo("idle"); }
    drawIdle();
  }

  function drawIdle() {
    if (!idle) { return; }
    var now = idle[tongue];
    var box = at("idle");
    box.lang = tongue;
    box.dir = now.dir;
    at("idle-room").textContent = now.room;
    at("idle-date").textContent = now.date;
    at("idle-clock").textContent = now.clock;
    at("idle-picture").setAttribute("aria-label", now.picture);
    at("idle-picture").toggleAttribute("hidden", !now.picture);
    at("idle-title").textContent = now.title;
    at("idle-guest").textContent = now.guest;
    at("idle-choose").textContent = now.choose;
    at("idle-status").textContent = now.status;
    at("idle-sign").dataset.open = String(now.open || !now.clock);
    at("idle-heading").textContent = now.heading;
    var list = at("idle-items");
    list.replaceChildren();
    now.items.forEach(function (item) {
      var line = document.createElement("li");
      [["today-time", item.time], ["today-title", item.title], ["today-note", item.note]].forEach(function (part) {
        var span = document.createElement("span");
        span.className = part[0];
        span.textContent = part[1];
        if (part[0] === "today-title") { span.lang = home; span.dir = "auto"; }
        line.append(span, " ");
      });
      if (item.on) { line.className = "today-on"; }
      list.append(line);
    });
    list.hidden = now.items.length === 0;
  }

  function drawGreeting(state) {
    var lang = state.says[tongue] ? tongue : Object.keys(state.says)[0];
    var said = state.says[lang];
    var box = at("greeting");
    forget();
    box.lang = lang;
    box.dir = said.dir;
    box.dataset.size = said.size;
    at("door").dataset.kind = state.kind;
    at("shape").setAttribute("href", "#shape-" + state.kind);
    at("mark").setAttribute("href", "#mark-" + state.kind);
    at("title").textContent = said.title;
    at("line").textContent = said.line;
    at("hint-words").textContent = said.hint || "";
    at("hint").hidden = !said.hint;
    if (state.sign) {
      at("tile").className = "sign tile sign-" + state.sign.colour;
      at("tile").hidden = false;
      at("tile-picture").setAttribute("href", "#sign-" + state.sign.picture);
      at("sign-words").textContent = said.sign;
    }
    turnTo("greeting");
    // The shape enters anew for each greeting, also for the same kind twice.
    box.getAnimations({subtree: true}).forEach(function (a) { a.cancel(); a.play(); });
    if (state.tap) {
      // A page that has just come in does not sound for what was before it.
      if (!fresh) { sound(state.kind, state.look === "night"); }
      greetTimer = window.setTimeout(rest, greetFor);
    }
  }

  function show(state) {
    if (!fresh && state.seq < seq) { return; }
    seq = state.seq;
    idle = state.idle;
    if (state.look) {
      document.documentElement.dataset.look = state.look;
    } else {
      delete document.documentElement.dataset.look;
    }
    if (state.kind === "idle") {
      rest();
    } else if (fresh || !state.tap || state.tap !== tap) {
      drawGreeting(state);
    }
    tap = state.tap || 0;
    fresh = false;
  }

  function connection(stands) {
    fresh = true;
    if (!stands) {
      forget();
      turnTo("gone");
    }
  }

  // Tones: rising for a welcome, falling for a goodbye, even for a question,
  // low and rough when nothing was saved. Each kind has its own.
  var tones = {
    first: [523, 659, 784, 1047], welcome: [784, 1047], longtime: [659, 784, 659, 1047],
    guest: [523, 784], assumed: [784, 659, 784], goodbye: [1047, 784, 523],
    already: [659, 659], stillhere: [659, 784, 659], unknown: [440, 523, 659],
    phone: [392, 392, 392], notsaved: [196, 165, 196, 165]
  };

  function sound(kind, quiet) {
    var notes = tones[kind];
    if (!notes || !audio) { return; }
    if (audio.state !== "running") {
      // The browser wants a touch first: this tone is lost, and no later one
      // may sound for it.
      audio.resume().catch(function () {});
      return;
    }
    var bad = kind === "notsaved";
    notes.forEach(function (pitch, i) {
      var start = audio.currentTime + i * (bad ? 0.22 : 0.15);
      var voice = audio.createOscillator();
      var volume = audio.createGain();
      voice.type = bad ? "sawtooth" : "sine";
      voice.frequency.value = pitch;
      volume.gain.setValueAtTime(0, start);
      volume.gain.linearRampToValueAtTime(quiet ? 0.08 : 0.25, start + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.001, start + (bad ? 0.21 : 0.4));
      voice.connect(volume).connect(audio.destination);
      voice.start(start);
      voice.stop(start + 0.45);
    });
  }

  // A voice takes a moment to find, so it is looked for before anybody taps.
  if (window.AudioContext) { audio = new AudioContext(); }

  // So do the letters of the other languages.
  ["400", "700"].forEach(function (weight) {
    document.fonts.load(weight + ' 1em "Atkinson Hyperlegible Next"', "\u011f");
    document.fonts.load(weight + ' 1em "Noto Sans Arabic"', "\u0639");
  });

  function speak(lang) {
    tongue = lang;
    if (face === "tongues") { turnTo("idle"); }
    drawIdle();
    touched();
  }

  function speakHome() { speak(home); }

  function touched() {
    window.clearTimeout(tongueTimer);
    if (tongue !== home || face === "tongues") { tongueTimer = window.setTimeout(speakHome, tongueFor); }
  }

  at("choose").addEventListener("click", function () { turnTo("tongues"); touched(); });
  document.querySelectorAll("[data-tongue]").forEach(function (button) {
    button.addEventListener("click", function () { speak(button.dataset.tongue); });
  });
  document.addEventListener("pointerdown", function () {
    touched();
    if (audio && audio.state === "suspended") { audio.resume().catch(function () {}); }
  });

  // Nothing on this page leads anywhere: no menu, no selection, no dragging, no
  // keys but those that work a button.
  ["contextmenu", "dragstart", "selectstart", "drop", "auxclick"].forEach(function (name) {
    document.addEventListener(name, function (event) { event.preventDefault(); });
  });
  document.addEventListener("keydown", function (event) {
    var plain = !event.ctrlKey && !event.altKey && !event.metaKey;
    if (!(plain && ["Tab", "Enter", " "].includes(event.key))) { event.preventDefault(); }
    touched();
  });
  document.addEventListener("wheel", function (event) {
    if (event.ctrlKey) { event.preventDefault(); }
  }, {passive: false});

  // The state comes at least once a minute, with the clock; a page that has
  // heard nothing for longer is talking to nobody.
  live("/door/live", function (message) {
    if (message.go) { window.location.replace(message.go); return; }
    show(message);
  }, connection, {quiet: 90000});
})();
