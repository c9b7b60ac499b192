// Keeps a page of figures fresh. The socket says only that something changed;
// the page then fetches its own fragment, with its own session, and puts it in
// the place of the old one: open tables, the focus and the scroll stay.
(function () {
  "use strict";
  var place = document.getElementById("live");
  if (!place || !window.Inloop || !window.Inloop.live) { return; }
  var words = document.getElementById("connection");
  var latest = 0;
  var busy = false;
  var lost = 0;

  function figures() { return document.getElementById("figures"); }
  function shown() { return Number(figures().dataset.changed); }

  function put(html) {
    var fresh = document.createElement("template");
    fresh.innerHTML = html;
    place.querySelectorAll("details[open][id]").forEach(function (d) {
      var same = fresh.content.getElementById(d.id);
      if (same) { same.open = true; }
    });
    place.querySelectorAll(".big[id]").forEach(function (n) {
      var same = fresh.content.getElementById(n.id);
      if (same && same.textContent !== n.textContent) { same.classList.add("changed"); }
    });
    var held = mark(document.activeElement);
    var scrolled = place.querySelectorAll(".table-scroll");
    var across = Array.prototype.map.call(scrolled, function (s) { return s.scrollLeft; });
    var down = window.scrollY;
    place.replaceChildren(fresh.content);
    place.querySelectorAll(".table-scroll").forEach(function (s, i) { s.scrollLeft = across[i] || 0; });
    if (held) { held.focus({ preventScroll: true }); }
    window.scrollTo({ top: down, behavior: "instant" });

    // Finds in the fresh fragment what stands for the element with the focus.
    function mark(e) {
      if (!e || !place.contains(e)) { return null; }
      if (e.tagName === "SUMMARY" && e.parentElement.id) {
        return fresh.content.querySelector("#" + e.parentElement.id + " > summary");
      }
      var all = place.querySelectorAll(e.tagName);
      var same = fresh.content.querySelectorAll(e.tagName);
      if (e.getAttribute("href")) {
        var nth = 0;
        for (var i = 0; all[i] !== e; i++) {
          if (all[i].getAttribute("href") === e.getAttribute("href")) { nth++; }
        }
        return Array.prototype.filter.call(same, function (s) {
          return s.getAttribute("href") === e.getAttribute("href");
        })[nth] || null;
      }
      return same[Array.prototype.indexOf.call(all, e)] || null;
    }
  }

  function refresh() {
    if (busy) { return; }
    busy = true;
    fetch(place.dataset.from, { credentials: "same-origin", redirect: "error" }).then(function (answer) {
      if (answer.status === 401) { window.location.reload(); throw new Error("not signed in"); }
      if (!answer.ok) { throw new Error("answer " + answer.status); }
      return answer.text();
    }).then(function (html) {
      put(html);
      busy = false;
      if (latest > shown()) { refresh(); }
    }).catch(function () {
      busy = false; // the next message, or the next minute, tries again
    });
  }

  window.Inloop.live("/live", function (message) {
    latest = Math.max(latest, message.changed);
    if (latest > shown()) { refresh(); }
  }, function (up) {
    window.clearTimeout(lost);
    if (up) {
      words.hidden = true;
      words.textContent = "";
      return;
    }
    // Nobody needs to hear of half a second.
    lost = window.setTimeout(function () {
      words.textContent = figures().dataset.lost;
      words.hidden = false;
    }, 1500);
  });

  // "Today" and "silent since" change by the clock alone.
  window.setInterval(refresh, 5 * 60 * 1000);
})();
