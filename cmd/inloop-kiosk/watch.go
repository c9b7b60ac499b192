package main

import (
	"context"
	"os"
	"time"
)

// lookEvery is how often the settings file is looked at. Its content is read only
// when it has changed, and has been left alone since the last look.
const lookEvery = 5 * time.Second

// watch tells changed, until ctx ends, that the settings may have changed: the file
// is another, or hangup says so.
func watch(ctx context.Context, file string, hangup <-chan os.Signal, changed chan<- struct{}) {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	taken := version(file)
	last := taken
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangup:
			taken = version(file)
		case <-look.C:
			now := version(file)
			settled := now == last
			if last = now; now == taken || !settled {
				continue
			}
			taken = now
		}
		select {
		case changed <- struct{}{}:
		default: // it is told already
		}
	}
}

// version tells one state of a file from another, by what needs no reading.
func version(file string) (v struct {
	size int64
	at   time.Time
},
) {
	if info, err := os.Stat(file); err == nil {
		v.size, v.at = info.Size(), info.ModTime()
	}
	return v
}
