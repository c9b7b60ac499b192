// What stands on the screen, and how another page takes its place: fetched and put
// there by this script, so that no link and no form ends on the browser's own page
// of errors while the program starts again. Without a script all of them work too.

import { morph } from "/assets/morph.js";
import { complete, drop, held } from "./lines.js";

const patience = 10 * 1000; // without an answer, which one that is asked again gets
const again = { first: 500, most: 5000 }; // milliseconds before the next try

const entered = []; // what is to be done with each page
let left = false;
let asked = 0; // pages asked for, so that only the last one is shown
let coming = 0; // of them on their way

// onEnter has begin done now and with each page that comes.
export function onEnter(begin) {
  entered.push(begin);
  begin();
}

export const hasNames = () => "names" in document.body.dataset;
export const face = () => document.body.dataset.face;
export const here = () => window.location.pathname + window.location.search;

// isComing tells whether another page is on its way.
export const isComing = () => coming > 0;

// isTyped tells whether somebody has put something in a field that shows it.
export function isTyped(root = document) {
  return Array.from(root.querySelectorAll("input:not([type=hidden])")).some(changed);
}

function changed(field) {
  return field.type === "checkbox" ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
}

// tell shows or hides one of the lines on top of the page.
export function tell(id, holds = true) {
  const line = document.getElementById(id);
  if (line) { line.hidden = !holds; }
}

// reach asks until something answers, and says meanwhile that one has to wait.
// part is what the program is told that the page is for. Its answer is refused
// when another page stands here by then.
export async function reach(path, part, body) {
  const mine = document.body;
  for (let wait = again.first; ; wait = Math.min(wait * 2, again.most)) {
    try {
      return await askOnce(path, part, body);
    } catch (err) {
      if (document.body !== mine) { throw err; }
      tell("away");
      await new Promise((done) => { window.setTimeout(done, wait); });
    }
    if (document.body !== mine) { throw new Error("another page stands here"); }
  }
}

async function askOnce(path, part, body) {
  const had = held();
  const options = { headers: { "Desk-Part": part, "Desk-List": had.list }, credentials: "same-origin", cache: "no-store" };
  if (body) { Object.assign(options, { method: "POST", body }); }
  const stop = new AbortController();
  const clock = window.setTimeout(() => stop.abort(), patience);
  try {
    const answer = await window.fetch(path, { ...options, signal: stop.signal });
    const text = await answer.text();
    const page = new DOMParser().parseFromString(text, "text/html");
    if (answer.headers.get("Content-Type")?.startsWith("text/html") && !page.body.dataset.face) { throw notOpen(body); }
    complete(page, had);
    tell("away", false);
    return { status: answer.status, page, text, path: answer.redirected ? pathOf(answer.url) : "" };
  } finally {
    window.clearTimeout(clock);
  }
}

// notOpen is for an answer that is no page of the desk: the room's book is not open
// yet. Where nothing can be lost the browser shows it.
function notOpen(body) {
  if (!body && !isTyped()) { window.location.reload(); }
  return new Error("the desk is not open yet");
}

function pathOf(url) {
  const { pathname, search } = new URL(url);
  return pathname + search;
}

// swap puts parts of another page in the place of ours.
export function swap(page, ...ids) {
  for (const id of ids) {
    const now = document.getElementById(id);
    const next = page.getElementById(id);
    if (now && next) { morph(now, next); }
  }
  document.body.dataset.changed = page.body.dataset.changed;
}

// enter puts a page in the place of the one that stands here. path is its address,
// empty where it keeps that of the page before. A page of names is left for one
// without by the browser, which then holds nothing of it, but where work is kept.
export function enter(page, path, { keeps = false } = {}) {
  if (left) { return; }
  if (hasNames() && !("names" in page.body.dataset) && !keeps) {
    left = true;
    wipe();
    window.location.replace(path || here());
    return;
  }
  asked += 1;
  const root = document.documentElement;
  root.lang = page.documentElement.lang;
  root.dir = page.documentElement.dir;
  document.title = page.title;
  document.body.replaceWith(document.adoptNode(page.body));
  if (path && path !== here()) { window.history.pushState(null, "", path); }
  window.scrollTo(0, 0);
  document.getElementById((path ?? "").split("#")[1])?.scrollIntoView();
  (document.querySelector("[autofocus]") ?? document.querySelector("main")).focus({ preventScroll: true });
  entered.forEach((begin) => begin());
}

// visit goes to another page of the desk. Of several the last one wins.
export async function visit(path, part = "page", options = {}) {
  const mine = asked += 1;
  coming += 1;
  try {
    const { status, page, path: led } = await reach(path, part);
    if (mine !== asked) { return; }
    if (status === 401) {
      leave();
    } else {
      enter(page, led || path, options);
    }
  } catch {
    // Another page has come meanwhile.
  } finally {
    coming -= 1;
  }
}

// leave goes at once and leaves nothing behind: no name stays in the page. What
// was under way is handed to the program, which gives it back to the same
// volunteer alone.
export async function leave(to = "/desk") {
  if (left) { return; }
  handOver();
  left = true;
  wipe();
  try {
    await reach("/desk/state", "live");
  } catch {
    // Nothing else comes here.
  }
  window.location.replace(to);
}

// wipe takes all from the page, and from what is kept of it, but the line that says to wait.
export function wipe() {
  drop();
  const wait = document.getElementById("away");
  document.body.replaceChildren(...wait ? [wait] : []);
}

// work is what a volunteer is at: which page, and what is typed on it. A PIN is
// never among it. null where there is nothing to come back to.
export function work() {
  if (!hasNames() || "live" in document.body.dataset) { return null; }
  const typed = {};
  for (const field of document.querySelectorAll("input[name]:not([type=hidden], [type=password])")) {
    if (changed(field)) { typed[field.name] = field.type === "checkbox" ? field.checked : field.value; }
  }
  return { path: here(), typed: JSON.stringify(typed) };
}

// handOver gives the work to the program.
function handOver() {
  const mine = work();
  if (!mine) { return; }
  const body = new URLSearchParams(mine);
  window.fetch("/desk/work", { method: "POST", body, keepalive: true, credentials: "same-origin" }).catch(() => {});
}

// takeBack puts what was typed before into its fields again.
export function takeBack(typed = document.body.dataset.typed ?? "{}") {
  for (const [name, value] of Object.entries(JSON.parse(typed))) {
    const field = document.querySelector(`input[name="${CSS.escape(name)}"]:not([type=hidden])`);
    if (!field) { continue; }
    field[field.type === "checkbox" ? "checked" : "value"] = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

// Links of ours lead on without leaving this document.
function follow(event) {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) { return; }
  const path = link.getAttribute("href");
  if (!/^\/desk([/?]|$)/.test(path) || link.target || link.hasAttribute("download")) { return; }
  event.preventDefault();
  visit(path);
}

document.addEventListener("click", follow);
window.addEventListener("popstate", () => { visit(here()); });
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) { return; }
  left = false;
  leave();
});
onEnter(() => takeBack());
