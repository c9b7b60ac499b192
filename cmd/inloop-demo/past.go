package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// secrets open the pages of this demo. They are drawn at the first start and
// kept beside the past, for the next start with the same folder.
type secrets struct {
	Badge    string `json:"badge"` // the volunteer's, hex
	PIN      string `json:"pin"`
	Password string `json:"password"`
}

// prepare plays the made-up past, unless the folder holds one already. It is
// played aside, in memory where there is such a place, and then put in its place
// at once: half a past is none.
func (d *demo) prepare(ctx context.Context) (err error) {
	text, err := os.ReadFile(d.path("past", "secrets.json"))
	if err == nil {
		return json.Unmarshal(text, &d.secrets)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	fmt.Fprintln(d.out, "Making up forty weeks of a room that never was …")
	aside, remove, err := folder("")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()
	opens, err := d.playAll(ctx, aside)
	if err != nil {
		return fmt.Errorf("make up a past: %w", err)
	}
	d.secrets = secrets{Badge: hexOf(opens.Badge), PIN: opens.PIN, Password: newPassword()}
	if text, err = json.Marshal(d.secrets); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(aside, "secrets.json"), text, 0o600); err != nil {
		return err
	}
	unfinished := d.path("past.unfinished")
	if err := os.RemoveAll(unfinished); err != nil {
		return err
	}
	if err := copyAll(unfinished, aside); err != nil {
		return fmt.Errorf("keep the made-up past: %w", err)
	}
	return os.Rename(unfinished, d.path("past"))
}

// copyAll copies a folder of files that are their owner's alone.
func copyAll(to, from string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		if entry.IsDir() {
			return os.MkdirAll(target, 0o700)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, data, 0o600)
	})
}

// playAll plays the pasts of both rooms at once into a folder and returns what
// opens the first room's desk.
func (d *demo) playAll(ctx context.Context, dir string) (credentials, error) {
	var opens credentials
	var first, second error
	var both sync.WaitGroup
	play := func(room madeUp) (credentials, error) {
		room.dir = filepath.Join(dir, filepath.Base(room.dir))
		return room.play(ctx, d.zone, d.log)
	}
	both.Go(func() { opens, first = play(d.first()) })
	both.Go(func() { _, second = play(d.second()) })
	both.Wait()
	return opens, errors.Join(first, second)
}

// centreClock is the centre's clock: the real one, but for the moment in which
// the room that fell silent was last heard.
type centreClock struct {
	mu   sync.Mutex
	back time.Duration
}

// Now is the time at the centre.
func (c *centreClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(-c.back)
}

func (c *centreClock) turnBack(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.back = by
}
