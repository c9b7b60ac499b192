// The volunteers' page. Everything works by links and forms; this script keeps
// the page fresh, keeps the place of who is reading, and helps fingers.
(function () {
  "use strict";
  var body = document.body;
  var idle = 15 * 60 * 1000; // as long as a session without a touch
  var seen = -1;
  var asking = null;

  var left = false;

  // Leave at once and leave nothing behind: no name stays in the page.
  function leave(to) {
    if (left) { return; }
    left = true;
    body.replaceChildren();
    window.location.replace(to || "/desk");
  }

  function ask(path, part, form) {
    var options = { headers: { "Desk-Part": part }, credentials: "same-origin", cache: "no-store" };
    if (form) { options.method = "POST"; options.body = form; }
    return window.fetch(path, options).then(function (answer) {
      if (answer.status === 401) { leave(); throw new Error("left"); }
      return answer.text();
    }).then(function (text) {
      return new DOMParser().parseFromString(text, "text/html");
    });
  }

  // Put another page's part in the place of ours; focus and open boxes stay.
  function swap(id, page) {
    var now = document.getElementById(id);
    var next = page.getElementById(id);
    if (!now || !next || now.innerHTML === next.innerHTML) { return; }
    var held = now.contains(document.activeElement) ? path(document.activeElement, now) : null;
    var open = Array.from(now.querySelectorAll("details[open]")).map(function (d) { return d.id; });
    var fresh = document.importNode(next, true);
    open.forEach(function (name) {
      var box = fresh.querySelector("#" + CSS.escape(name));
      if (box) { box.open = true; }
    });
    now.replaceWith(fresh);
    if (held) {
      var again = find(held, fresh);
      if (again) { again.focus({ preventScroll: true }); }
    }
  }

  // What has the focus: by its id, else by its words and those of its line.
  function path(el, root) {
    var line = el.closest("[id]");
    return { id: el.id, line: line && line !== root ? line.id : "", tag: el.tagName, label: el.getAttribute("aria-label") || el.textContent };
  }

  function find(held, root) {
    if (held.id) { return document.getElementById(held.id); }
    var line = held.line ? root.querySelector("#" + CSS.escape(held.line)) : root;
    return line && Array.from(line.querySelectorAll(held.tag)).find(function (el) {
      return (el.getAttribute("aria-label") || el.textContent) === held.label;
    });
  }

  function refresh() {
    if (asking) { asking.again = true; return; }
    var mine = asking = { again: false };
    var job = body.hasAttribute("data-live")
      ? ask(window.location.href, "live").then(function (page) {
        if (page.body.dataset.face !== body.dataset.face || door && !page.body.dataset.door) { leave(); return; }
        if (page.body.dataset.door && !door && body.dataset.face === "front") { leave(page.body.dataset.door); return; }
        ["live", "sent"].forEach(function (id) { swap(id, page); });
      })
      : check();
    job.catch(function () { /* the next change tries again */ }).then(function () {
      asking = null;
      if (mine.again) { refresh(); }
    });
  }

  // A page that does not swap itself only asks whether it may stay.
  function check() {
    if (body.dataset.face === "pad" || body.dataset.face === "code" || body.dataset.face === "message") {
      return ask("/desk", "live").then(function (page) {
        var face = page.body.dataset.face;
        var mine = document.querySelector("[name=ask]");
        var open = page.querySelector("[name=ask]");
        if (mine && mine.value !== (open && open.value)) { leave(); }
        if (body.dataset.face === "message" && face === "pad") { leave(); }
      });
    }
    return window.fetch("/desk/state", { headers: { "Desk-Part": "live" }, cache: "no-store" }).then(function (answer) {
      return answer.text();
    }).then(function (who) {
      if (who !== "here") { leave(); }
    });
  }

  // Hall and desk on one screen: who arrives goes first, and a page that asks
  // for a badge and gets none makes way.
  var door = body.dataset.door;
  if (door && body.dataset.face === "front") {
    window.setTimeout(function () { leave(door); }, 15000);
  }

  window.Inloop.live("/desk/live", function (message) {
    if (message.cover && door && body.dataset.face !== "ownbadge") {
      leave(door);
      return;
    }
    if (message.changed !== seen) {
      seen = message.changed;
      refresh();
    }
  }, function (here) {
    document.getElementById("away").hidden = here;
  }, { quiet: 0 });

  // Buttons of the first page do their deed without leaving the place.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.hasAttribute("data-deed")) { return; }
    event.preventDefault();
    if (form.dataset.busy) { return; }
    form.dataset.busy = "1";
    ask(form.getAttribute("action"), "deed", new URLSearchParams(new FormData(form, event.submitter))).then(function (page) {
      if (page.body.dataset.face === body.dataset.face) {
        ["live", "sent"].forEach(function (id) { swap(id, page); });
      }
      swap("note", page);
    }).catch(function () {
      document.getElementById("away").hidden = false;
    }).then(function () { delete form.dataset.busy; });
  });

  // The search answers while somebody types.
  document.querySelectorAll("[data-find]").forEach(function (form) {
    var field = form.querySelector("[type=search]");
    var wait = 0;
    field.addEventListener("input", function () {
      window.clearTimeout(wait);
      wait = window.setTimeout(function () {
        var query = new URLSearchParams(new FormData(form)).toString();
        ask(form.getAttribute("action") + "?" + query, "deed").then(function (page) { swap("found", page); }).catch(function () {});
      }, 250);
    });
  });

  // The keypad: six digits are enough, no button needs to be found after them.
  document.querySelectorAll("[data-pad]").forEach(function (form) {
    var field = form.querySelector("[name=pin]");
    field.focus();
    function full() { if (field.value.length === 6) { form.requestSubmit(); } }
    form.addEventListener("click", function (event) {
      var button = event.target.closest("[data-digit], [data-back]");
      if (!button) { return; }
      field.value = button.hasAttribute("data-back") ? field.value.slice(0, -1) : (field.value + button.dataset.digit).slice(0, 6);
      full();
    });
    field.addEventListener("input", function () {
      field.value = field.value.replace(/[^0-9]/g, "");
      full();
    });
  });

  // Letters to touch, for a screen without a keyboard.
  document.querySelectorAll("[data-keyboard]").forEach(function (keys) {
    var field = keys.closest("form").querySelector("input[type=text]");
    Array.from(field.id === "name" ? "QWERTYUIOPASDFGHJKL⌫ZXCVBNM- " : "1234567890QWERTYUIOPASDFGHJKL⌫ZXCVBNM-").forEach(function (letter) {
      var key = document.createElement("button");
      key.type = "button";
      key.className = "button";
      key.textContent = letter === " " ? "␣" : letter;
      key.addEventListener("click", function () {
        var end = field.value.slice(-1);
        var small = field.id === "name" && end !== "" && end !== " " && end !== "-";
        field.value = letter === "⌫" ? field.value.slice(0, -1) : (field.value + (small ? letter.toLowerCase() : letter)).slice(0, field.maxLength);
      });
      keys.append(key);
    });
    keys.hidden = field.id === "name";
    if (window.matchMedia("(pointer: coarse)").matches) {
      field.inputMode = "none"; // the kiosk has no keyboard of its own to show
      field.addEventListener("focus", function () { keys.hidden = false; });
    }
  });

  // Nobody at the page: names go, also when the connection is away.
  if (body.hasAttribute("data-names")) {
    var last = Date.now();
    ["pointerdown", "keydown"].forEach(function (what) {
      document.addEventListener(what, function () { last = Date.now(); }, { passive: true });
    });
    window.setInterval(function () { if (Date.now() - last > idle) { leave(); } }, 5000);
  }
  window.addEventListener("pageshow", function (event) { if (event.persisted) { left = false; leave(); } });
})();
