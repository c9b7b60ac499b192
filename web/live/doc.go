// Package live carries whole messages from a program to the pages that are open on
// it, and keeps strangers' pages out.
//
// A [Hub] is a set of websockets over bytes: it knows nothing of what it
// carries. Every page gets the whole state when it connects and every ten seconds,
// and whole messages in between, so a lost one never matters, a page that falls
// behind may simply be let go, and one that hears nothing for half a minute knows
// that nobody is there. [Guard] and [Headers] stand in front of every page:
// which names this program answers to, and what a browser may do with it.
//
// The way through: [NewServer] serves a handler that [Headers] and [Guard] wrap;
// one of its routes is [Hub.Serve], which makes a request a websocket, and
// [Hub.Publish] reaches all of them. The page's side is assets/live.js.
//
// It is the only importer of gorilla/websocket, whose rules it keeps: one
// writer a connection, one reader that always reads, a deadline before every
// write, a limit on what is read.
package live
