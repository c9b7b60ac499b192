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

// Config is everything that Run needs: what the operator set, and what the program
// adds.
type Config struct {
	Settings
	Listener net.Listener     // on which everything is served; Run closes it
	Now      func() time.Time // nil for the system's clock
	Log      *slog.Logger     // never nil
	Ready    func(*Daemon)    // called once everything is served; may be nil
}

// address returns the public address, and the host names that requests may
// carry: its own, and loopback's when that is where it listens.
func (cfg Config) address() (public string, hosts []string, err error) {
	host, port, err := net.SplitHostPort(cfg.Listener.Addr().String())
	if err != nil {
		return "", nil, fmt.Errorf("listener: %w", err)
	}
	hosts = []string{"127.0.0.1", "localhost", "::1"}
	if ip := net.ParseIP(host); ip != nil && !ip.IsUnspecified() && !ip.IsLoopback() {
		hosts = append(hosts, host)
	}
	if cfg.URL == "" {
		if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
			host = "127.0.0.1"
		}
		return "http://" + net.JoinHostPort(host, port), hosts, nil
	}
	u, err := url.Parse(cfg.URL)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") || (u.Path != "" && u.Path != "/") {
		return "", nil, fmt.Errorf("%w: address %q: want one such as https://kamers.example.nl", ErrConfig, cfg.URL)
	}
	return u.Scheme + "://" + u.Host, append(hosts, u.Hostname()), nil
}
