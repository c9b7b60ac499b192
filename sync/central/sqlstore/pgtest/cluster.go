package pgtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// errAbsent is returned by start when no PostgreSQL is installed.
var errAbsent = errors.New("PostgreSQL is not installed")

// startWithin is how long a fresh server may take to answer. It is reached only
// by one that does not start: a busy machine takes many times the usual second.
const startWithin = 5 * time.Minute

// Cluster is one PostgreSQL server for the tests of one package. Its zero value
// is ready; Stop it in TestMain.
type Cluster struct {
	once  sync.Once
	err   error
	dir   string // holds data, socket and log
	owner *syscall.SysProcAttr
	srv   *exec.Cmd
	admin *sql.DB

	mu sync.Mutex
	n  int // databases made
}

// Database returns the address of an empty database of its own for this test.
// Without PostgreSQL the test is skipped, and says how it would run; with CI in
// the environment it fails. With -short it is skipped too: a server takes
// seconds to start.
func (c *Cluster) Database(t testing.TB) string {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: starts PostgreSQL")
	}
	c.once.Do(func() { c.err = c.start() })
	if errors.Is(c.err, errAbsent) && os.Getenv("CI") == "" {
		fmt.Fprintln(os.Stderr, "SKIPPED: tests on PostgreSQL; to run them: sudo apt-get install postgresql")
		t.Skip("SKIPPED: PostgreSQL is not installed: sudo apt-get install postgresql")
	}
	if c.err != nil {
		t.Fatalf("PostgreSQL for tests: %v", c.err)
	}
	c.mu.Lock()
	c.n++
	name := fmt.Sprintf("test%d", c.n)
	c.mu.Unlock()
	if _, err := c.admin.ExecContext(t.Context(), "CREATE DATABASE "+name+" TEMPLATE template0 STRATEGY wal_log"); err != nil {
		t.Fatalf("create database: %v", err)
	}
	return c.address(name)
}

func (c *Cluster) address(name string) string {
	return fmt.Sprintf("postgres://inloop@/%s?host=%s&sslmode=disable", name, c.dir)
}

// Stop ends the server and removes what it wrote.
func (c *Cluster) Stop() error {
	var errs []error
	if c.admin != nil {
		errs = append(errs, c.admin.Close())
	}
	if c.srv != nil {
		// SIGINT is PostgreSQL's fast shutdown; it then ends with status 0.
		errs = append(errs, c.srv.Process.Signal(syscall.SIGINT), c.srv.Wait())
	}
	if c.dir != "" {
		errs = append(errs, os.RemoveAll(c.dir))
	}
	return errors.Join(errs...)
}

func (c *Cluster) start() error {
	bin, err := programs()
	if err != nil {
		return err
	}
	// Not below t.TempDir: a socket's path must be under 108 bytes, and the
	// server's user could not enter root's folders.
	if c.dir, err = os.MkdirTemp("", "pgtest"); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	if c.owner, err = nobody(c.dir); err != nil {
		return err
	}
	data := filepath.Join(c.dir, "data")
	if out, err := c.command(filepath.Join(bin, "initdb"), "-D", data, "-U", "inloop", "-A", "trust", "-E", "UTF8",
		"--locale=C.UTF-8", "--no-sync", "--no-instructions").CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	c.srv = c.command(filepath.Join(bin, "postgres"), "-D", data, "-k", c.dir, "-c", "listen_addresses=", "-c", "fsync="+durable(),
		"-c", "synchronous_commit="+durable(), "-c", "full_page_writes="+durable(), "-c", "shared_buffers=32MB", "-c", "max_connections=200")
	log, err := os.Create(filepath.Join(c.dir, "log"))
	if err != nil {
		return fmt.Errorf("make log: %w", err)
	}
	defer log.Close() // the server has its own copy
	c.srv.Stdout, c.srv.Stderr = log, log
	if err := c.srv.Start(); err != nil {
		c.srv = nil
		return fmt.Errorf("start postgres: %w", err)
	}
	return c.connect()
}

// durable is "on" for benchmarks, which have to pay for what they promise, and
// "off" for tests.
func durable() string {
	if b := flagValue("-test.bench"); b != "" {
		return "on"
	}
	return "off"
}

func flagValue(name string) string {
	for i, arg := range os.Args {
		if v, ok := strings.CutPrefix(arg, name+"="); ok {
			return v
		}
		if arg == name && i+1 < len(os.Args) {
			return os.Args[i+1]
		}
	}
	return ""
}

func (c *Cluster) connect() (err error) {
	if c.admin, err = sql.Open("pgx", c.address("postgres")); err != nil {
		return fmt.Errorf("open: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), startWithin)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if err = c.admin.PingContext(ctx); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			log, _ := os.ReadFile(filepath.Join(c.dir, "log"))
			return fmt.Errorf("no answer within %s: %w\n%s", startWithin, err, log)
		case <-tick.C:
		}
	}
}

func (c *Cluster) command(name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(context.Background(), name, args...) // outlives the test that asked first
	cmd.Dir, cmd.SysProcAttr = c.dir, c.owner                       // the caller's folder may be closed to the server's user
	return cmd
}

// programs returns the folder of the newest PostgreSQL, or of PGBIN.
func programs() (string, error) {
	if bin := os.Getenv("PGBIN"); bin != "" {
		return bin, nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil {
		return "", fmt.Errorf("look for PostgreSQL: %w", err)
	}
	if len(found) == 0 {
		return "", errAbsent
	}
	version := func(path string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path)))) // no number sorts first
		return n
	}
	slices.SortFunc(found, func(a, b string) int { return version(a) - version(b) })
	return filepath.Dir(found[len(found)-1]), nil
}

// nobody returns how to run the server so that it ends with this process, and
// not as root, who may not; dir is given to its user.
func nobody(dir string) (*syscall.SysProcAttr, error) {
	attr := &syscall.SysProcAttr{Pdeathsig: syscall.SIGINT}
	if os.Geteuid() != 0 {
		return attr, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return nil, fmt.Errorf("find a user for PostgreSQL: %w", err)
		}
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return nil, fmt.Errorf("user id: %w", err)
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return nil, fmt.Errorf("group id: %w", err)
	}
	attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	if err := os.Chown(dir, uid, gid); err != nil {
		return nil, fmt.Errorf("give folder to %s: %w", u.Username, err)
	}
	return attr, nil
}
