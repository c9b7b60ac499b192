package kioskd

import (
	"context"

	"example.org/inloop/cmd/internal/stick"
	"example.org/inloop/web/desk"
)

// sticks are the memory sticks that people can take their data along on: not the one
// of the backups, which stays here.
type sticks struct{ *Daemon }

var _ desk.Taker = sticks{}

func (s sticks) finder() stick.Finder {
	cfg := s.now()
	roots := cfg.Sticks
	if roots == nil {
		roots = []string{"/media", "/run/media"}
	}
	return stick.Finder{Table: "/proc/self/mounts", Roots: roots, Not: []string{cfg.Data, cfg.Backups, cfg.Key}}
}

// Sticks lists those that are there.
func (s sticks) Sticks() []string { return s.finder().Sticks() }

// Shared tells whether a file of ours is on one already.
func (s sticks) Shared(dir string) bool { return s.finder().Shared(dir) }

// Save writes a file onto one.
func (s sticks) Save(ctx context.Context, dir, name string, content []byte) error {
	return s.finder().Save(ctx, dir, name, content)
}
