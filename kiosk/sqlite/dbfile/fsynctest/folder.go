package fsynctest

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	fusefs "github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// Folder is a folder whose flushes fail when the test says so, whoever asks for them:
// SQLite, Go, or another program.
type Folder struct {
	Dir string

	mu         sync.Mutex
	asked      int // flushes since Fail
	from, fail int // the first of them that fails, and how many do
	failed     []string
	done       []string
	rots       bool
}

// NewFolder mounts one, until the test ends. It skips the test where that cannot be.
func NewFolder(t *testing.T) *Folder {
	t.Helper()
	if _, err := os.Stat("/dev/fuse"); err != nil || os.Geteuid() != 0 {
		t.Skip("SKIPPED: no flush of Go's own failed in a test; with /dev/fuse this has it fail: sudo -E go test ./kiosk/...")
	}
	f := &Folder{Dir: t.TempDir()}
	behind := t.TempDir()
	root, err := fusefs.NewLoopbackRoot(behind)
	if err != nil {
		t.Fatal(err)
	}
	data := root.(*fusefs.LoopbackNode).RootData
	data.RootNode = &flushed{fusefs.LoopbackNode{RootData: data}, f}
	server, err := fusefs.Mount(f.Dir, data.RootNode, &fusefs.Options{MountOptions: fuse.MountOptions{DirectMountStrict: true, FsName: "flushes", ExplicitDataCacheControl: true}})
	if err != nil {
		t.Skipf("SKIPPED: no flush of Go's own failed in a test (%v); with /dev/fuse this has it fail: sudo -E go test ./kiosk/...", err)
	}
	t.Cleanup(func() {
		if err := server.Unmount(); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	return f
}

// Fail lets n flushes fail with EIO, after as many as from have succeeded; for ever
// when n is ForEver.
func (f *Folder) Fail(from, n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked, f.from, f.fail, f.failed, f.done = 0, from, n, nil, nil
}

// Rot lets the disk keep other bytes than were flushed to it, from now on or no more.
// Until the page cache lets them go, nobody who reads sees it.
func (f *Folder) Rot(on bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rots = on
}

// rot writes over the middle of a file, behind the page cache.
func (f *Folder) rot(path string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	info, err := os.Stat(path)
	if err != nil || !f.rots || !info.Mode().IsRegular() || info.Size() < 1<<14 {
		return err
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = file.WriteAt(bytes.Repeat([]byte{0xFF}, 64), info.Size()/2)
	return err
}

// Failed are the names of what was not flushed since Fail.
func (f *Folder) Failed() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.failed...)
}

// Flushed are the names of what was flushed since Fail.
func (f *Folder) Flushed() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.done...)
}

// fails tells whether the flush of a name is one that fails.
func (f *Folder) fails(name string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked++
	if f.asked <= f.from || f.fail != ForEver && f.asked > f.from+f.fail {
		f.done = append(f.done, name)
		return false
	}
	f.failed = append(f.failed, name)
	return true
}

// flushed is a file or folder in it.
type flushed struct {
	fusefs.LoopbackNode
	folder *Folder
}

var _ fusefs.NodeWrapChilder = (*flushed)(nil)

// WrapChild makes what is found in a folder one of these too.
func (n *flushed) WrapChild(context.Context, fusefs.InodeEmbedder) fusefs.InodeEmbedder {
	return &flushed{fusefs.LoopbackNode{RootData: n.RootData}, n.folder}
}

var _ fusefs.NodeFsyncer = (*flushed)(nil)

// Fsync fails or succeeds. What is behind it need not outlive the test.
func (n *flushed) Fsync(context.Context, fusefs.FileHandle, uint32) syscall.Errno {
	if n.folder.fails(filepath.Base(n.Path(nil))) {
		return syscall.EIO
	}
	return fusefs.ToErrno(n.folder.rot(filepath.Join(n.RootData.Path, n.Path(nil))))
}

var _ fusefs.NodeOpener = (*flushed)(nil)

// Open leaves in the page cache what was written, as a disk does.
func (n *flushed) Open(ctx context.Context, flags uint32) (fusefs.FileHandle, uint32, syscall.Errno) {
	h, _, errno := n.LoopbackNode.Open(ctx, flags)
	return h, fuse.FOPEN_KEEP_CACHE, errno
}

var _ fusefs.NodeOpendirHandler = (*flushed)(nil)

// OpendirHandle gives no handle, so that a folder is flushed by Fsync too.
func (n *flushed) OpendirHandle(ctx context.Context, _ uint32) (fusefs.FileHandle, uint32, syscall.Errno) {
	stream, errno := n.Readdir(ctx)
	if errno != 0 {
		return nil, 0, errno
	}
	return &listing{stream}, 0, 0
}

// listing is an open folder.
type listing struct{ fusefs.DirStream }

var _ fusefs.FileReaddirenter = (*listing)(nil)

// Readdirent returns the next name in it.
func (l *listing) Readdirent(context.Context) (*fuse.DirEntry, syscall.Errno) {
	if !l.HasNext() {
		return nil, 0
	}
	entry, errno := l.Next()
	return &entry, errno
}
