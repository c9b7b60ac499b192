// Package screen is the door screen: what a resident sees who lays a badge
// on the reader, and what the hall sees the rest of the day.
//
// A [Screen] is told three things: who was just greeted ([Screen.Show]), how
// the kiosk is doing ([Screen.SetLights]) and what goes on in the room
// ([Screen.SetIdle]). Of these it makes one state, all its words written out in
// the languages that may be needed, and hands it whole to every open page; a
// page knows nothing that is not in the last state. Five seconds after a tap
// the greeting is gone from the state, from this program and from the page.
//
// The wiring makes one with its translations and log ([New], [Config]), mounts it at
// /door beside web.Assets, and tells it each time something changes. What a page
// is sent is in state.go, what it makes of that in door.js.
//
// The page is for one kiosk's own browser. It belongs on a loopback address.
package screen
