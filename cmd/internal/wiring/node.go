package wiring

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
	"periph.io/x/conn/v3/spi"
)

// ErrBusInUse means that another program drives the chip.
var ErrBusInUse = errors.New("another program uses the reader's bus")

// owned is a port of which this program is the one owner.
type owned struct {
	spi.PortCloser
	node *os.File // that the lock is on
}

// Close closes the port and lets others have it.
func (p *owned) Close() error { return errors.Join(p.PortCloser.Close(), p.node.Close()) }

// own takes a port's node for this program alone, until the file is closed: two
// programs on one chip would each spoil what the other does. [ErrBusInUse], and the
// node's own errors: it is not there, or may not be used.
func own(node string) (*os.File, error) {
	f, err := os.OpenFile(node, os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("open bus: %w", err)
	}
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if err == nil {
		return f, nil
	}
	_ = f.Close() // the first error tells more
	if errors.Is(err, unix.EWOULDBLOCK) {
		err = ErrBusInUse
	}
	return nil, fmt.Errorf("own %s: %w", node, err)
}

// Try finds out whether the port's node can be had, and lets go of it again. nil
// for a port without a node of the kernel's numbering.
func (c Config) Try() error {
	node := c.Node()
	if node == "" {
		return nil
	}
	f, err := own(node)
	if err != nil {
		return err
	}
	return f.Close()
}
