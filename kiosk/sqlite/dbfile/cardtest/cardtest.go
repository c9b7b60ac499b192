// Package cardtest is an SD card in software, from which the plug is pulled in a test.
//
// A file that FUSE serves from memory is the card; a loop device makes a disk of it,
// with a real ext4 on it. Every block that is written and every flush is recorded.
// What a power cut leaves is made of the recording: all that was written up to the last
// flush, and of what came later any sectors or none. A card that lies has not kept to
// its flushes either: any of its last writes may be missing.
package cardtest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	fusefs "github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

const (
	cardSize = 24 << 20
	sector   = 512
	// backupSuper is the block of the second superblock: one in which a group begins.
	backupSuper = "2048"
	// forgets is how many of the last writes a card that lies may have lost.
	forgets = 24
)

// Card is one, mounted at Dir until the test ends.
type Card struct {
	Dir string
	f   *file
}

// write is one that reached the card, or a flush, which has no data.
type write struct {
	at   int64
	data []byte
}

// file is the card's content.
type file struct {
	fusefs.Inode
	mu      sync.Mutex
	now     []byte
	before  []byte // as it was when recording began
	written []write
}

// New makes a card and mounts it. Where that cannot be, it skips the test and says so.
func New(t *testing.T) *Card {
	t.Helper()
	skip := func(why any) {
		t.Helper()
		t.Skipf("SKIPPED: no power-cut test ran (%v); with mkfs.ext4 this runs it: sudo -E go test ./kiosk/rescue", why)
	}
	if os.Geteuid() != 0 {
		skip("not root")
	}
	for _, tool := range []string{"mkfs.ext4", "e2fsck", "losetup", "mount", "umount"} {
		if _, err := exec.LookPath(tool); err != nil {
			skip(err)
		}
	}
	f := &file{now: make([]byte, cardSize)}
	made := filepath.Join(t.TempDir(), "made")
	if err := os.WriteFile(made, f.now, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := do("mkfs.ext4", "-q", "-b", "4096", "-g", backupSuper, "-J", "size=4", "-E", "lazy_itable_init=0,lazy_journal_init=0", made); err != nil {
		skip(err)
	}
	content, err := os.ReadFile(made)
	if err != nil {
		t.Fatal(err)
	}
	copy(f.now, content)

	served, root := t.TempDir(), &fusefs.Inode{}
	server, err := fusefs.Mount(served, root, &fusefs.Options{
		MountOptions: fuse.MountOptions{DirectMountStrict: true, FsName: "card", MaxWrite: 128 << 10},
		OnAdd: func(ctx context.Context) {
			root.AddChild("card", root.NewPersistentInode(ctx, f, fusefs.StableAttr{Mode: syscall.S_IFREG}), true)
		},
	})
	if err != nil {
		skip(err)
	}
	t.Cleanup(func() {
		if err := server.Unmount(); err != nil {
			t.Errorf("unmount the card: %v", err)
		}
	})
	dir, err := mount(t, filepath.Join(served, "card"))
	if err != nil {
		skip(err)
	}
	syscall.Sync() // what the mounting wrote is there
	f.mu.Lock()
	f.before, f.written = append([]byte(nil), f.now...), nil
	f.mu.Unlock()
	return &Card{Dir: dir, f: f}
}

// mount mounts the ext4 in a file until the test ends.
func mount(t *testing.T, file string) (dir string, err error) {
	dir = t.TempDir()
	if err := do("mount", "-o", "loop", file, dir); err != nil {
		return "", err
	}
	t.Cleanup(func() {
		if err := do("umount", dir); err != nil {
			t.Error(err)
			_ = do("umount", "-l", dir) // so that no later test meets it
		}
	})
	return dir, nil
}

func do(name string, args ...string) error {
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, out)
	}
	return nil
}

// Now tells how far the recording is.
func (c *Card) Now() int {
	c.f.mu.Lock()
	defer c.f.mu.Unlock()
	return len(c.f.written)
}

// Cut mounts what is left, in another folder and until the test t ends, when the plug is
// pulled at a place of the recording. A file system that does not mount is checked
// first, as a Pi does when it starts.
func (c *Card) Cut(t *testing.T, at int, lies bool, rnd *rand.Rand) (dir string) {
	t.Helper()
	image := filepath.Join(t.TempDir(), "left")
	if err := os.WriteFile(image, c.left(at, lies, rnd), 0o600); err != nil {
		t.Fatal(err)
	}
	if lies {
		_ = do("e2fsck", "-fy", image) // it ends with 1 when it has mended something
	}
	dir, err := mount(t, image)
	if err == nil {
		return dir
	}
	// Half a superblock: there is a second one.
	checked := do("e2fsck", "-fy", "-b", backupSuper, "-B", "4096", image)
	if dir, err = mount(t, image); err != nil {
		t.Fatal(err, checked)
	}
	return dir
}

// left is the card's content after a power cut.
func (c *Card) left(at int, lies bool, rnd *rand.Rand) []byte {
	c.f.mu.Lock()
	defer c.f.mu.Unlock()
	sure := max(0, at-forgets)
	if !lies {
		for sure = at; sure > 0 && c.f.written[sure-1].data != nil; sure-- {
		}
	}
	left := append([]byte(nil), c.f.before...)
	for i, w := range c.f.written[:at] {
		for from := 0; from < len(w.data); from += sector {
			if i < sure || rnd.IntN(2) == 0 {
				copy(left[w.at+int64(from):], w.data[from:min(from+sector, len(w.data))])
			}
		}
	}
	return left
}

var (
	_ fusefs.NodeOpener    = (*file)(nil)
	_ fusefs.NodeGetattrer = (*file)(nil)
	_ fusefs.NodeReader    = (*file)(nil)
	_ fusefs.NodeWriter    = (*file)(nil)
	_ fusefs.NodeFsyncer   = (*file)(nil)
)

// Open gives no handle: there is one content.
func (f *file) Open(context.Context, uint32) (fusefs.FileHandle, uint32, syscall.Errno) {
	return nil, 0, 0
}

// Getattr tells the card's size.
func (f *file) Getattr(_ context.Context, _ fusefs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	out.Mode, out.Size = 0o600, cardSize
	return 0
}

// Read reads what was written last.
func (f *file) Read(_ context.Context, _ fusefs.FileHandle, to []byte, at int64) (fuse.ReadResult, syscall.Errno) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := copy(to, f.now[min(at, cardSize):])
	return fuse.ReadResultData(to[:n]), 0
}

// Write writes and records it.
func (f *file) Write(_ context.Context, _ fusefs.FileHandle, data []byte, at int64) (uint32, syscall.Errno) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if at+int64(len(data)) > cardSize {
		return 0, syscall.ENOSPC
	}
	copy(f.now[at:], data)
	f.written = append(f.written, write{at, append([]byte{}, data...)})
	return uint32(len(data)), 0
}

// Fsync records a flush.
func (f *file) Fsync(context.Context, fusefs.FileHandle, uint32) syscall.Errno {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.written = append(f.written, write{})
	return 0
}
