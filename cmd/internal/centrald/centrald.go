package centrald

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/netutil"

	"example.org/inloop/sync/central"
	"example.org/inloop/sync/central/api"
	"example.org/inloop/sync/central/sqlstore"
	"example.org/inloop/web"
	"example.org/inloop/web/dashboard"
	"example.org/inloop/web/live"
)

// maxConnections bounds what a crowd, or one hostile client, can hold open.
const maxConnections = 4096

// Daemon is a running centre.
type Daemon struct {
	URL     string          // public address
	Central *central.Centre // its rules
}

// Run serves the centre until ctx ends, and returns nil then. It makes the
// database, its tables and the signing key when they are not there.
func Run(ctx context.Context, cfg Config) error {
	defer cfg.Listener.Close()
	public, hosts, err := cfg.address()
	if err != nil {
		return err
	}
	return Open(ctx, cfg, func(ctx context.Context, o *Daemon) error {
		o.URL = public
		return o.serve(ctx, cfg, hosts)
	})
}

// Open lets do work with the centre's rules and store without serving them,
// also while another process does, and closes the store after it.
func Open(ctx context.Context, cfg Config, do func(context.Context, *Daemon) error) (err error) {
	key, err := loadKey(cfg.Key)
	if err != nil {
		return err
	}
	store, err := sqlstore.Open(ctx, cfg.DB)
	if err != nil {
		return fmt.Errorf("open store: %w", err)
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	rules, err := central.New(central.Config{Store: store, Key: key, Now: cfg.Now, Log: cfg.Log})
	if err != nil {
		return fmt.Errorf("centre: %w", err)
	}
	return do(ctx, &Daemon{Central: rules})
}

// serve puts every address of the centre in one list and answers on it.
func (o *Daemon) serve(ctx context.Context, cfg Config, hosts []string) error {
	translations, err := web.NewTranslations()
	if err != nil {
		return fmt.Errorf("texts: %w", err)
	}
	pages, err := dashboard.New(dashboard.Config{
		Central: o.Central, Translations: translations, Log: cfg.Log, Secure: strings.HasPrefix(o.URL, "https:"), Hosts: hosts,
	})
	if err != nil {
		return err
	}

	mux := http.NewServeMux()
	mux.Handle("/v1/", api.New(o.Central, cfg.Log))
	mux.Handle("/assets/", web.Assets())
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.Handle("/", pages)
	ctx, stop := context.WithCancel(ctx)
	var jobs sync.WaitGroup
	defer jobs.Wait()
	defer stop()
	jobs.Go(func() { _ = o.Central.Keep(ctx) }) // ends with ctx alone, and logs what goes wrong
	cfg.Log.Info("centre is served", "url", o.URL)
	if cfg.Ready != nil {
		cfg.Ready(o)
	}
	return answer(ctx, cfg, live.Guard(hosts, mux), pages.Close)
}

// answer serves h on the listener until ctx ends, then lets what is under way
// come to its end: sockets first, for they never end by themselves.
func answer(ctx context.Context, cfg Config, h http.Handler, closePages func(context.Context) error) error {
	server := live.NewServer(h, cfg.Log)
	served := make(chan error, 1)
	go func() { served <- server.Serve(netutil.LimitListener(cfg.Listener, maxConnections)) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := errors.Join(closePages(last), server.Shutdown(last))
	if served := <-served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
