// Package dashboard is the coordinator's site: how their rooms do, in five
// seconds, and the pages around that: signing in, pairing a room's kiosk, what
// every measure means, and the same figures as a file.
//
// It shows what [central.Centre] gives it and works nothing out that central
// could: every question goes there with the account of the session, so that a
// page cannot ask about another organisation's rooms. What is absent stays
// absent: a page says why in words and never shows it as 0.
//
// The way through: [New] makes a [Site] of a [Config]; a handler of its list of
// routes asks central, fills the struct of its page (sheet, for figures) with
// words and numbers as the reader's language writes them, and shows a template.
// Package chart draws. What changes is told by sockets.go.
//
// All routes stand in one list (routes.go); a test walks that list as a
// stranger. Every text comes from the translations, areas dashboard, lights and
// signs. Pages need no script to be read; with it they follow the figures
// live: the socket carries a growing number only, and the page then fetches
// its own fragment with its own session.
package dashboard
