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
// played aside and then put in its place at once: half a past is none.
func (d *demo) prepare(ctx context.Context) error {
	text, err := os.ReadFile(d.path("past", "secrets.json"))
	if err == nil {
		return json.Unmarshal(text, &d.secrets)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	fmt.Fprintln(d.out, "Making up forty weeks of a room that never was …")
	aside := d.path("past.unfinished")
	if err := os.RemoveAll(aside); err != nil {
		return err
	}
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
	return os.Rename(aside, d.path("past"))
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

// officeClock is the centre's clock: the real one, but for the moment in which
// the room that fell silent was last heard.
type officeClock struct {
	mu   sync.Mutex
	back time.Duration
}

// Now is the time at the centre.
func (c *officeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(-c.back)
}

func (c *officeClock) turnBack(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.back = by
}
