// Keeps a page of figures fresh. The socket says only that something changed;
// the page then fetches its own figures, with its own session, and puts them in
// the place of the old ones: open tables, the focus and the scroll stay.

import { live } from "/assets/live.js";
import { morph } from "/assets/morph.js";

const quietAbout = 1500; // milliseconds without a connection that nobody needs to hear of
const refreshAfter = 5 * 60 * 1000; // "today" and "silent since" change by the clock alone

// follow keeps the figures in place up to date and says when it cannot.
function follow(place) {
  let latest = 0;
  let busy = false;
  let lost = 0;
  const figures = () => document.getElementById("figures");
  const isBehind = () => latest > Number(figures().dataset.changed);

  async function refresh() {
    if (busy) { return; }
    busy = true;
    try {
      put(figures(), await fetchFigures(place.dataset.from));
    } catch {
      busy = false;
      return; // the next message, or the next five minutes, tries again
    }
    busy = false;
    if (isBehind()) { refresh(); }
  }

  live("/live", (message) => {
    latest = Math.max(latest, message.changed);
    if (isBehind()) { refresh(); }
  }, (up) => {
    window.clearTimeout(lost);
    if (up) {
      say("");
    } else {
      lost = window.setTimeout(() => say(figures().dataset.lost), quietAbout);
    }
  });
  window.setInterval(refresh, refreshAfter);
}

// fetchFigures is the newer #figures; a session that has ended ends the page too.
async function fetchFigures(from) {
  const answer = await window.fetch(from, { credentials: "same-origin", redirect: "error" });
  if (answer.status === 401) {
    window.location.reload();
    throw new Error("not signed in");
  }
  if (!answer.ok) { throw new Error(`answer ${answer.status}`); }
  return new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("figures");
}

// put shows the newer figures and lights up each large one that changed.
function put(now, next) {
  const before = new Map(Array.from(now.querySelectorAll(".big[id]"), (n) => [n.id, n.textContent]));
  morph(now, next);
  for (const n of now.querySelectorAll(".big[id]")) {
    if (before.has(n.id) && before.get(n.id) !== n.textContent) { n.classList.add("changed"); }
  }
}

// say tells about the connection; nothing means that it stands.
function say(words) {
  const place = document.getElementById("connection");
  place.textContent = words;
  place.hidden = words === "";
}

const place = document.getElementById("live");
if (place) { follow(place); }
