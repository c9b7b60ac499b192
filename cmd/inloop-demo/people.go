package main

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"

	"example.org/inloop/kiosk"
)

// neighbour is one made-up resident: how they are known, and how they come.
type neighbour struct {
	kiosk.Resident
	uid     kiosk.UID
	week    float64 // visits in a usual week
	forgets float64 // share of visits without a tap out
	joined  int     // week of the history of the first visit
	left    int     // week after which they stay away; a return may follow
	back    int     // week of the return, 0 if none
	answer  *kiosk.Intake
	asked   int // week in which they were asked
}

// firstNames are made up of names common in a Dutch city; nobody is meant.
var firstNames = []string{
	"Fatima", "Riet", "Ayşe", "Cor", "Wilma", "Mehmet", "Truus", "Samira", "Hendrik", "Noor", "Devika", "Jan",
	"Emine", "Bep", "Khadija", "Anton", "Gülay", "Tineke", "Rachid", "Lien", "Soraya", "Wim", "Hatice", "Greet",
}

// neighbours makes the same n people for the same seed.
func neighbours(seed uint64, n, weeks int) []neighbour {
	rnd := rand.New(rand.NewPCG(seed, 1))
	pictures, colours := kiosk.Pictures(), kiosk.SignColours()
	all := make([]neighbour, n)
	for i := range all {
		p := &all[i]
		sign, err := kiosk.NewSign(pictures[i%len(pictures)], colours[(i+i/len(pictures))%len(colours)])
		if err != nil {
			panic(err) // the lists are our own
		}
		p.Sign = sign
		p.Language = [...]kiosk.Language{"nl", "nl", "nl", "tr", "ar", "nl", "en"}[i%7]
		if i%3 == 0 {
			p.Name = firstNames[i/3%len(firstNames)]
			p.OnScreen = i%6 == 0
		}
		p.uid = cardOf(seed, i)
		p.week = []float64{0.3, 0.5, 0.8, 1.2, 2.2}[rnd.IntN(5)]
		p.forgets = 0.3 + 0.5*rnd.Float64()
		p.left = weeks
		switch {
		case i%5 == 4: // some come later
			p.joined = 1 + rnd.IntN(weeks-2)
		case i%11 == 3: // some stay away and come back
			p.left, p.back = weeks/4, weeks/4+15
		}
		p.asked, p.answer = intake(rnd, i, n, weeks)
	}
	return all
}

// intake decides who answers the contact questions, and when. A few answer in
// the spring, too few to show; most in the summer, enough.
func intake(rnd *rand.Rand, i, n, weeks int) (week int, in *kiosk.Intake) {
	few := kiosk.Intake{Consent: true, Family: kiosk.ContactMonthly, Friends: kiosk.ContactNever, Neighbours: kiosk.ContactLessOften, Route: kiosk.RouteNeighbour}
	enough := kiosk.Intake{Consent: true, Family: kiosk.ContactWeekly, Friends: kiosk.ContactNotSaid, Neighbours: kiosk.ContactMonthly, Route: kiosk.RouteWalkedIn}
	week = weeks - 18 + rnd.IntN(4)
	if i < n/6 {
		week = weeks - 32
	}
	switch i % 10 {
	case 0, 3, 6:
		return week, &few
	case 1, 2, 5, 8:
		return week, &enough
	default:
		return 0, nil // "wil ik niet zeggen" is a complete answer
	}
}

// cardOf is the UID of a made-up badge: 7 bytes that begin with NXP's 04.
func cardOf(seed uint64, i int) kiosk.UID {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], (seed+1)*0x9E3779B97F4A7C15+uint64(i)*0xBF58476D1CE4E5B9)
	b[0] = 0x04
	uid, err := kiosk.NewUID(b[:7])
	if err != nil {
		panic(err) // 7 bytes are always a UID
	}
	return uid
}

// hexOf is a UID as the demo's own pages and its curl line write it. Only made
// up cards are ever printed.
func hexOf(u kiosk.UID) string { return fmt.Sprintf("%X", u.Bytes()) }
