// The lines of people that were sent before. Hundreds may be in, of whom a deed changes
// one: the program sends a line once and only names it from then on. Lines are kept as
// they came, apart from what is done to the page, and go when the names on it go.

let kept = none();

function none() { return { list: "", lines: new Map() }; }

// held is the list that is kept now: what an answer leaves out is taken from the one
// that it was asked with.
export const held = () => kept;

// drop forgets every line, also those of answers on their way.
export function drop() { kept = none(); }

// complete puts the lines that a page leaves out in their places, from the list with
// which it was asked for, and keeps what stands there.
export function complete(page, had) {
  const list = page.querySelector("[data-list]");
  if (!list) { return; }
  const lines = new Map();
  for (const line of Array.from(list.querySelectorAll("li[id]"))) {
    const whole = "same" in line.dataset ? had.lines.get(line.id) : line;
    if (!whole) {
      drop();
      throw new Error("a line is missing"); // asked again, all are sent
    }
    const copy = whole.cloneNode(true);
    if (whole === line) {
      lines.set(line.id, copy);
    } else {
      lines.set(line.id, whole);
      line.replaceWith(page.adoptNode(copy));
    }
  }
  if (kept === had) { kept = { list: list.dataset.list, lines }; }
}

complete(document, kept);
