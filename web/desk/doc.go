// Package desk is the volunteers' page: who is in, guests, new badges, undo,
// the paper list, and what the room keeps of one person.
//
// Without a volunteer it shows numbers only. A volunteer taps their own badge
// ([Desk.Tapped]), which opens the keypad for a minute, and types their PIN;
// from then on names may be seen until they say "Op slot", fifteen minutes pass
// without a touch, eight hours pass, or a resident's tap needs the screen
// ([Desk.HideNames]). Sessions live in memory only, so a restart ends them too.
// What a resident's tap interrupts waits in memory, too: within a minute the badge
// alone brings it back, to the same browser, and within ten with the PIN.
//
// The way through: [New] makes a [Desk] of a [Config]; its list of routes says
// who may use each page; a handler reads its form, asks its own part of the
// [Store] and shows a template. What a page asks of the store is declared beside
// it, as [DayViewer] is beside the first page.
//
// Pages are templates, forms and small scripts. The socket carries nothing
// but "something changed" ([Desk.Changed]); a page then asks for itself again
// with its own session, so no name ever goes out unasked, and one on which
// somebody is typing stays as it is. Links and forms go one way through the
// scripts (static/page.js, forms.js): they ask until an answer comes, a form under
// a key that the store keeps with what it did ([kiosk.Once]). Of who is in they are
// sent a line once (static/lines.js). Without a script all of them work too. Texts come from the
// translations, area "desk", and hold no word that only a computer needs; a test
// reads every page in every language.
//
// All pages answer on the machine's own screen alone (loopback address and
// name) and 403 elsewhere.
package desk
