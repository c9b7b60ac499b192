// Package chart draws the dashboard's pictures as inline SVG that needs no
// script and no style attribute: everything is placed in per cents across and
// in CSS pixels down, so one drawing fits a phone and a desk, its letters keep
// their size, and the style sheet alone decides on colours.
//
// Nothing is told by colour alone. Solid and dotted fills tell two counts
// apart, hatching says "not received", a ring says "closed", and the highest
// and the current column carry their number. Texts come from the caller, in
// the reader's language; this package knows none.
package chart
