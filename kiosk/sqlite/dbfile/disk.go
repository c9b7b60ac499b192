package dbfile

import (
	"errors"
	"os"
)

// Disk is what decides whether a file outlives a power cut. What SQLite flushes by
// itself does not go through it.
type Disk interface {
	// Sync flushes a file, or the names in a folder.
	Sync(path string) error
	// Rename gives a file the name of another, which it replaces.
	Rename(from, to string) error
}

// machine is the disk of the machine.
type machine struct{}

var _ Disk = machine{}

func (machine) Sync(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func (machine) Rename(from, to string) error { return os.Rename(from, to) }
