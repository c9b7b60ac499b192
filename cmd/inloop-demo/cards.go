package main

import (
	"embed"
	"html/template"
	"net/http"
)

//go:embed cards.html cards.css cards.js
var cardFiles embed.FS

// card is one demo card on the page that stands in for a box of badges.
type card struct {
	Label string
	Note  string
	UID   string // hex; made up
}

// cardsPage lists the demo cards and the chips of the simulated reader.
type cardsPage struct {
	cards []card
	page  *template.Template
}

func newCardsPage(cards []card) (*cardsPage, error) {
	t, err := template.ParseFS(cardFiles, "cards.html")
	if err != nil {
		return nil, err
	}
	return &cardsPage{cards, t}, nil
}

// ServeHTTP answers under /sim/.
func (p *cardsPage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/sim/":
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = p.page.Execute(w, p.cards) // the client is gone, nobody to tell
	case "/sim/cards.css", "/sim/cards.js":
		http.ServeFileFS(w, r, cardFiles, r.URL.Path[len("/sim/"):])
	default:
		http.NotFound(w, r)
	}
}
