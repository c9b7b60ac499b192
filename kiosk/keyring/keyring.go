package keyring

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
)

// ErrKey is returned for a key file that does not belong to the room's data, and
// for what does not open with it.
var ErrKey = errors.New("key file does not belong to this data folder")

// ErrAbsent is returned for a room that has begun and whose database is not there.
var ErrAbsent = errors.New("there should be a room's database here")

// ErrUnusable is returned for a key file that cannot be read, or is none.
var ErrUnusable = errors.New("key file cannot be used")

const rootSize = 32 // bytes in a key file

// Keys are all the secrets of one room, derived from its key file by
// HKDF-SHA256 (RFC 5869). They print as "[keys]".
type Keys struct {
	file                     string
	badge, sealing, rounding []byte
	tags                     []byte
	signing                  ed25519.PrivateKey
}

// Load reads the key file at path, which must be 32 bytes that only its owner
// may read; at the first start it makes one. It may not lie in the data folder
// ([Keys.Outside] refuses that), and belongs in no backup of it.
func Load(path string) (Keys, error) {
	root, err := readRoot(path)
	if errors.Is(err, fs.ErrNotExist) {
		root, err = makeRoot(path)
	} else if err != nil {
		err = fmt.Errorf("%w: %w", ErrUnusable, err)
	}
	// What is sealed by a key that is gone after a power cut opens never again. Until
	// the room has begun, an earlier try may have made it and not flushed it.
	if err == nil && exists(path+beginning) {
		err = flushRoot(path)
	}
	if err != nil {
		return Keys{}, fmt.Errorf("load key file: %w", err)
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return Keys{}, fmt.Errorf("load key file: %w", err)
	}
	return derive(root, abs)
}

// LoadFor is Load for the room whose database is at begun. A room that has begun
// cannot do with another key, so that none is made for it: then a missing key file
// is an [ErrKey]. Nor may it begin once more because its database is away: then that
// is an [ErrAbsent].
func LoadFor(begun, path string) (Keys, error) {
	here, there := exists(begun), exists(path)
	switch {
	case here && !there:
		return Keys{}, fmt.Errorf("%w: %s is not there: put back the one that was there when the folder was made", ErrKey, path)
	case there && !here && !exists(path+beginning):
		return Keys{}, fmt.Errorf("%w: %s; see whether its disk is there, or put back a backup", ErrAbsent, begun)
	}
	return Load(path)
}

// exists tells whether there is something, as far as can be seen.
func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// beginning ends the name of a file beside the key. It is there from before the key
// is made until the room's first rows are on the disk: a key without it, and without
// a database, is that of a room that is away.
const beginning = ".beginning"

// Beginning tells whether the room of these keys has yet to begin.
func (k Keys) Beginning() bool { return k.file != "" && exists(k.file+beginning) }

// Begin lets a room whose database is gone begin once more, with the same keys.
func (k Keys) Begin() error { return markBeginning(k.file) }

// Begun notes that the first rows are in the folder dir. It comes after they were
// committed, and before anything else is written.
func (k Keys) Begun(dir string) error {
	if !k.Beginning() {
		return nil
	}
	// The folder's own name may be new as well.
	if err := errors.Join(flush(dir), flush(filepath.Dir(dir))); err != nil {
		return fmt.Errorf("note that the room has begun: %w", err)
	}
	if err := os.Remove(k.file + beginning); err != nil {
		return fmt.Errorf("note that the room has begun: %w", err)
	}
	return flush(filepath.Dir(k.file))
}

// markBeginning writes that file, durably.
func markBeginning(path string) error {
	f, err := os.OpenFile(path+beginning, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close(), flush(filepath.Dir(path)))
}

func derive(root []byte, file string) (Keys, error) {
	k := Keys{file: file}
	var seed []byte
	for purpose, key := range map[string]*[]byte{
		"badge": &k.badge, "seal": &k.sealing, "rounding": &k.rounding, "signing": &seed, "tags": &k.tags,
	} {
		var err error
		if *key, err = hkdf.Key(sha256.New, root, nil, "inloop-kiosk 1 "+purpose, 32); err != nil {
			return Keys{}, fmt.Errorf("derive %s key: %w", purpose, err)
		}
	}
	k.signing = ed25519.NewKeyFromSeed(seed)
	return k, nil
}

func readRoot(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // only read
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s may be read by others: want mode 0600 (chmod 600 %[1]s)", path)
	}
	root, err := io.ReadAll(io.LimitReader(f, rootSize+1))
	if err != nil {
		return nil, err
	}
	if len(root) != rootSize {
		return nil, fmt.Errorf("%s is no key file: want %d bytes", path, rootSize)
	}
	return root, nil
}

// makeRoot writes a new key file whole or not at all: under another name
// first, flushed, and never over one that is there.
func makeRoot(path string) ([]byte, error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if err := markBeginning(path); err != nil {
		return nil, err
	}
	root := make([]byte, rootSize)
	_, _ = rand.Read(root) // never fails (crypto/rand)
	f, err := os.CreateTemp(dir, ".key-*")
	if err != nil {
		return nil, err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // gone under this name either way
	_, err = f.Write(root)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, err
	}
	if err := os.Link(f.Name(), path); err != nil {
		return nil, err
	}
	return root, nil
}

// flushRoot flushes a key file, its name, and that of its folder, which may be new.
func flushRoot(path string) error {
	dir := filepath.Dir(path)
	return errors.Join(flush(path), flush(dir), flush(filepath.Dir(dir)))
}

// flush flushes a file, or a folder, so that a name made in it outlives a power cut.
func flush(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Outside refuses keys that would be stolen or backed up with the data in dir:
// an [ErrKey].
func (k Keys) Outside(dir string) error {
	if k.badge == nil {
		return errors.New("want the keys of a key file")
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if k.file != "" && within(k.file, abs) {
		return fmt.Errorf("%w: it lies in the data folder; keep it elsewhere (--key FILE)", ErrKey)
	}
	return nil
}

// within tells whether file lies in dir or below.
func within(file, dir string) bool {
	rel, err := filepath.Rel(dir, file)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// Signing returns the key by which the room signs what it sends.
func (k Keys) Signing() ed25519.PrivateKey { return k.signing }

// Rounding returns the key from which the rounding parts of what is counted together
// with other rooms come (package pool). It outlives every restore.
func (k Keys) Rounding() []byte { return append([]byte(nil), k.rounding...) }

// Tag returns the AES-128 key from which those of each clone-proof tag are
// diversified. Like all the others it is nowhere but in the key file.
func (k Keys) Tag() [16]byte { return [16]byte(k.tags[:16]) }

// Format writes "[keys]" whatever the verb.
func (Keys) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[keys]") }

// LogValue keeps the keys out of structured logs.
func (Keys) LogValue() slog.Value { return slog.StringValue("[keys]") }
