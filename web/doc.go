// Package web holds what every page of Inloop shares, embedded in the program:
// type, colours, pictures and scripts under [Assets], the drawn signs by which
// residents are greeted ([SignPicture]), and the [Translations] of all texts.
//
// A program makes the translations once ([NewTranslations]) and hands them to its pages.
// A page asks it for the [Localizer] of its reader ([Translations.In]) and says all
// through that: texts, numbers, days and times. What can be chosen is what has
// files ([Translations.Languages]).
//
// Texts live in translations/<area>.<language>.toml, an area being one face of
// the program: door, desk, dashboard, reader, lights, signs, calendar. A message's
// id starts with its area: "door.welcome.title" is the key title in the table
// [door.welcome]. A message with plural forms is a table that holds nothing but
// the forms its language has (one, two, few, many, zero, other). A test walks
// every id in every language and fails on any that is missing.
//
// A language is added by its files alone, one for each area. They bring its own
// name (door.language.self), from whose letters its direction follows, and the tag
// by whose rules its numbers are written (calendar.numbers); its plural rules
// are CLDR's. Letters that no font has yet want a font in assets/fonts and its
// lines in assets/fonts.css.
package web
