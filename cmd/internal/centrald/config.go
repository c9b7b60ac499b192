package centrald

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"time"
)

// ErrConfig is returned for settings with which the centre cannot be run.
var ErrConfig = errors.New("settings")

// Config is everything that Run needs.
type Config struct {
	DB       string           // path of a SQLite file, or postgres://…
	Key      string           // file of the key that signs every answer, made when it is not there
	Listener net.Listener     // on which everything is served; Run closes it
	URL      string           // public address, as coordinators type it; "" for the listener's own
	Now      func() time.Time // nil for the system's clock
	Log      *slog.Logger     // never nil
	Ready    func(*Centre)    // called once everything is served; may be nil
}

// address returns the public address, and the host names that requests may
// carry: its own, and loopback's when that is where it listens.
func (c Config) address() (public string, hosts []string, err error) {
	host, port, err := net.SplitHostPort(c.Listener.Addr().String())
	if err != nil {
		return "", nil, fmt.Errorf("listener: %w", err)
	}
	hosts = []string{"127.0.0.1", "localhost", "::1"}
	if ip := net.ParseIP(host); ip != nil && !ip.IsUnspecified() && !ip.IsLoopback() {
		hosts = append(hosts, host)
	}
	if c.URL == "" {
		if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
			host = "127.0.0.1"
		}
		return "http://" + net.JoinHostPort(host, port), hosts, nil
	}
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") || (u.Path != "" && u.Path != "/") {
		return "", nil, fmt.Errorf("%w: address %q: want one such as https://kamers.example.nl", ErrConfig, c.URL)
	}
	return u.Scheme + "://" + u.Host, append(hosts, u.Hostname()), nil
}
