package backup

import (
	"errors"
	"os"
)

// Disk is what decides whether a file outlives a power cut.
type Disk interface {
	// Sync flushes a file, or the names in a folder.
	Sync(path string) error
	// Rename gives a file the name of another, which it replaces.
	Rename(from, to string) error
}

// OS is the disk of the machine.
type OS struct{}

var _ Disk = OS{}

// Sync flushes a file, or the names in a folder.
func (OS) Sync(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Rename is os.Rename.
func (OS) Rename(from, to string) error { return os.Rename(from, to) }
