// The cards and the plug of the simulated reader; the door screen says the rest.
const said = document.getElementById("said");

async function send(path, form) {
  const answer = await fetch(path, { method: "POST", body: new URLSearchParams(form) }).catch(() => null);
  return Boolean(answer && answer.ok);
}

// show brings the page in line with the bench, also after a reload.
async function show() {
  const answer = await fetch("/sim/bench").catch(() => null);
  if (!answer || !answer.ok) return;
  const bench = await answer.json();
  for (const button of document.querySelectorAll("[data-do=lay]")) {
    const lies = bench.lying.includes(button.closest("[data-uid]").dataset.uid.toUpperCase());
    button.setAttribute("aria-pressed", String(lies));
    button.textContent = lies ? "Take it away" : "Leave it there";
  }
  const chip = document.querySelector(`input[value="${bench.chip}"]`);
  if (chip) chip.checked = true;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-do]");
  if (!button) return;
  const uid = button.closest("[data-uid]").dataset.uid;
  const path = button.dataset.do === "tap" ? "/sim/tap" : button.getAttribute("aria-pressed") === "true" ? "/sim/take" : "/sim/lay";
  button.disabled = true;
  const done = { "/sim/tap": "Tapped.", "/sim/lay": "It lies there.", "/sim/take": "Taken away." }[path];
  said.textContent = (await send(path, { uid })) ? done : "The kiosk did not take it.";
  button.disabled = false;
  await show();
});

document.addEventListener("change", async (event) => {
  if (event.target.name !== "chip") return;
  said.textContent = (await send("/sim/plug", { chip: event.target.value })) ? "Plugged." : "The kiosk did not take it.";
  await show();
});

show();
