package main

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// A file that is being written is not read; one that was left alone is, once.
func TestWatch_TellsWhenTheFileHasSettled(t *testing.T) {
	file := filepath.Join(t.TempDir(), "kiosk.toml")
	put := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("one")
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		hangup, changed := make(chan os.Signal), make(chan struct{}, 1)
		done := make(chan struct{})
		go func() { defer close(done); watch(ctx, file, hangup, changed) }()
		told := func() bool {
			synctest.Wait()
			select {
			case <-changed:
				return true
			default:
				return false
			}
		}
		pass := func(d time.Duration) { time.Sleep(d) }
		pass(time.Minute)
		if told() {
			t.Error("told of a file that did not change")
		}
		put("half of tw")
		pass(lookEvery + time.Second)
		if told() {
			t.Error("told of a file that may still be written")
		}
		put("all of two")
		pass(3 * lookEvery)
		if !told() {
			t.Error("not told of the new file")
		}
		pass(time.Minute)
		if told() {
			t.Error("told twice")
		}
		hangup <- syscall.SIGHUP
		if !told() {
			t.Error("not told when asked to look")
		}
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		pass(time.Minute)
		if !told() {
			t.Error("not told that the file is gone")
		}
		cancel()
		<-done
	})
}
