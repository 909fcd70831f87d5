package gencache_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/gencache"
)

// ownServer is a memcached of one test's own, to be stopped and killed.
type ownServer struct {
	t       *testing.T
	process *os.Process
	port    string
}

func startServer(t *testing.T) *ownServer {
	file := filepath.Join(t.TempDir(), "port")
	command := exec.Command("memcached", "-l", "127.0.0.1", "-p", "-1", "-U", "0", "-m", "64")
	if os.Getuid() == 0 {
		command.Args = append(command.Args, "-u", "root")
	}
	command.Env = append(os.Environ(), "MEMCACHED_PORT_FILENAME="+file)
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	s := &ownServer{t: t, process: command.Process}
	t.Cleanup(func() {
		s.process.Kill()
		command.Wait()
	})
	eventually(t, "memcached listens", func() bool {
		text, _ := os.ReadFile(file)
		if match := regexp.MustCompile(`TCP INET: (\d+)`).FindSubmatch(text); match != nil {
			s.port = string(match[1])
		}
		return s.port != ""
	})
	return s
}

func (s *ownServer) url(parameters string) string {
	return fmt.Sprintf("memcached://127.0.0.1:%s/?%s", s.port, parameters)
}

func (s *ownServer) signal(signal syscall.Signal) {
	if err := s.process.Signal(signal); err != nil {
		s.t.Fatal(err)
	}
}

// stop returns when all of the server's threads stand still.
func (s *ownServer) stop() {
	s.signal(syscall.SIGSTOP)
	eventually(s.t, "the server has stopped", func() bool {
		tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", s.process.Pid))
		check(s.t, err)
		for _, task := range tasks {
			text, err := os.ReadFile(task)
			check(s.t, err)
			if !strings.Contains(string(text), "State:\tT") {
				return false
			}
		}
		return true
	})
}

func (s *ownServer) resume() { s.signal(syscall.SIGCONT) }

// kill ends the server, and returns when it has.
func (s *ownServer) kill() {
	s.signal(syscall.SIGKILL)
	s.process.Wait()
}

func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !condition(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("never: " + what)
		}
	}
}

func open(t testing.TB, url string, options ...gencache.OpenOption) *gencache.Cache {
	t.Helper()
	cache, err := gencache.Open(url, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cache.Close() })
	return cache
}

// processStatus is a number of /proc/self/status.
func processStatus(t testing.TB, name string) int {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	match := regexp.MustCompile(name + `:\s+(\d+)`).FindSubmatch(text)
	number, err := strconv.Atoi(string(match[1]))
	if err != nil {
		t.Fatal(err)
	}
	return number
}

func fill[T any](t testing.TB, entry *gencache.Entry[T], value T, options ...gencache.Option) {
	t.Helper()
	if stored, err := entry.Fill(ctx, value, options...); !stored || err != nil || entry.Err() != nil {
		t.Fatal(stored, err, entry.Err())
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
