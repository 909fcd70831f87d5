package gencache_test

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"testing"
)

// testServer is the address of a real memcached server.
func testServer(t testing.TB) string {
	server := os.Getenv("GENCACHE_TEST_SERVER")
	if server == "" {
		t.Fatal("GENCACHE_TEST_SERVER is not set: run this by script/with-memcached -n 3")
	}
	return server
}

var namespaces atomic.Int64

// serversURL is that of three real servers, in a namespace of its own.
func serversURL(t testing.TB) string {
	testServer(t)
	return fmt.Sprintf("memcached://%s/?timeout_ms=5000&prefix=go.%d.%d", os.Getenv("GENCACHE_TEST_SERVERS"),
		os.Getpid(), namespaces.Add(1))
}

// everyStore runs a test on memory:// and on three real servers.
func everyStore(t *testing.T, test func(t *testing.T, url string)) {
	t.Run("memory", func(t *testing.T) { test(t, "memory://") })
	t.Run("memcached", func(t *testing.T) { test(t, serversURL(t)) })
}

// item sets, gets or deletes an item on the server itself.
func (r *caseRun) item(s step) outcome {
	connection, err := net.Dial("tcp", r.server)
	if err != nil {
		r.t.Fatal(err)
	}
	defer connection.Close()
	reply := bufio.NewReader(connection)
	switch s.Do {
	case "item_set":
		data, err := hex.DecodeString(s.Hex)
		must(err)
		fmt.Fprintf(connection, "set %s 0 0 %d\r\n%s\r\n", s.Key, len(data), data)
		if line, err := reply.ReadString('\n'); line != "STORED\r\n" {
			r.t.Fatal(line, err)
		}
	case "item_delete":
		fmt.Fprintf(connection, "delete %s\r\n", s.Key)
		if line, err := reply.ReadString('\n'); err != nil {
			r.t.Fatal(line, err)
		}
	case "item_get":
		fmt.Fprintf(connection, "get %s\r\n", s.Key)
		line, err := reply.ReadString('\n')
		if err != nil {
			r.t.Fatal(err)
		}
		var size int
		if _, err := fmt.Sscanf(line, "VALUE "+strings.ReplaceAll(s.Key, "%", "%%")+" 0 %d", &size); err != nil {
			return outcome{}
		}
		data := make([]byte, size)
		if _, err := io.ReadFull(reply, data); err != nil {
			r.t.Fatal(err)
		}
		return outcome{item: pointer(hex.EncodeToString(data))}
	}
	return outcome{}
}
