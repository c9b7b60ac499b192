// Fingers and keys: the keypad, the letters, and a search that answers at once.

import { fields } from "./forms.js";
import { reach, swap } from "./page.js";

// searchWhileTyping answers while somebody types.
export function searchWhileTyping(form) {
  let wait = 0;
  let last = 0;
  form.querySelector("[type=search]").addEventListener("input", () => {
    window.clearTimeout(wait);
    wait = window.setTimeout(async () => {
      const mine = last += 1;
      try {
        const { page } = await reach(`${form.getAttribute("action")}?${fields(form)}`, "action");
        if (mine === last) { swap(page, "found"); }
      } catch {
        // Another page stands here.
      }
    }, 250);
  });
}

// keypad: six digits are enough, no button needs to be found after them.
export function keypad(form) {
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

// keyboard: letters to touch, for a screen without a keyboard.
export function keyboard(keys) {
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

// digits: ten keys for the number field that was touched last, for a screen without a
// keyboard. A touch on a field empties nothing.
export function digits(form) {
  const pad = form.querySelector("[data-pad-digits]");
  const inputs = Array.from(form.querySelectorAll("input[type=text]"));
  let field = inputs[0];
  for (const digit of "1234567890⌫") {
    const key = document.createElement("button");
    key.type = "button";
    key.className = "button";
    key.textContent = digit;
    key.addEventListener("click", () => press(field, digit, false));
    pad.append(key);
  }
  for (const input of inputs) {
    input.addEventListener("input", () => { input.value = input.value.replace(/[^0-9]/g, ""); });
    input.addEventListener("focus", () => {
      field = input;
      if (window.matchMedia("(pointer: coarse)").matches) { pad.hidden = false; }
    });
    if (window.matchMedia("(pointer: coarse)").matches) { input.inputMode = "none"; }
  }
}
