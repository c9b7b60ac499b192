// Every form goes one way: it is sent until an answer comes, and done once however
// often it was sent. Until then the words stay where they were typed.

import { enter, face, here, leave, reach, swap, takeBack, visit, wipe, work } from "./page.js";

const keptFor = 10 * 60 * 1000; // what a volunteer has to sign in anew for

const sending = new Set(); // forms whose answer has not come
const keys = new WeakMap(); // of forms that were not done: what they said, under which key
let held = null; // what its volunteer goes on with once they are back
let after = () => {};

// isSending tells whether an answer to a form is on its way.
export const isSending = () => sending.size > 0;

// isHeld tells whether somebody's work waits for them in this page.
export const isHeld = () => held !== null;

// onSent has done called whenever the last answer has come.
export function onSent(done) { after = done; }

// fields are what a form says when button sends it. (FormData has had an argument
// for the button since Chromium 112.)
export function fields(form, button) {
  const all = new URLSearchParams(new FormData(form));
  if (button?.name) { all.append(button.name, button.value); }
  return all;
}

// keyed is what a form says with a key of its own: the same one as long as it says
// the same and was not done, so that a second try is known for one.
function keyed(form, button) {
  const says = fields(form, button);
  const text = says.toString();
  if (keys.get(form)?.text !== text) {
    const bytes = window.crypto.getRandomValues(new Uint8Array(16));
    keys.set(form, { text, key: Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("") });
  }
  says.append("once", keys.get(form).key);
  return says;
}

function submit(event) {
  const form = event.target;
  if (!(form.getAttribute("action") ?? "").startsWith("/desk")) { return; }
  event.preventDefault();
  if (sending.has(form)) { return; }
  const action = form.getAttribute("action");
  if (form.method === "get") {
    visit(`${action}?${fields(form, event.submitter)}`);
    return;
  }
  send({
    form, action, body: keyed(form, event.submitter),
    stays: form.hasAttribute("data-stay"), again: !form.hasAttribute("data-pad"),
  });
}

// send sends what a form said and shows what came of it.
async function send(deed) {
  const mine = document.body;
  sending.add(deed.form);
  deed.form.setAttribute("aria-busy", "true");
  try {
    const answer = await reach(deed.action, "action", deed.body);
    if (document.body === mine) { show(deed, answer); }
  } catch {
    // Another page stands here.
  } finally {
    sending.delete(deed.form);
    deed.form.removeAttribute("aria-busy");
    if (!isSending()) { after(); }
  }
}

function show(deed, { status, page, path }) {
  if (status === 401) {
    hold(deed);
    return;
  }
  if (status < 400) { keys.delete(deed.form); }
  const next = page.body.dataset.face;
  if (next === "message") {
    swap(page, "note"); // what was typed stays, but a PIN
    if (!deed.again) { deed.form.reset(); }
    document.getElementById("note").scrollIntoView({ block: "nearest" });
  } else if (deed.stays && next === face()) {
    swap(page, "live", "sent", "note", "turn");
  } else if (deed.stays) {
    swap(page, "note");
    renewLists();
  } else {
    enter(page, path);
  }
}

// renewLists brings the lists of another page than the first up to date, after
// something was undone on it.
async function renewLists() {
  try {
    const { page } = await reach(here(), "live");
    swap(page, "live", "written");
  } catch {
    // Another page stands here.
  }
}

// hold keeps what nobody is signed in for any more, since the program began anew,
// in the memory of this page: what was sent and not done, or is being typed. The
// names are gone until somebody is signed in again.
export function hold(deed = null) {
  const { volunteer } = document.body.dataset;
  const at = work();
  if (!volunteer || !(deed?.again || at)) {
    leave();
    return;
  }
  const mine = held = { deed, at, volunteer };
  window.setTimeout(() => { if (held === mine) { held = null; } }, keptFor);
  wipe();
  visit("/desk", "page", { keeps: true });
}

// resume goes on with what was held, for the same volunteer.
export async function resume() {
  const { volunteer } = document.body.dataset;
  if (!held || !volunteer) { return; }
  const { deed, at, volunteer: whose } = held;
  held = null;
  if (whose !== volunteer) { return; }
  if (deed) {
    send({ ...deed, stays: false });
  } else {
    await visit(at.path);
    if (here() === at.path) { takeBack(at.typed); }
  }
}

document.addEventListener("submit", submit);
