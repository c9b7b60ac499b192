package keyring

import (
	"crypto/ecdh"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// periodSuffix stands between the key file's name and the period in the name of a
// period's key. It lies beside the key file: never in the database, nor in a backup.
const periodSuffix = ".pool-"

func (k Keys) periodFile(period string) string { return k.file + periodSuffix + period }

// Period returns the X25519 key of a period that is counted together with other rooms,
// fs.ErrNotExist when there is none.
func (k Keys) Period(period string) (*ecdh.PrivateKey, error) {
	text, err := os.ReadFile(k.periodFile(period))
	if err != nil {
		return nil, fmt.Errorf("read key of %s: %w", period, err)
	}
	b, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil {
		return nil, fmt.Errorf("%w: key of %s: %w", ErrUnusable, period, err)
	}
	key, err := ecdh.X25519().NewPrivateKey(b)
	if err != nil {
		return nil, fmt.Errorf("%w: key of %s: %w", ErrUnusable, period, err)
	}
	return key, nil
}

// MakePeriod returns the key of a period, a fresh one when there is none, which is on
// the disk whole before it returns: a readiness is of no use without it.
func (k Keys) MakePeriod(period string) (*ecdh.PrivateKey, error) {
	if key, err := k.Period(period); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if k.file == "" {
		return nil, errors.New("want the keys of a key file")
	}
	key, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make key of %s: %w", period, err)
	}
	dir := filepath.Dir(k.file)
	f, err := os.CreateTemp(dir, ".key-*")
	if err != nil {
		return nil, fmt.Errorf("make key of %s: %w", period, err)
	}
	defer os.Remove(f.Name()) //nolint:errcheck // gone under this name either way
	_, err = f.WriteString(hex.EncodeToString(key.Bytes()) + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), k.periodFile(period))
	}
	if err = errors.Join(err, flush(dir)); err != nil {
		return nil, fmt.Errorf("make key of %s: %w", period, err)
	}
	return key, nil
}

// Periods returns the periods that have a key.
func (k Keys) Periods() ([]string, error) {
	if k.file == "" {
		return nil, nil
	}
	entries, err := os.ReadDir(filepath.Dir(k.file))
	if err != nil {
		return nil, fmt.Errorf("look for keys of periods: %w", err)
	}
	var periods []string
	for _, e := range entries {
		if period, ok := strings.CutPrefix(e.Name(), filepath.Base(k.file)+periodSuffix); ok {
			periods = append(periods, period)
		}
	}
	return periods, nil
}

// ErasePeriod writes zeros over the key of a period and takes the file away: whoever
// steals the card later opens no share. Flash may keep the old sector all the same.
func (k Keys) ErasePeriod(period string) error {
	path := k.periodFile(period)
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("erase key of %s: %w", period, err)
	}
	_, err = f.Write(make([]byte, 2*rootSize+1))
	if err = errors.Join(err, f.Sync(), f.Close(), os.Remove(path), flush(filepath.Dir(path))); err != nil {
		return fmt.Errorf("erase key of %s: %w", period, err)
	}
	return nil
}
