package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/disclose"
	"example.org/inloop/sync/wire"
)

// quarterOfTown plays a quarter of two rooms until it is counted together. deed happens to
// the first resident of the first room, who came on a day in July and said to have few
// contacts. What all requests held is returned without what is random and without what is
// masked, and what was told.
func quarterOfTown(t *testing.T, deed func(w *township, h *hall)) (sent []string, told kiosk.PooledPeriod) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newTownship(t, filepath.Join(t.TempDir(), "central.db"), 2)
		w.pair()
		w.until("2026-07-06")
		w.visitors(0, 34, 9, 13)
		w.visitors(1, 28, 6, 12)
		w.until("2026-08-20")
		w.report(48*time.Hour, w.halls...)
		deed(w, w.halls[0])
		w.until("2026-09-03")
		w.report(48*time.Hour, w.halls...)
		w.until("2026-10-09")
		w.report(72*time.Hour, w.halls...)
		for i, b := range w.bodies {
			if r, err := wire.Decode[wire.Request]([]byte(b)); err == nil { // else of the pairing
				sent = append(sent, w.senders[i]+" "+readable(t, r))
			}
		}
		// Two rooms may report in one instant, in whatever order: each by itself.
		slices.SortStableFunc(sent, func(a, b string) int { return strings.Compare(a[:16], b[:16]) })
		told = w.halls[0].told(t)
	})
	return sent, told
}

// readable is what somebody reads in a request.
func readable(t *testing.T, r wire.Request) string {
	t.Helper()
	r.Epoch.ID, r.Token, r.Resume = "", "", ""
	if p := r.Pool; p != nil {
		p.Known = "" // of kiosks' ids, which are random
		if p.Ready != nil {
			p.Ready.Key, p.Ready.Signature = "", ""
		}
		if p.Share != nil {
			p.Share.Set, p.Share.Vector, p.Share.Tag = "", "", ""
		}
		if p.Result != nil { // is compared by what is told of it
			p.Result = &wire.PoolResult{Period: p.Result.Period}
		}
	}
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// What one person said, took back or never said, and that she was forgotten, is in
// nothing that is sent but in masked numbers, and moves what is told by one step of its
// rounding at most.
func TestInterference_WhatOnePersonSaid(t *testing.T) {
	whole(t)
	stays, first := quarterOfTown(t, func(*township, *hall) {})
	if first.State != kiosk.PooledStateTold || len(first.Figures) != 3 {
		t.Fatalf("told: %+v", first)
	}
	for name, deed := range map[string]func(w *township, h *hall){
		"said later that she has enough": func(w *township, h *hall) {
			w.must(h.Intake(w.t.Context(), 1, kiosk.Intake{Consent: true, Family: kiosk.ContactDaily}))
		},
		"took it back":               func(w *township, h *hall) { w.must(h.ForgetIntake(w.t.Context(), 1)) },
		"would not say, asked again": func(w *township, h *hall) { w.must(h.Intake(w.t.Context(), 1, kiosk.Intake{})) },
		"was forgotten":              func(w *township, h *hall) { w.must(h.Erase(w.t.Context(), 0, 1)) },
		"took it back, was forgotten": func(w *township, h *hall) {
			w.must(h.ForgetIntake(w.t.Context(), 1))
			w.must(h.Erase(w.t.Context(), 0, 1))
		},
	} {
		sent, told := quarterOfTown(t, deed)
		for i := range max(len(sent), len(stays)) {
			if i >= len(sent) || i >= len(stays) || sent[i] != stays[i] {
				a, b := nth(sent, i), nth(stays, i)
				from := 0
				for from < min(len(a), len(b)) && a[from] == b[from] {
					from++
				}
				t.Errorf("%s: request %d of %d and %d is another from\n%s\n%s", name, i+1, len(sent), len(stays), a[from:], b[from:])
				break
			}
		}
		if told.State != first.State || len(told.Figures) != len(first.Figures) {
			t.Errorf("%s: told %+v, else %+v", name, told, first)
			continue
		}
		for i, f := range told.Figures {
			was := first.Figures[i]
			shown := f.State == string(disclose.DisclosureShown) && was.State == string(disclose.DisclosureShown)
			if by := f.N - was.N; shown && (by > 5 || by < -5) {
				t.Errorf("%s: %s is told as %d, else as %d", name, f.Measure, f.N, was.N)
			}
		}
	}
	// A visit more is seen: the test compares what it should.
	sent, _ := quarterOfTown(t, func(w *township, h *hall) { w.must(h.AddGuest(w.t.Context(), 0, kiosk.BandElder)) })
	if fmt.Sprint(sent) == fmt.Sprint(stays) {
		t.Error("one guest more changes nothing of what is sent: the test sees nothing")
	}
}

func nth(all []string, i int) string {
	if i < len(all) {
		return all[i]
	}
	return "(none)"
}
