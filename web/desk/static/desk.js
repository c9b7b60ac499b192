// The volunteers' page. Everything works by links and forms; this script keeps
// the page fresh, keeps the place of who is reading, and helps fingers.

import { live } from "/assets/live.js";
import { morph } from "/assets/morph.js";

const body = document.body;
const face = body.dataset.face;
const door = body.dataset.door; // where the door screen is, when hall and desk share one
const idle = 15 * 60 * 1000; // as long as a session without a touch
const doorAfter = 15 * 1000; // a page that asks for a badge and gets none makes way

let left = false;

// leave goes at once and leaves nothing behind: no name stays in the page.
function leave(to = "/desk") {
  if (left) { return; }
  left = true;
  body.replaceChildren();
  window.location.replace(to);
}

// ask fetches a page of ours; a session that has ended ends this page too.
async function ask(path, part, form) {
  const options = { headers: { "Desk-Part": part }, credentials: "same-origin", cache: "no-store" };
  if (form) { Object.assign(options, { method: "POST", body: form }); }
  const answer = await window.fetch(path, options);
  if (answer.status === 401) {
    leave();
    throw new Error("left");
  }
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

// swap puts parts of another page in the place of ours.
function swap(page, ...ids) {
  for (const id of ids) {
    const now = document.getElementById(id);
    const next = page.getElementById(id);
    if (now && next) { morph(now, next); }
  }
}

// --- What changed elsewhere ---------------------------------------------------

let asking = null; // the question on its way, and whether to ask once more

async function refresh() {
  if (asking) {
    asking.again = true;
    return;
  }
  const mine = asking = { again: false };
  try {
    await (body.hasAttribute("data-live") ? renew() : check());
  } catch {
    // The next change tries again.
  }
  asking = null;
  if (mine.again) { refresh(); }
}

// renew brings a page that can stand by itself up to date.
async function renew() {
  const page = await ask(window.location.href, "live");
  const its = page.body.dataset;
  if (its.face !== face || door && !its.door) {
    leave();
  } else if (its.door && !door && face === "front") {
    leave(its.door);
  } else {
    swap(page, "live", "sent");
  }
}

// check asks for a page that does not renew itself only whether it may stay.
async function check() {
  if (["pad", "code", "message"].includes(face)) {
    await checkPad();
    return;
  }
  const answer = await window.fetch("/desk/state", { headers: { "Desk-Part": "live" }, cache: "no-store" });
  if (await answer.text() !== "here") { leave(); }
}

async function checkPad() {
  const page = await ask("/desk", "live");
  const mine = document.querySelector("[name=ask]");
  const open = page.querySelector("[name=ask]");
  if (mine && mine.value !== open?.value) { leave(); }
  if (face === "message" && page.body.dataset.face === "pad") { leave(); }
}

function follow() {
  let seen = -1;
  live("/desk/live", (message) => {
    if (message.cover && door && face !== "ownbadge") {
      leave(door); // who arrives goes first
    } else if (message.changed !== seen) {
      seen = message.changed;
      refresh();
    }
  }, (here) => { document.getElementById("away").hidden = here; });
}

// --- Forms ----------------------------------------------------------------------

// fields are what a form says when button sends it. (FormData has had an argument
// for the button since Chromium 112.)
function fields(form, button) {
  const all = new URLSearchParams(new FormData(form));
  if (button?.name) { all.append(button.name, button.value); }
  return all;
}

// Buttons of the first page, and those that undo, do what they say without leaving
// the place.
function sendInPlace() {
  const busy = new WeakSet();
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.hasAttribute("data-stay")) { return; }
    event.preventDefault();
    if (busy.has(form)) { return; }
    busy.add(form);
    try {
      const page = await ask(form.getAttribute("action"), "action", fields(form, event.submitter));
      swap(page, "note");
      if (page.body.dataset.face === face) {
        swap(page, "live", "sent");
      } else { // undone from another page than the first: its own lists have changed
        swap(await ask(window.location.href, "live"), "live", "written");
      }
    } catch {
      document.getElementById("away").hidden = false;
    }
    busy.delete(form);
  });
}

// The search answers while somebody types.
function searchWhileTyping(form) {
  let wait = 0;
  form.querySelector("[type=search]").addEventListener("input", () => {
    window.clearTimeout(wait);
    wait = window.setTimeout(async () => {
      try {
        swap(await ask(`${form.getAttribute("action")}?${fields(form)}`, "action"), "found");
      } catch {
        // What was found before stays.
      }
    }, 250);
  });
}

// The keypad: six digits are enough, no button needs to be found after them.
function keypad(form) {
  const field = form.querySelector("[name=pin]");
  const full = () => { if (field.value.length === 6) { form.requestSubmit(); } };
  field.focus();
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-digit], [data-back]");
    if (!button) { return; }
    field.value = button.hasAttribute("data-back") ? field.value.slice(0, -1) : (field.value + button.dataset.digit).slice(0, 6);
    full();
  });
  field.addEventListener("input", () => {
    field.value = field.value.replace(/[^0-9]/g, "");
    full();
  });
}

// Letters to touch, for a screen without a keyboard.
function keyboard(keys) {
  const field = keys.closest("form").querySelector("input[type=text]");
  const isName = field.id === "name";
  for (const letter of isName ? "QWERTYUIOPASDFGHJKL⌫ZXCVBNM- " : "1234567890QWERTYUIOPASDFGHJKL⌫ZXCVBNM-") {
    const key = document.createElement("button");
    key.type = "button";
    key.className = "button";
    key.textContent = letter === " " ? "␣" : letter;
    key.addEventListener("click", () => press(field, letter, isName));
    keys.append(key);
  }
  keys.hidden = isName;
  if (window.matchMedia("(pointer: coarse)").matches) {
    field.inputMode = "none"; // the kiosk has no keyboard of its own to show
    field.addEventListener("focus", () => { keys.hidden = false; });
  }
}

// press types a letter; in a name only the first of a word is a capital.
function press(field, letter, isName) {
  const typed = Array.from(field.value);
  const end = typed.at(-1);
  const small = isName && end && end !== " " && end !== "-";
  if (letter === "⌫") {
    field.value = typed.slice(0, -1).join("");
  } else {
    field.value = typed.concat(small ? letter.toLowerCase() : letter).slice(0, field.maxLength).join("");
  }
}

// --- Nobody at the page ------------------------------------------------------------

// Names go when nobody has touched the page, also when the connection is away.
function watchForIdle() {
  let last = Date.now();
  for (const what of ["pointerdown", "keydown"]) {
    document.addEventListener(what, () => { last = Date.now(); }, { passive: true });
  }
  window.setInterval(() => { if (Date.now() - last > idle) { leave(); } }, 5000);
}

if (door && face === "front") { window.setTimeout(() => leave(door), doorAfter); }
follow();
sendInPlace();
document.querySelectorAll("[data-find]").forEach(searchWhileTyping);
document.querySelectorAll("[data-pad]").forEach(keypad);
document.querySelectorAll("[data-keyboard]").forEach(keyboard);
if (body.hasAttribute("data-names")) { watchForIdle(); }
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) { return; }
  left = false;
  leave();
});
