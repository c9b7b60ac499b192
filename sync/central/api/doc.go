// Package api is the centre's HTTP side for kiosks: it reads and verifies what
// comes on wire.SyncPath and wire.PairPath, asks a [central.Centre], and signs
// what is answered, refusals too. Every rule is the centre's.
//
// The way through: [New] returns an [API], which is an http.Handler. A request is
// read, then its signature verified, then its body decoded; only then the centre
// hears of it.
package api
