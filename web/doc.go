// Package web holds what every page of Inloop shares, embedded in the program:
// type, colours, pictures and scripts under [Assets], the drawn signs by which
// residents are greeted ([SignPicture], [SignWords]), and one catalogue of all
// texts in Dutch, English, Turkish and Arabic ([NewCatalogue]).
//
// Texts live in translations/<area>.<language>.toml, an area being one face of
// the program: door, desk, dashboard, lights, signs, calendar. A message's id starts with
// its area: "door.welcome.title" is the key title in the table [door.welcome].
// A message with plural forms is a table that holds nothing but the forms its
// language has (one, two, few, many, zero, other). A test walks every id in
// every language and fails on any that is missing.
package web
