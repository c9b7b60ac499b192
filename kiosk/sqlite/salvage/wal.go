package salvage

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// Sizes and marks of a log's file (https://sqlite.org/fileformat2.html, 4).
const (
	logHeader   = 32
	frameHeader = 24
	logMagic    = 0x377f0682 // the last bit says in which order sums are made
)

// frame is one page in the log.
type frame struct {
	page   uint32
	commit uint32 // pages of the database after the transaction that it ends, 0 inside one
	at     int64  // of the page's bytes
	ours   bool   // of this generation of the log, not a rest of an earlier one
	sound  bool   // its bytes are those that were written
}

// walLog is a log as it lies on the disk.
type walLog struct {
	pageSize int64
	frames   []frame // up to the last one of this generation
	header   bool    // the header is sound
}

// sum is SQLite's check sum of pairs of words, in the order of the log.
type sum struct{ a, b uint32 }

func (s sum) over(order binary.ByteOrder, data []byte) sum {
	for ; len(data) >= 8; data = data[8:] {
		s.a += order.Uint32(data) + s.b
		s.b += order.Uint32(data[4:]) + s.a
	}
	return s
}

// readLog reads a log frame by frame; nil when there is none, or nothing in it.
func readLog(path string) (*walLog, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // only read
	head := make([]byte, logHeader)
	if _, err := io.ReadFull(f, head); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("read the log: %w", err)
	}
	return readFrames(f, head)
}

func readFrames(f io.Reader, head []byte) (*walLog, error) {
	word := binary.BigEndian.Uint32
	// What is wrong in the header is taken as this program writes it.
	var order binary.ByteOrder = binary.LittleEndian
	if word(head) == logMagic|1 {
		order = binary.BigEndian
	}
	l := &walLog{pageSize: pageSize}
	l.header = word(head)&^1 == logMagic && word(head[8:]) == pageSize &&
		sum{}.over(order, head[:24]) == sum{word(head[24:]), word(head[28:])}
	salt := string(head[16:24])
	told, real := sum{word(head[24:]), word(head[28:])}, sum{}.over(order, head[:24])
	buf, ours := make([]byte, frameHeader+l.pageSize), 0
	for at := int64(logHeader); ; at += int64(len(buf)) {
		switch _, err := io.ReadFull(f, buf); {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			l.frames = l.frames[:ours]
			return l, nil
		case err != nil:
			return nil, fmt.Errorf("read the log: %w", err)
		}
		if !l.header && at == logHeader {
			salt = string(buf[8:16])
		}
		is := frame{page: word(buf), commit: word(buf[4:]), at: at + frameHeader, ours: string(buf[8:16]) == salt}
		says := sum{word(buf[16:]), word(buf[20:])}
		// A sum goes on from the one before, as it was told or as it is: one of
		// the two may be what was damaged.
		mine := told.over(order, buf[:8]).over(order, buf[frameHeader:])
		other := real.over(order, buf[:8]).over(order, buf[frameHeader:])
		is.sound = is.ours && is.page != 0 && (mine == says || other == says)
		if other == says && mine != says && ours > 0 && ours == len(l.frames) {
			l.frames[ours-1].sound = l.frames[ours-1].ours // only its sum was damaged
		}
		told, real = says, mine
		l.frames = append(l.frames, is)
		if is.ours {
			ours = len(l.frames)
		}
	}
}

// damaged tells whether something is wrong that no power cut explains. Each
// transaction is flushed before the next one begins, so that a cut leaves only the
// last one torn, and nothing after it.
func (l *walLog) damaged() bool {
	torn, ended := false, false
	for _, f := range l.frames {
		if ended {
			return true
		}
		torn = torn || !f.sound
		ended = torn && f.commit != 0
	}
	return len(l.frames) > 0 && !l.header
}

// logDamaged tells whether the log of the database at path holds something that
// SQLite would pass over although it was saved.
func logDamaged(path string) (bool, error) {
	l, err := readLog(path + "-wal")
	if err != nil || l == nil {
		return false, err
	}
	return l.damaged(), nil
}

// writeInto writes every sound frame up to the last commit into a copy of the
// database. It tells whether the copy is as new as the log, which it is when all
// frames are sound, or were written anew later.
func (l *walLog) writeInto(db *os.File, log io.ReaderAt) (whole bool, err error) {
	last := len(l.frames) - 1
	for last >= 0 && l.frames[last].commit == 0 {
		last--
	}
	if last < 0 {
		return true, nil
	}
	whole = true
	old := make(map[uint32]bool) // pages of which a newer state is damaged
	buf := make([]byte, l.pageSize)
	pages := l.frames[last].commit
	for _, f := range l.frames[:last+1] {
		switch {
		case !f.sound && (!f.ours || f.page == 0 || f.page > maxPages):
			whole = false // nobody knows of which page it was
			continue
		case !f.sound:
			old[f.page] = true
			continue
		}
		if _, err := log.ReadAt(buf, f.at); err != nil {
			return false, fmt.Errorf("read the log: %w", err)
		}
		if _, err := db.WriteAt(buf, int64(f.page-1)*l.pageSize); err != nil {
			return false, err
		}
		delete(old, f.page)
	}
	if !l.frames[last].sound || pages > maxPages {
		return false, nil // how long the file is to be is not known either
	}
	return whole && len(old) == 0, db.Truncate(int64(pages) * l.pageSize)
}
