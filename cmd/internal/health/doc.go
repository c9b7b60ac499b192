// Package health keeps how each part of a kiosk is doing. Whoever looks after a
// part sets its light on the [Board]; the screens are told of changes, the centre
// asks for all, and a monitor reads them at GET /healthz as a [State].
package health
