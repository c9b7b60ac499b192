// Puts a newer part of a page in the place of the older one and leaves all that
// has not changed where it stands: what has the focus, where a table was
// scrolled to, what was opened and what was typed.

import { Idiomorph } from "./idiomorph/idiomorph.js";

// morph makes now, an element of the page, the same as next. Lines of a list
// want an id each, or the focus stays at the place and not with the line.
export function morph(now, next) {
  Idiomorph.morph(now, next, {
    callbacks: { beforeAttributeUpdated: (name, element) => !isReaders(name, element) },
  });
}

// isReaders tells whether an attribute is what the reader made of it: a box that
// was opened or closed, a field that was changed.
function isReaders(name, element) {
  if (name === "open") { return element.localName === "details"; }
  if (element.localName !== "input" || element.type === "hidden") { return false; }
  return name === "value" && element.value !== element.defaultValue ||
    name === "checked" && element.checked !== element.defaultChecked;
}
