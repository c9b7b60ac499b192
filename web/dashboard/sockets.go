package dashboard

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"example.org/inloop/sync/central"
	"example.org/inloop/web/live"
)

// sweepEvery is how long a socket can outlive its session when that ended by
// itself, or on another server. Nothing but a number leaves meanwhile.
const sweepEvery = 15 * time.Second

// maxFollowing is how many sessions may have pages open at once; with 64 pages
// each, a store of stolen cookies could otherwise use up the memory.
const maxFollowing = 1000

// sockets holds the open pages: a hub for each session, so that ending a
// session ends exactly its own pages.
type sockets struct {
	log *slog.Logger

	mu     sync.Mutex
	open   map[string]*following // by session
	closed bool
}

// following is the pages of one session.
type following struct {
	organisation int64
	hub          *live.Hub
	pages        int
}

func newSockets(log *slog.Logger) *sockets {
	return &sockets{log: log, open: map[string]*following{}}
}

// join returns the session's hub, which leave gives back. It returns nil when
// the site is closing or full.
func (s *sockets) join(session string, organisation int64) *live.Hub {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.open[session]
	if f == nil {
		if s.closed || len(s.open) >= maxFollowing {
			return nil
		}
		f = &following{organisation: organisation, hub: live.NewHub(s.log)}
		s.open[session] = f
	}
	f.pages++
	return f.hub
}

func (s *sockets) leave(session string, hub *live.Hub) {
	s.mu.Lock()
	defer s.mu.Unlock()
	// The session may have been ended, and even begun again, meanwhile.
	if f := s.open[session]; f != nil && f.hub == hub {
		f.pages--
		if f.pages == 0 {
			delete(s.open, session)
		}
	}
}

// publish tells an organisation's pages that their figures changed. It never
// blocks.
func (s *sockets) publish(organisation, number int64) {
	msg := changed(number)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.open {
		if f.organisation == organisation {
			f.hub.Publish(msg)
		}
	}
}

// end says goodbye to the pages of a session and waits for them.
func (s *sockets) end(ctx context.Context, session string) {
	s.mu.Lock()
	f := s.open[session]
	delete(s.open, session)
	s.mu.Unlock()
	if f == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := f.hub.Close(ctx); err != nil {
		s.log.Warn("pages of an ended session were cut", "err", err)
	}
}

// sweep ends the pages of sessions of which ended says so, until ctx is done.
func (s *sockets) sweep(ctx context.Context, ended func(ctx context.Context, session string) bool) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for _, session := range s.sessions() {
			if ended(ctx, session) {
				s.end(ctx, session)
			}
		}
	}
}

func (s *sockets) sessions() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Keys(s.open))
}

// close ends all pages and refuses new ones.
func (s *sockets) close(ctx context.Context) error {
	s.mu.Lock()
	s.closed = true
	hubs := make([]*live.Hub, 0, len(s.open))
	for _, f := range s.open {
		hubs = append(hubs, f.hub)
	}
	clear(s.open)
	s.mu.Unlock()
	var err error
	for _, hub := range hubs {
		err = errors.Join(err, hub.Close(ctx))
	}
	return err
}

// changed is the one message that pages get: no figure, only that there are
// newer ones.
func changed(number int64) []byte { return fmt.Appendf(nil, `{"changed":%d}`, number) }

// follow is the socket of a page.
func (s *Site) follow(w http.ResponseWriter, r *http.Request, a central.Account) error {
	number, err := s.central.Change(r.Context(), a.Organisation)
	if err != nil {
		return err
	}
	session := s.session(r)
	hub := s.sockets.join(session, a.Organisation)
	if hub == nil {
		w.Header().Set("Retry-After", "5")
		http.Error(w, "too many pages are open", http.StatusServiceUnavailable)
		return nil
	}
	defer s.sockets.leave(session, hub)
	hub.Serve(w, r, func() []byte {
		// Asked again now that changes arrive here: one in between is not lost.
		if newer, err := s.central.Change(r.Context(), a.Organisation); err == nil {
			number = newer
		}
		return changed(number)
	})
	return nil
}
