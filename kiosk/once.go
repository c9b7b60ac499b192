package kiosk

import (
	"context"
	"errors"
)

// ErrDoneBefore is returned for what was asked with a key of [Once] that has been
// kept before: it was done then, and nothing was done now.
var ErrDoneBefore = errors.New("done before")

type onceKey struct{}

// Once returns a context under which the store does what it is asked and keeps
// key in the same commit, or returns [ErrDoneBefore] where key was kept before.
// So one who has heard no answer may ask again, also over a restart. key is any
// text that nobody else uses; one that is empty asks nothing.
func Once(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, onceKey{}, key)
}

// OnceKey returns the key of [Once], or "" where ctx has none.
func OnceKey(ctx context.Context) string {
	key, _ := ctx.Value(onceKey{}).(string)
	return key
}
