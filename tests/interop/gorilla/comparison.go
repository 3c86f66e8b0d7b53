package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// comparisons run the same conversations against Drawbridge and against a gorilla echo server. The client must
// receive the same from both, up to the end of the TCP connection.
func comparisons() []check {
	var checks []check
	for _, ending := range []struct {
		name  string
		frame []byte
	}{
		{"close_1000", websocket.FormatCloseMessage(1000, "bye")},
		{"close_1001", websocket.FormatCloseMessage(1001, "")},
		{"close_3000", websocket.FormatCloseMessage(3000, "a library's")},
		{"close_4999", websocket.FormatCloseMessage(4999, strings.Repeat("r", 123))},
		{"close_without_code", nil},
		{"close_with_reserved_code", []byte{0x03, 0xed}}, // 1005
		{"close_with_unknown_code", []byte{0x13, 0x88}},  // 5000
	} {
		ending := ending
		checks = append(checks, check{"same_as_gorilla_server_" + ending.name, func(g gateway) error {
			return compare(g, ending.frame)
		}})
	}
	return checks
}

func compare(g gateway, closeFrame []byte) error {
	reference := httptest.NewServer(http.HandlerFunc(serveEcho))
	defer reference.Close()
	want, err := converse("ws"+strings.TrimPrefix(reference.URL, "http")+"/", closeFrame)
	if err != nil {
		return fmt.Errorf("with gorilla's server: %w", err)
	}
	got, err := converse(g.url("/"), closeFrame)
	if err != nil {
		return fmt.Errorf("with Drawbridge: %w", err)
	}
	for i := 0; i < len(want) || i < len(got); i++ {
		if a, b := at(got, i), at(want, i); a != b {
			return fmt.Errorf("event %d is %.200q, with gorilla's server %.200q", i, a, b)
		}
	}
	return nil
}

func at(events []string, i int) string {
	if i < len(events) {
		return events[i]
	}
	return "missing"
}

func serveEcho(w http.ResponseWriter, r *http.Request) {
	upgrader := websocket.Upgrader{}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	conn.SetReadLimit(mib)
	for {
		messageType, payload, err := conn.ReadMessage()
		if err != nil {
			return
		}
		if err := conn.WriteMessage(messageType, payload); err != nil {
			return
		}
	}
}

// converse sends everything before it reads, so that only the server determines the order of the answers.
func converse(url string, closeFrame []byte) ([]string, error) {
	c, err := dial(url, 256)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	for _, message := range []struct {
		messageType int
		payload     []byte
	}{
		{websocket.TextMessage, []byte("a text")},
		{websocket.TextMessage, nil},
		{websocket.BinaryMessage, []byte{0, 1, 2, 255}},
		{websocket.PingMessage, []byte("are you there?")},
		{websocket.BinaryMessage, nil},
		{websocket.TextMessage, pattern(3000)}, // in fragments
		{websocket.PongMessage, []byte("nobody asked")},
		{websocket.BinaryMessage, pattern(100000)},
		{websocket.TextMessage, []byte("the last text")},
		{websocket.CloseMessage, closeFrame},
	} {
		if err := write(c, message.messageType, message.payload); err != nil {
			return nil, err
		}
	}
	return listen(c)
}

func write(c *client, messageType int, payload []byte) error {
	if messageType == websocket.TextMessage || messageType == websocket.BinaryMessage {
		return c.WriteMessage(messageType, payload)
	}
	return c.WriteControl(messageType, payload, time.Now().Add(deadline))
}

// listen describes everything that arrives until the server closes the TCP connection. Pongs are put last, because
// a server may answer a ping before earlier messages.
func listen(c *client) ([]string, error) {
	var events, pongs []string
	c.SetPingHandler(func(data string) error { events = append(events, "ping "+data); return nil })
	c.SetPongHandler(func(data string) error { pongs = append(pongs, "pong "+data); return nil })
	for {
		messageType, payload, err := c.ReadMessage()
		var closed *websocket.CloseError
		if errors.As(err, &closed) {
			// A server is free to choose the reason of its answer.
			events = append(events, fmt.Sprintf("close %d", closed.Code))
			break
		}
		if err != nil {
			return nil, fmt.Errorf("after %q: %w", events, err)
		}
		events = append(events, fmt.Sprintf("message %d %s", messageType, payload))
	}
	rest, err := io.ReadAll(c.UnderlyingConn())
	if err != nil {
		return nil, fmt.Errorf("no end of the TCP connection after the close frame: %w", err)
	}
	events = append(events, fmt.Sprintf("end after %d bytes", len(rest)))
	return append(events, pongs...), nil
}
