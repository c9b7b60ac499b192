package main

import (
	"context"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"testing"

	fusefs "github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
	"golang.org/x/sys/unix"
)

// spidevPath is where the kiosk looks for its reader.
const spidevPath = "/dev/spidev0.0"

// spidev is a file that takes spidev's ioctls (Linux,
// include/uapi/linux/spi/spidev.h) and brings the bytes to a chip.
type spidev struct {
	fusefs.Inode
	path string

	mu       sync.Mutex
	chip     onBus
	refused  syscall.Errno // what an open gives, 0 for none
	broken   syscall.Errno // what an ioctl gives, 0 for none
	grounded bool          // MISO gives 00, and nothing reaches the chip
	settings map[byte][]byte
	held     bool // chip select stayed low after the last transfer
	spent    traffic
}

// onBus is a chip as the bus sees it.
type onBus interface {
	selects()             // chip select falls
	shift(mosi byte) byte // a byte each way
}

// traffic is what the bus was asked for.
type traffic struct{ ioctls, frames, bytes int }

var (
	_ fusefs.NodeOpener    = (*spidev)(nil)
	_ fusefs.NodeGetattrer = (*spidev)(nil)
	_ fusefs.NodeIoctler   = (*spidev)(nil)
)

// newSpidev mounts a node that is not yet linked under /dev. Where that cannot
// be, it skips the test, and says so.
func newSpidev(t *testing.T) *spidev {
	t.Helper()
	whole(t)
	skip := func(why string) {
		t.Helper()
		t.Skipf("SKIPPED: spidev end-to-end test (wants root and /dev/fuse): %s; as root: go test -run Spidev ./cmd/inloop-kiosk", why)
	}
	if os.Geteuid() != 0 || runtime.GOARCH != "amd64" {
		skip("not root on amd64")
	}
	if _, err := os.Stat("/dev/fuse"); err != nil {
		skip("no /dev/fuse")
	}
	if _, err := os.Lstat(spidevPath); !errors.Is(err, fs.ErrNotExist) {
		skip("there is a " + spidevPath + " already")
	}
	dir := t.TempDir()
	node := &spidev{path: filepath.Join(dir, "spidev"), chip: newAirChip(airHabits{}), settings: map[byte][]byte{}}
	root := &fusefs.Inode{}
	server, err := fusefs.Mount(dir, root, &fusefs.Options{
		MountOptions: fuse.MountOptions{DirectMountStrict: true, FsName: "spidev"},
		OnAdd: func(ctx context.Context) {
			file := root.NewPersistentInode(ctx, node, fusefs.StableAttr{Mode: syscall.S_IFREG})
			root.AddChild("spidev", file, true)
		},
	})
	if err != nil {
		skip("mount: " + err.Error())
	}
	t.Cleanup(func() {
		node.unlink(t)
		if err := server.Unmount(); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	return node
}

// link makes the node appear under /dev.
func (n *spidev) link(t *testing.T) {
	t.Helper()
	if err := os.Symlink(n.path, spidevPath); err != nil {
		t.Fatal(err)
	}
}

// unlink makes it vanish; only our own link is ever taken away.
func (n *spidev) unlink(t *testing.T) {
	t.Helper()
	if to, err := os.Readlink(spidevPath); err != nil || to != n.path {
		return
	}
	if err := os.Remove(spidevPath); err != nil {
		t.Error(err)
	}
}

// change sets one of the node's faults, or its chip.
func (n *spidev) change(f func(*spidev)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	f(n)
}

func (n *spidev) traffic() traffic {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.spent
}

func (n *spidev) Getattr(_ context.Context, _ fusefs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	out.Mode = 0o600
	return 0
}

func (n *spidev) Open(context.Context, uint32) (fusefs.FileHandle, uint32, syscall.Errno) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return nil, fuse.FOPEN_DIRECT_IO, n.refused
}

// Ioctl takes SPI_IOC_MESSAGE(n), and the settings, which it keeps.
func (n *spidev) Ioctl(ctx context.Context, _ fusefs.FileHandle, cmd uint32, _ uint64, in, out []byte) (int32, syscall.Errno) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.spent.ioctls++
	caller, ok := fuse.FromContext(ctx)
	number, kind := byte(cmd), byte(cmd>>8)
	switch {
	case n.broken != 0:
		return 0, n.broken
	case !ok || kind != 'k':
		return 0, syscall.ENOTTY
	case number != 0 && len(out) > 0:
		copy(out, n.settings[number])
		return 0, 0
	case number != 0:
		n.settings[number] = append([]byte(nil), in...)
		return 0, 0
	}
	return n.message(int(caller.Pid), in)
}

// spiTransfer is struct spi_ioc_transfer.
type spiTransfer struct {
	Tx, Rx     uint64
	Len, Speed uint32
	Delay      uint16
	Bits       uint8
	CSChange   uint8
	TxN, RxN   uint8
	WordDelay  uint8
	Reserved   uint8
}

// message runs a list of transfers. Between two, chip select stays low unless
// cs_change is set; after the last it is the other way round.
func (n *spidev) message(pid int, in []byte) (int32, syscall.Errno) {
	list := make([]spiTransfer, len(in)/32)
	if _, err := binary.Decode(in, binary.LittleEndian, list); err != nil || len(in)%32 != 0 {
		return 0, syscall.EINVAL
	}
	total := 0
	for i, x := range list {
		if !n.held {
			n.chip.selects()
			n.spent.frames++
		}
		buffer := make([]byte, x.Len)
		if x.Tx != 0 && !remote(unix.ProcessVMReadv, pid, x.Tx, buffer) {
			return 0, syscall.EFAULT
		}
		for j, b := range buffer {
			if n.grounded {
				buffer[j] = 0
				continue
			}
			buffer[j] = n.chip.shift(b)
		}
		if x.Rx != 0 && !remote(unix.ProcessVMWritev, pid, x.Rx, buffer) {
			return 0, syscall.EFAULT
		}
		last := i == len(list)-1
		n.held = last == (x.CSChange != 0)
		total += len(buffer)
	}
	n.spent.bytes += total
	return int32(total), 0
}

// remote reads or writes the caller's memory.
func remote(move func(int, []unix.Iovec, []unix.RemoteIovec, uint) (int, error), pid int, at uint64, b []byte) bool {
	if len(b) == 0 {
		return true
	}
	local := []unix.Iovec{{Base: &b[0]}}
	local[0].SetLen(len(b))
	got, err := move(pid, local, []unix.RemoteIovec{{Base: uintptr(at), Len: len(b)}}, 0)
	return err == nil && got == len(b)
}
