package main

import (
	"fmt"
	"strings"

	"github.com/gorilla/websocket"
)

// gorilla does not support context takeover.
const agreement = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"

func deflateChecks(mode string) []check {
	prefix := "deflate_" + mode + "_"
	return []check{
		{prefix + "echoes_every_size", func(g gateway) error { return echoesCompressed(g, 0) }},
		{prefix + "echoes_fragments", func(g gateway) error { return echoesCompressed(g, 128) }},
		{prefix + "what_comes_back_is_compressed", comesBackCompressed},
	}
}

func echoesCompressed(g gateway, writeBuffer int) error {
	c, agreed, err := dialOffering(g.url("/"), writeBuffer, true)
	if err != nil {
		return err
	}
	defer c.Close()
	if !strings.HasPrefix(agreed, agreement) {
		return fmt.Errorf("agreed on %q, want %q", agreed, agreement)
	}
	for _, size := range []int{0, 1, 125, 126, 1000, 1024, 65535, 65536, mib - 1, mib} {
		for _, messageType := range []int{websocket.TextMessage, websocket.BinaryMessage} {
			c.frames.firstBytes = nil
			if err := c.WriteMessage(messageType, pattern(size)); err != nil {
				return err
			}
			if first := c.frames.firstBytes[0]; first&0x40 == 0 {
				return fmt.Errorf("the client did not compress: its frame begins %x", first)
			}
			if err := c.expectEcho(messageType, pattern(size)); err != nil {
				return err
			}
		}
	}
	return nil
}

func comesBackCompressed(g gateway) error {
	c, _, err := dialOffering(g.url("/"), 0, true)
	if err != nil {
		return err
	}
	defer c.Close()
	before := c.frames.received
	if err := c.WriteMessage(websocket.TextMessage, pattern(mib)); err != nil {
		return err
	}
	if err := c.expectEcho(websocket.TextMessage, pattern(mib)); err != nil {
		return err
	}
	if got := c.frames.received - before; got > mib/20 {
		return fmt.Errorf("%d bytes came for %d", got, mib)
	}
	return nil
}
