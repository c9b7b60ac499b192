// Package desk is the volunteers' page: who is in, guests, new badges, undo,
// the paper list, and what the room keeps of one person.
//
// Without a volunteer it shows numbers only. A volunteer taps her own badge
// ([Desk.Tapped]), which opens the keypad for a minute, and types her PIN; from
// then on names may be seen until she says "Klaar", fifteen minutes pass
// without a touch, eight hours pass, or a resident's tap needs the screen
// ([Desk.Cover]). Sessions live in memory only, so a restart ends them too.
//
// Pages are templates, forms and one small script. The socket carries nothing
// but "something changed"; a page then asks for itself again with its own
// cookie and swaps its live part in. Texts come from the catalogue's area
// "desk" and hold no word that only a computer needs; a test reads every page
// in every language.
//
// All pages answer on the machine's own screen alone (loopback address and
// name) and 403 elsewhere.
package desk
