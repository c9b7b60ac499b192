// A click is a card laid on the reader; the door screen says the rest.
const said = document.getElementById("said");
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-uid]");
  if (!button) return;
  button.disabled = true;
  const answer = await fetch("/sim/tap", { method: "POST", body: new URLSearchParams({ uid: button.dataset.uid }) }).catch(() => null);
  said.textContent = answer && answer.ok ? "Tapped." : "The kiosk did not take it.";
  button.disabled = false;
});
