// Package stick finds memory sticks that are mounted and writes files onto them
// that people take along. Mounting them is the system's work.
package stick

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Prefix begins the names of the files by which a stick is known to be shared.
const Prefix = "inloop-"

// patience is how long a stick may take to swallow a small file. A broken one never
// comes to its end, and nobody waits for that.
const patience = 20 * time.Second

// partial is what a file is called while it is written.
const partial = ".inloop-partial"

// Finder finds sticks.
type Finder struct {
	Table string   // of what is mounted, as /proc/self/mounts has it
	Roots []string // folders below which sticks are mounted
	Not   []string // the room's own folders: a stick that holds one is nobody's to take away
}

// Sticks returns where sticks are mounted that can be written to, in order. A table
// that cannot be read has none.
func (f Finder) Sticks() []string {
	table, err := os.ReadFile(f.Table)
	if err != nil {
		return nil
	}
	var found []string
	for line := range strings.Lines(string(table)) {
		// Device, folder, kind, options (fstab(5)).
		fields := strings.Fields(line)
		if len(fields) < 4 {
			continue
		}
		dir := unescape(fields[1])
		if f.below(dir) && local(fields[2]) && slices.Contains(strings.Split(fields[3], ","), "rw") && !f.holds(dir) {
			found = append(found, dir)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// below tells whether dir lies below a root; the root itself is no stick.
func (f Finder) below(dir string) bool {
	return slices.ContainsFunc(f.Roots, func(root string) bool { return inside(root, dir) && filepath.Clean(root) != dir })
}

// holds tells whether a folder of the room lies on what is mounted at dir.
func (f Finder) holds(dir string) bool {
	return slices.ContainsFunc(f.Not, func(own string) bool {
		whole, err := filepath.Abs(own)
		return own != "" && err == nil && inside(dir, whole)
	})
}

func inside(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, "../")
}

// local tells whether files of that kind lie on this machine.
func local(kind string) bool {
	remote := []string{"autofs", "nfs", "nfs4", "cifs", "smb3", "9p", "proc", "sysfs", "devtmpfs", "devpts", "cgroup2", "debugfs"}
	return !slices.Contains(remote, kind) && (!strings.HasPrefix(kind, "fuse") || kind == "fuseblk")
}

// unescape reads a path of the table, in which a space stands as \040.
func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+3 < len(s) {
			if c, err := strconv.ParseUint(s[i+1:i+4], 8, 8); err == nil {
				b.WriteByte(byte(c))
				i += 3
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// Shared tells whether a file of ours is on the stick already, and for one that
// cannot be read that it may be.
func (Finder) Shared(stick string) bool {
	entries, err := os.ReadDir(stick)
	return err != nil || slices.ContainsFunc(entries, func(e os.DirEntry) bool { return strings.HasPrefix(e.Name(), Prefix) })
}

// Save writes a file onto a stick, and onto the metal of it, before it returns: all
// of it or, under its own name, nothing. A name that is taken gets a number. The
// error is that of a stick that is full, broken, too slow or pulled out.
func (f Finder) Save(ctx context.Context, stick, name string, content []byte) error {
	if !slices.Contains(f.Sticks(), stick) {
		return fmt.Errorf("stick: %w", fs.ErrNotExist)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	saved := make(chan error, 1)
	go func() { saved <- save(stick, name, content) }()
	select {
	case err := <-saved:
		return err
	case <-ctx.Done():
		return fmt.Errorf("write onto stick: %w", ctx.Err())
	}
}

func save(stick, name string, content []byte) (err error) {
	root, err := os.OpenRoot(stick) // nothing on it leads out of it
	if err != nil {
		return fmt.Errorf("open stick: %w", err)
	}
	defer root.Close() //nolint:errcheck // only a folder
	if err := write(root, content); err != nil {
		return errors.Join(fmt.Errorf("write onto stick: %w", err), remove(root))
	}
	if err := give(root, name); err != nil {
		return errors.Join(fmt.Errorf("name file on stick: %w", err), remove(root))
	}
	return flush(root)
}

func write(root *os.Root, content []byte) error {
	file, err := root.OpenFile(partial, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

func remove(root *os.Root) error {
	if err := root.Remove(partial); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// give gives the file its name, or the first free one like it.
func give(root *os.Root, name string) error {
	base, ext := strings.TrimSuffix(name, filepath.Ext(name)), filepath.Ext(name)
	for n := 2; ; n++ {
		_, err := root.Lstat(name)
		if errors.Is(err, fs.ErrNotExist) {
			return root.Rename(partial, name)
		}
		if err != nil {
			return err
		}
		name = fmt.Sprintf("%s-%d%s", base, n, ext)
	}
}

// flush lets the whole stick come to rest: it may be pulled out after it.
func flush(root *os.Root) error {
	dir, err := root.Open(".")
	if err == nil {
		err = errors.Join(dir.Sync(), unix.Syncfs(int(dir.Fd())), dir.Close()) //nolint:gosec // a descriptor is small
	}
	if err != nil {
		return fmt.Errorf("flush stick: %w", err)
	}
	return nil
}
