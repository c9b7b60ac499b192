// Package fsynctest makes fsync fail in a test, as a worn card does.
//
// SQLite calls the fsync of libc, which a library put before it (LD_PRELOAD) can
// answer with EIO. Go makes its own system call, so that what Go flushes (keys,
// folders, backups) is not reached by it: for that, with root, there is a [Folder].
package fsynctest

import (
	_ "embed"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The library is C that only tests compile: as a .c file it would be in the program.
//
//go:embed fsync.txt
var source string

const control = "INLOOP_TEST_FSYNC"

// ForEver is a number of failures that does not end.
const ForEver = -1

// FailNext lets the next n calls of fsync and fdatasync in this process fail.
func FailNext(t *testing.T, n int32) {
	t.Helper()
	set(t, os.Getenv(control), n)
}

func set(t *testing.T, path string, n int32) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		// Not truncated: the file is mapped in the process whose fsync fails.
		_, err = f.WriteAt(binary.NativeEndian.AppendUint32(nil, uint32(n)), 0)
	}
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Inside runs the calling test once more in a process whose fsync can fail, and
// returns true there, and false here, after its end. Without a C compiler it skips.
func Inside(t *testing.T) bool {
	t.Helper()
	if os.Getenv(control) != "" {
		return true
	}
	args := []string{"-test.v", "-test.run=^" + strings.ReplaceAll(t.Name(), "/", "$/^") + "$"}
	for _, arg := range os.Args[1:] {
		if !strings.HasPrefix(arg, "-test.") { // a flag of the test's own
			args = append(args, arg)
		}
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	env, _ := Environment(t)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("with a library before libc: %v\n%s", err, out)
	} else {
		t.Logf("%s", out)
	}
	return false
}

// Environment builds the library and returns what a process needs in its
// environment to load it, and a Fail for that process.
func Environment(t *testing.T) (env []string, fail func(n int32)) {
	t.Helper()
	cc, err := exec.LookPath("cc")
	if err != nil {
		t.Skip("SKIPPED: no fsync failed in a test, as making it fail needs a C compiler: apt-get install gcc")
	}
	dir := t.TempDir()
	lib, left := filepath.Join(dir, "fsync.so"), filepath.Join(dir, "left")
	set(t, left, 0)
	build := exec.CommandContext(t.Context(), cc, "-shared", "-fPIC", "-O1", "-o", lib, "-x", "c", "-", "-ldl")
	build.Stdin = strings.NewReader(source)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the library: %v\n%s", err, out)
	}
	return []string{"LD_PRELOAD=" + lib, control + "=" + left}, func(n int32) { set(t, left, n) }
}
