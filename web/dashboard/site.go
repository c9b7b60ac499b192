package dashboard

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"example.org/inloop/sync/central"
	"example.org/inloop/web"
	"example.org/inloop/web/live"
)

// Config is what a Site needs.
type Config struct {
	Central      *central.Centre
	Translations *web.Translations
	Log          *slog.Logger

	// Secure says that browsers reach the site over https, also when a proxy
	// in front of it ends that: cookies get the Secure mark and the __Host-
	// prefix, and answers ask for https from then on. Leave it false on
	// loopback only.
	Secure bool

	// Hosts are the names that the site answers to, without port; a request
	// for another gets 421.
	Hosts []string
}

// Site is the coordinator's site, an http.Handler. Make one with New and end it
// with Close.
type Site struct {
	central      *central.Centre
	translations *web.Translations
	log          *slog.Logger
	secure       bool
	pages        pages
	sockets      *sockets
	handler      http.Handler

	stop context.CancelFunc
	jobs sync.WaitGroup
}

var _ http.Handler = (*Site)(nil)

// New returns a running Site: two goroutines of its own follow central's
// changes and end the sockets of sessions that ended. It fails when a page's
// template is malformed, which a test would have found.
func New(c Config) (*Site, error) {
	all, err := parsePages()
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	s := &Site{
		central: c.Central, translations: c.Translations, log: c.Log, secure: c.Secure,
		pages: all, sockets: newSockets(c.Log), stop: stop,
	}
	mux := http.NewServeMux()
	for _, r := range s.routes() {
		mux.Handle(r.pattern, r.handler)
	}
	s.handler = live.Headers(s.limits(live.Guard(c.Hosts, mux)))

	s.jobs.Go(func() {
		err := c.Central.Watch(ctx, s.sockets.publish)
		if err != nil && !errors.Is(err, context.Canceled) {
			c.Log.Error("pages no longer follow the figures", "err", err)
		}
	})
	s.jobs.Go(func() { s.sockets.sweep(ctx, s.ended) })
	return s, nil
}

// ServeHTTP answers one request.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Close says goodbye to all open pages and waits for every goroutine of the
// site; requests that still come get no live pages. It returns ctx's error
// when that ends first.
func (s *Site) Close(ctx context.Context) error {
	s.stop()
	err := s.sockets.close(ctx)
	s.jobs.Wait()
	return err
}

// maxForm is more than any form of the site needs, in bytes.
const maxForm = 16 << 10

// hsts asks browsers for https for a year.
const hsts = "max-age=31536000"

// limits bounds what a request may send and says how the site is to be reached.
func (s *Site) limits(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.secure {
			w.Header().Set("Strict-Transport-Security", hsts)
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		next.ServeHTTP(w, r)
	})
}

// ended tells whether a session is over. A store that does not answer is no
// reason to send anybody away.
func (s *Site) ended(ctx context.Context, session string) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	_, err := s.central.Peek(ctx, session)
	return errors.Is(err, central.ErrNoSession)
}
