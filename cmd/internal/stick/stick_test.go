package stick_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"example.org/inloop/cmd/internal/stick"
)

// mounted is a finder of what a table of ours says.
func mounted(t *testing.T, root string, lines ...string) stick.Finder {
	t.Helper()
	table := filepath.Join(t.TempDir(), "mounts")
	if err := os.WriteFile(table, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return stick.Finder{Table: table, Roots: []string{root}}
}

func TestSticks_OnlyWhatIsMountedBelowTheFolders(t *testing.T) {
	t.Parallel()
	f := mounted(t, "/media/",
		"/dev/mmcblk0p2 / ext4 rw,noatime 0 0",
		"proc /proc proc rw 0 0",
		"tmpfs /media tmpfs rw 0 0",
		"/dev/sda1 /media/MY\\040STICK vfat rw,nosuid,uid=1000 0 0",
		"/dev/sdb1 /media/locked vfat ro,nosuid 0 0",
		"/dev/sdc1 /media/backups ext4 rw 0 0",
		"server:/x /media/far nfs4 rw 0 0",
		"/dev/sdd1 /media/../etc ext4 rw 0 0",
		"/dev/sde1 /mediation ext4 rw 0 0",
		"/dev/sdf1 /media/ntfs fuseblk rw 0 0",
		"half a line",
	)
	f.Not = []string{"/media/backups/room", "", "/var/lib/inloop"}
	if got, want := f.Sticks(), []string{"/media/MY STICK", "/media/ntfs"}; !slices.Equal(got, want) {
		t.Errorf("sticks are %q, want %q", got, want)
	}
	f.Table = "/nowhere"
	if got := f.Sticks(); got != nil {
		t.Errorf("without a table: %q", got)
	}
}

func TestSave_AllOfItUnderANameThatIsFree(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	dir := filepath.Join(root, "STICK")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	f := mounted(t, root, fmt.Sprintf("/dev/sda1 %s vfat rw 0 0", dir))
	if f.Shared(dir) {
		t.Error("an empty stick counts as shared")
	}
	for _, text := range []string{"one", "two"} {
		if err := f.Save(t.Context(), dir, "inloop-2026-11-24.html", []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{"inloop-2026-11-24.html": "one", "inloop-2026-11-24-2.html": "two"} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v, want %q", name, got, err, want)
		}
	}
	if all, err := os.ReadDir(dir); err != nil || len(all) != 2 {
		t.Errorf("%v on the stick, %v, want two files", all, err)
	}
	if !f.Shared(dir) {
		t.Error("a stick with a file of ours does not count as shared")
	}
	if err := f.Save(t.Context(), root, "inloop.html", nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("onto what is no stick: %v, want ErrNotExist", err)
	}
}

// A stick that was made to lead elsewhere leads nowhere.
func TestSave_StaysOnTheStick(t *testing.T) {
	t.Parallel()
	root, elsewhere := t.TempDir(), filepath.Join(t.TempDir(), "mine")
	dir := filepath.Join(root, "STICK")
	if err := errors.Join(os.Mkdir(dir, 0o700), os.Symlink(elsewhere, filepath.Join(dir, ".inloop-partial"))); err != nil {
		t.Fatal(err)
	}
	f := mounted(t, root, fmt.Sprintf("/dev/sda1 %s vfat rw 0 0", dir))
	if err := f.Save(t.Context(), dir, "inloop.html", []byte("x")); err == nil {
		t.Error("written through a link")
	}
	if _, err := os.Stat(elsewhere); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file came into being elsewhere: %v", err)
	}
}

// A stick that the system has mounted is found as it stands in its own table, and one
// that is full takes nothing: no half of a file is left on it.
func TestSave_OntoAMountedStickThatIsFull(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "MY STICK")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=16k"); err != nil {
		t.Skipf("SKIPPED: no full stick was tried (%v); this tries it: sudo -E go test ./cmd/internal/stick", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	f := stick.Finder{Table: "/proc/self/mounts", Roots: []string{root}}
	if got := f.Sticks(); !slices.Equal(got, []string{dir}) {
		t.Fatalf("sticks are %q, want %q", got, dir)
	}
	if err := f.Save(t.Context(), dir, "inloop.html", make([]byte, 64<<10)); !errors.Is(err, unix.ENOSPC) {
		t.Errorf("onto a full stick: %v, want ENOSPC", err)
	}
	if all, err := os.ReadDir(dir); err != nil || len(all) != 0 {
		t.Errorf("%v is left on it, %v", all, err)
	}
	if err := f.Save(t.Context(), dir, "inloop.html", []byte("small")); err != nil {
		t.Error(err)
	}
}
