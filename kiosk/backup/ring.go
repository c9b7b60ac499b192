package backup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.org/inloop/sync/count"
)

// How many nightly backups are kept: one of each of the last nights, and the last
// one of each of the last weeks.
const (
	ringNights = 7
	ringWeeks  = 8
)

const (
	nightPrefix = "night-"
	nightTail   = ".backup"
)

// Ring is a folder of nightly backups. Each has the name of the day on which it was
// made.
type Ring struct{ Dir string }

// File is the path of the backup of a day.
func (r Ring) File(day count.Day) string {
	return filepath.Join(r.Dir, nightPrefix+day.String()+nightTail)
}

// Nights returns the days of which there is a backup, the last one first. A folder
// that is not there has none.
func (r Ring) Nights() ([]count.Day, error) {
	entries, err := os.ReadDir(r.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("look for nightly backups: %w", err)
	}
	var days []count.Day
	for _, e := range entries {
		name, ours := strings.CutPrefix(e.Name(), nightPrefix)
		name, whole := strings.CutSuffix(name, nightTail)
		if day, err := count.ParseDay(name); err == nil && ours && whole {
			days = append(days, day)
		}
	}
	slices.SortFunc(days, func(a, b count.Day) int { return int(b - a) })
	return days, nil
}

// Turn deletes the backups that are kept no longer, and what a backup that was cut
// off has left. It goes by the number of backups and by no clock: one that leaps
// ahead adds one and so takes away one.
func (r Ring) Turn() error {
	days, err := r.Nights()
	if err != nil {
		return err
	}
	for _, day := range Over(days) {
		if err := os.Remove(r.File(day)); err != nil {
			return fmt.Errorf("delete an old backup: %w", err)
		}
	}
	left, _ := filepath.Glob(filepath.Join(r.Dir, fillingPattern)) // a constant pattern is well-formed
	for _, file := range left {
		if err := os.Remove(file); err != nil {
			return fmt.Errorf("delete half a backup: %w", err)
		}
	}
	return nil
}

// Over returns which of the days, the last one first, are kept no longer.
func Over(days []count.Day) (over []count.Day) {
	weeks := make(map[count.Period]bool)
	for i, day := range days {
		week := day.Week()
		last := !weeks[week] // the last backup of its week
		weeks[week] = true
		if i >= ringNights && (!last || len(weeks) > ringWeeks) {
			over = append(over, day)
		}
	}
	return over
}
