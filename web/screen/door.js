// The door screen. It shows the last state that it was sent and keeps nothing
// else: the words of a greeting live in the page for five seconds, and no
// variable here ever holds them.
import { live } from "/assets/live.js";

const greetFor = Number(document.getElementById("door").dataset.greetFor); // milliseconds of a greeting
const speakFor = 20000; // of a language that somebody chose, from the last touch

const home = document.documentElement.lang;
const sections = ["idle", "greeting", "gone", "tongues"];

let spoken = home; // the language that the door speaks
let idle = null; // the idle face in every language: public words only
let face = ""; // the section that shows
let seq = 0; // of the last state
let tap = 0; // the last one greeted
let fresh = true; // the next state is the first since we connected
let greetTimer = 0;
let speakTimer = 0;

const at = (id) => document.getElementById(id);

function turnTo(name) {
  face = name;
  for (const id of sections) { at(id).hidden = id !== name; }
  if (name !== "greeting") { at("door").dataset.kind = name; }
}

// forget leaves nothing of a greeting in the page.
function forget() {
  window.clearTimeout(greetTimer);
  for (const id of ["title", "line", "hint-words", "sign-words"]) { at(id).textContent = ""; }
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
  const now = idle[spoken];
  const box = at("idle");
  box.lang = spoken;
  box.dir = now.dir;
  box.dataset.size = now.size;
  for (const part of ["room", "date", "clock", "title", "guest", "choose", "status", "heading"]) {
    at(`idle-${part}`).textContent = now[part];
  }
  at("idle-picture").setAttribute("aria-label", now.picture);
  at("idle-picture").toggleAttribute("hidden", !now.picture);
  box.dataset.picture = String(!!now.picture);
  at("idle-sign").dataset.open = String(now.open || !now.clock);
  at("idle-items").replaceChildren(...now.items.map(programmeLine));
  at("idle-items").hidden = now.items.length === 0;
}

// programmeLine is one activity; its title is in the words of the room's own
// settings.
function programmeLine(item) {
  const line = document.createElement("li");
  for (const part of ["time", "title", "note"]) {
    const span = document.createElement("span");
    span.className = `today-${part}`;
    span.textContent = item[part];
    if (part === "title") {
      span.lang = home;
      span.dir = "auto";
    }
    line.append(span, " ");
  }
  if (item.on) { line.className = "today-on"; }
  return line;
}

function drawGreeting(state) {
  const lang = state.says[spoken] ? spoken : Object.keys(state.says)[0];
  const said = state.says[lang];
  const box = at("greeting");
  forget();
  box.lang = lang;
  box.dir = said.dir;
  box.dataset.size = said.size;
  at("door").dataset.kind = state.kind;
  at("shape").setAttribute("href", `#shape-${state.kind}`);
  at("mark").setAttribute("href", `#mark-${state.kind}`);
  at("title").textContent = said.title;
  at("line").textContent = said.line;
  at("hint-words").textContent = said.hint || "";
  at("hint").hidden = !said.hint;
  box.toggleAttribute("data-hint", !!said.hint);
  if (state.sign) {
    at("tile").className = `sign tile sign-${state.sign.colour}`;
    at("tile").hidden = false;
    at("tile-picture").setAttribute("href", `#sign-${state.sign.picture}`);
    at("sign-words").textContent = said.sign;
  }
  turnTo("greeting");
  // The shape enters anew for each greeting, also for the same kind twice.
  for (const animation of box.getAnimations({ subtree: true })) {
    animation.cancel();
    animation.play();
  }
  if (state.tap) {
    // A page that has just come in does not sound for what was before it.
    if (!fresh) { sound(state.kind, state.look === "night"); }
    greetTimer = window.setTimeout(rest, greetFor);
  }
}

function show(state) {
  if (!fresh && state.seq <= seq) { return; } // a beat, or older
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
const tones = {
  first: [523, 659, 784, 1047],
  welcome: [784, 1047],
  longtime: [659, 784, 659, 1047],
  guest: [523, 784],
  assumed: [784, 659, 784],
  goodbye: [1047, 784, 523],
  already: [659, 659],
  stillhere: [659, 784, 659],
  unknown: [440, 523, 659],
  phone: [392, 392, 392],
  again: [440, 392, 440],
  notsaved: [196, 165, 196, 165],
};

// A voice takes a moment to find, so it is looked for before anybody taps.
const audio = window.AudioContext ? new AudioContext() : null;

// The browser may want a touch first: a tone is lost then, and no later one may
// sound for it.
function wake() { audio.resume().catch(() => {}); }

function sound(kind, quiet) {
  const notes = tones[kind];
  if (!notes || !audio) { return; }
  if (audio.state !== "running") {
    wake();
    return;
  }
  const bad = kind === "notsaved";
  notes.forEach((pitch, i) => {
    const start = audio.currentTime + i * (bad ? 0.22 : 0.15);
    const voice = audio.createOscillator();
    const volume = audio.createGain();
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

// The letters of the other languages take a moment too.
for (const font of document.fonts) { font.load().catch(() => {}); }

function speak(lang) {
  spoken = lang;
  if (face === "tongues") { turnTo("idle"); }
  drawIdle();
  touched();
}

function touched() {
  window.clearTimeout(speakTimer);
  if (spoken !== home || face === "tongues") {
    speakTimer = window.setTimeout(() => speak(home), speakFor);
  }
}

at("choose").addEventListener("click", () => {
  turnTo("tongues");
  touched();
});
for (const button of document.querySelectorAll("[data-tongue]")) {
  button.addEventListener("click", () => speak(button.dataset.tongue));
}
document.addEventListener("pointerdown", () => {
  touched();
  if (audio && audio.state === "suspended") { wake(); }
});

// Nothing on this page leads anywhere: no menu, no selection, no dragging, no
// keys but those that work a button.
for (const name of ["contextmenu", "dragstart", "selectstart", "drop", "auxclick"]) {
  document.addEventListener(name, (event) => event.preventDefault());
}
document.addEventListener("keydown", (event) => {
  const plain = !event.ctrlKey && !event.altKey && !event.metaKey;
  if (!(plain && ["Tab", "Enter", " "].includes(event.key))) { event.preventDefault(); }
  touched();
});
document.addEventListener("wheel", (event) => {
  if (event.ctrlKey) { event.preventDefault(); }
}, { passive: false });

live("/door/live", (message) => {
  if (message.go) {
    window.location.replace(message.go);
    return;
  }
  show(message);
}, connection);
