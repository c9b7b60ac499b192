// The volunteers' page. Everything works by links and forms; this script keeps
// the page fresh and lets nothing that happens elsewhere interrupt who is at it.

import { live } from "/assets/live.js";
import { hold, isHeld, isSending, onSent, resume } from "./forms.js";
import { digits, keyboard, keypad, searchWhileTyping } from "./keys.js";
import { enter, face, hasNames, here, isComing, isTyped, leave, onEnter, reach, swap, tell, visit } from "./page.js";

const idle = 15 * 60 * 1000; // as long as a session without a touch
const doorAfter = 15 * 1000; // a page that asks for a badge and gets none makes way
const lapsed = 30 * 1000; // a PIN that was begun and not gone on with

let touched = Date.now();
const data = () => document.body.dataset;
const door = () => data().door; // where the door screen is, when hall and desk share one screen

// --- What changed elsewhere ---------------------------------------------------

let asking = false; // whether a question is on its way
let newest = ""; // the last change that was heard of

// refresh looks what has become of the page. While somebody's own form or link is
// under way it waits: the answer to that is newer.
async function refresh() {
  if (asking || isSending() || isComing()) { return; }
  const before = newest;
  asking = true;
  try {
    await ("live" in data() || ["pad", "message"].includes(face()) ? renew() : check());
  } catch {
    // Another page stands here by now.
  }
  asking = false;
  if (newest !== before) { refresh(); }
}

// catchUp looks what has become of the page, unless it is as new as can be.
function catchUp() {
  if (newest && newest !== data().changed) { refresh(); }
}

// renew brings a page that can stand by itself up to date. Where another one has
// taken its place, that one is shown.
async function renew() {
  const { page, path } = await reach(here(), "live");
  if (isSending() || isComing()) { return; }
  const its = page.body.dataset;
  if (door() && !its.door) {
    leave();
  } else if (its.door && !door() && face() === "front") {
    leave(its.door);
  } else if (its.face !== face() || path || page.querySelector("[name=ask]")?.value !== document.querySelector("[name=ask]")?.value) {
    if (isBegun()) {
      tell("changed");
    } else {
      enter(page, path);
    }
  } else if (isTyped()) {
    tell("changed", document.getElementById("live") !== null); // a keypad shows nothing that can change
  } else {
    swap(page, "live", "sent", "turn");
  }
}

// isBegun tells whether somebody is typing a PIN. Names wait behind no PIN, so that
// page may stay for a while although its badge waits no longer.
const isBegun = () => face() === "pad" && isTyped() && Date.now() - touched < lapsed;

// check asks for a page that does not renew itself only whether it may stay, and
// says in one line that something changed.
async function check() {
  if (face() === "code") { return; } // nobody is signed in there, and no name stands there
  const { text } = await reach("/desk/state", "live");
  if (text !== "here") {
    hold();
  } else {
    tell("changed", hasNames());
  }
}

function follow() {
  let at = "";
  live("/desk/live", (message) => {
    at = message.at ?? "";
    if (message.cover && door() && face() !== "ownbadge") {
      leave(door()); // who arrives goes first
    } else {
      newest = String(message.changed);
      catchUp();
    }
  }, (stands) => {
    tell("away", !stands);
    tellAge(stands ? "" : at);
  });
}

// tellAge says of what time the page is, while it hears nothing newer.
function tellAge(at) {
  const line = document.getElementById("age");
  if (!line) { return; }
  line.hidden = at === "";
  if (at) { line.textContent = line.dataset.words.replace("00:00", at); }
}

// --- Nobody at the page ------------------------------------------------------------

for (const what of ["pointerdown", "keydown"]) {
  document.addEventListener(what, () => { touched = Date.now(); }, { passive: true });
}

// Names go when nobody has touched the page, also when the connection is away, and
// a screen that is the hall's too goes back to the door.
window.setInterval(() => {
  const still = Date.now() - touched;
  if (hasNames() && still > idle) {
    leave();
  } else if (door() && face() === "front" && still > (isHeld() ? 4 * doorAfter : doorAfter)) {
    leave(door());
  } else if (face() === "pad" && isTyped() && still > lapsed) {
    visit(here()); // a PIN that nobody goes on with
  }
}, 1000);

// What a resident takes along on paper.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) { window.print(); }
});

onSent(catchUp);
onEnter(() => {
  if (face() === "front") { touched = Date.now(); } // its time begins
  document.querySelectorAll("[data-find]").forEach(searchWhileTyping);
  document.querySelectorAll("[data-pad]").forEach(keypad);
  document.querySelectorAll("[data-keyboard]").forEach(keyboard);
  document.querySelectorAll("[data-digits]").forEach(digits);
  resume();
  catchUp();
});
follow();
