package main

import (
	"errors"
	"fmt"
	"math/rand"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Clients reconnect after a random time of up to this, which doubles at each failure.
const (
	firstBackoff   = 250 * time.Millisecond
	longestBackoff = 5 * time.Second
)

// A fleet is a set of clients that reconnect to one address when they lose their connection.
type fleet struct {
	url    string
	dialer websocket.Dialer

	mu     sync.Mutex
	open   map[*websocket.Conn]bool
	record *record // nil: nothing is recorded
	done   bool
}

func newFleet(url string) *fleet {
	return &fleet{
		url:    url,
		dialer: websocket.Dialer{HandshakeTimeout: 10 * time.Second, ReadBufferSize: 1024, WriteBufferSize: 1024},
		open:   map[*websocket.Conn]bool{},
	}
}

// Starts the clients a tenth of a millisecond apart, to limit the load.
func (f *fleet) start(clients int) {
	for i := 0; i < clients; i++ {
		go f.live()
		time.Sleep(100 * time.Microsecond)
	}
}

// Runs one client: it connects, reads until its connection ends, and reconnects.
func (f *fleet) live() {
	backoff := firstBackoff
	for !f.stopped() {
		connection, _, err := f.dialer.Dial(f.url, nil)
		f.noteAttempt(err)
		if err != nil {
			time.Sleep(time.Duration(rand.Int63n(int64(backoff))))
			backoff = min(2*backoff, longestBackoff)
			continue
		}
		backoff = firstBackoff
		f.add(connection)
		f.noteEnd(readToEnd(connection))
		f.remove(connection)
		time.Sleep(time.Duration(rand.Int63n(int64(firstBackoff))))
	}
}

// Returns the error that ended reading. The library answers the close frame.
func readToEnd(connection *websocket.Conn) error {
	defer connection.Close()
	for {
		if _, _, err := connection.ReadMessage(); err != nil {
			return err
		}
	}
}

func (f *fleet) add(connection *websocket.Conn) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.open[connection] = true
}

func (f *fleet) remove(connection *websocket.Conn) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.open, connection)
}

func (f *fleet) stopped() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.done
}

func (f *fleet) waitUntilOpen(clients int, limit time.Duration) error {
	return waitUntil(limit, func() error {
		f.mu.Lock()
		defer f.mu.Unlock()
		if len(f.open) < clients {
			return fmt.Errorf("%d of %d clients are connected", len(f.open), clients)
		}
		return nil
	})
}

func (f *fleet) stop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.done = true
	for connection := range f.open {
		connection.Close()
	}
}

func (f *fleet) beginRecord() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.record = newRecord()
}

func (f *fleet) endRecord() *record {
	f.mu.Lock()
	defer f.mu.Unlock()
	record := f.record
	f.record = nil
	return record
}

func (f *fleet) noteAttempt(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.record == nil {
		return
	}
	f.record.attempts[int(time.Since(f.record.begin)/time.Second)]++
	if err != nil {
		f.record.refused++
	}
}

func (f *fleet) noteEnd(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.record == nil {
		return
	}
	var close *websocket.CloseError
	if errors.As(err, &close) && close.Code != websocket.CloseAbnormalClosure {
		f.record.closed[close.Code]++
	} else {
		f.record.withoutFrame++
	}
}

func min(a, b time.Duration) time.Duration {
	if a < b {
		return a
	}
	return b
}
