package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/gorilla/websocket"
)

// client is a connection that records the first byte of every frame it wrote.
type client struct {
	*websocket.Conn
	id     string // X-Connection-Id
	frames *frameLog
}

// frameLog records frames. gorilla writes each frame with one call of Write.
type frameLog struct {
	net.Conn
	firstBytes []byte
	received   int // bytes
}

func (l *frameLog) Read(p []byte) (int, error) {
	n, err := l.Conn.Read(p)
	l.received += n
	return n, err
}

func (l *frameLog) Write(p []byte) (int, error) {
	l.firstBytes = append(l.firstBytes, p[0])
	return l.Conn.Write(p)
}

// dial connects with a write buffer of this many bytes, which limits the size of a frame; 0: gorilla's default.
func dial(url string, writeBuffer int) (*client, error) {
	c, _, err := dialOffering(url, writeBuffer, false)
	return c, err
}

// dialOffering offers compression if `compression` is set, and returns the negotiated extensions.
func dialOffering(url string, writeBuffer int, compression bool) (*client, string, error) {
	frames := &frameLog{}
	dialer := websocket.Dialer{
		HandshakeTimeout: deadline,
		WriteBufferSize:  writeBuffer,

		EnableCompression: compression,
		NetDial: func(network, address string) (net.Conn, error) {
			conn, err := net.DialTimeout(network, address, deadline)
			frames.Conn = conn
			return frames, err
		},
	}
	conn, response, err := dialer.Dial(url, http.Header{"User-Agent": {"gorilla"}})
	if err != nil {
		return nil, "", fmt.Errorf("dial %s: %w", url, err)
	}
	frames.firstBytes = nil // the handshake's
	end := time.Now().Add(deadline)
	if err := conn.SetReadDeadline(end); err != nil {
		return nil, "", err
	}
	if err := conn.SetWriteDeadline(end); err != nil {
		return nil, "", err
	}
	c := &client{conn, response.Header.Get("X-Connection-Id"), frames}
	return c, response.Header.Get("Sec-WebSocket-Extensions"), nil
}

// expectEcho reads one message, which must be the given one.
func (c *client) expectEcho(messageType int, payload []byte) error {
	gotType, got, err := c.ReadMessage()
	if err != nil {
		return fmt.Errorf("read the echo of %d bytes: %w", len(payload), err)
	}
	if gotType != messageType || string(got) != string(payload) {
		return fmt.Errorf("echo is %s, want %s", describe(gotType, got), describe(messageType, payload))
	}
	return nil
}

// readClose reads the peer's close frame, which must come next.
func (c *client) readClose() (*websocket.CloseError, error) {
	messageType, payload, err := c.ReadMessage()
	var closed *websocket.CloseError
	if errors.As(err, &closed) {
		return closed, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the close frame: %w", err)
	}
	return nil, fmt.Errorf("got %s, want a close frame", describe(messageType, payload))
}

func describe(messageType int, payload []byte) string {
	if len(payload) > 60 {
		return fmt.Sprintf("type %d, %d bytes, %q...", messageType, len(payload), payload[:60])
	}
	return fmt.Sprintf("type %d, %q", messageType, payload)
}
