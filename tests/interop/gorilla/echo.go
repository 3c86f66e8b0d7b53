package main

import (
	"bytes"
	"fmt"
	"time"

	"github.com/gorilla/websocket"
)

const mib = 1 << 20

var echoChecks = []check{
	{"echoes_text", echoesText},
	{"echoes_binary", echoesBinary},
	{"echoes_every_size", echoesEverySize},
	{"echoes_fragments_as_one_message", echoesFragments},
	{"ping_is_answered", pingIsAnswered},
	{"ping_between_fragments_is_answered", pingBetweenFragments},
}

func echoesText(g gateway) error {
	return echoes(g, websocket.TextMessage, "hello", "", "zażółć gęślą jaźń 🌉")
}

func echoesBinary(g gateway) error {
	return echoes(g, websocket.BinaryMessage, "\x00\xff\xfe", "", "plain")
}

func echoes(g gateway, messageType int, payloads ...string) error {
	c, err := dial(g.url("/"), 0)
	if err != nil {
		return err
	}
	defer c.Close()
	for _, payload := range payloads {
		if err := c.WriteMessage(messageType, []byte(payload)); err != nil {
			return err
		}
		if err := c.expectEcho(messageType, []byte(payload)); err != nil {
			return err
		}
	}
	return nil
}

func echoesEverySize(g gateway) error {
	c, err := dial(g.url("/"), mib+64) // room for one frame
	if err != nil {
		return err
	}
	defer c.Close()
	for _, size := range []int{1, 125, 126, 127, 65535, 65536, 65537, mib - 1, mib} {
		for _, messageType := range []int{websocket.TextMessage, websocket.BinaryMessage} {
			if err := c.WriteMessage(messageType, pattern(size)); err != nil {
				return err
			}
			if err := c.expectEcho(messageType, pattern(size)); err != nil {
				return err
			}
		}
	}
	return nil
}

func echoesFragments(g gateway) error {
	c, err := dial(g.url("/"), 128)
	if err != nil {
		return err
	}
	defer c.Close()
	for _, messageType := range []int{websocket.TextMessage, websocket.BinaryMessage} {
		c.frames.firstBytes = nil
		writer, err := c.NextWriter(messageType)
		if err != nil {
			return err
		}
		if _, err := writer.Write(pattern(1000)); err != nil {
			return err
		}
		if err := writer.Close(); err != nil {
			return err
		}
		if err := wasFragmented(c.frames.firstBytes, messageType); err != nil {
			return err
		}
		if err := c.expectEcho(messageType, pattern(1000)); err != nil {
			return err
		}
	}
	return nil
}

// wasFragmented checks that the client sent a first frame without FIN, continuations, and a last one with FIN.
func wasFragmented(firstBytes []byte, messageType int) error {
	want := []byte{byte(messageType)}
	for len(want) < len(firstBytes)-1 {
		want = append(want, 0)
	}
	want = append(want, 0x80)
	if len(want) < 3 || !bytes.Equal(firstBytes, want) {
		return fmt.Errorf("the client wrote frames that begin %x, want %x", firstBytes, want)
	}
	return nil
}

func pingIsAnswered(g gateway) error {
	c, err := dial(g.url("/"), 0)
	if err != nil {
		return err
	}
	defer c.Close()
	return ping(c, "are you there?", func() error { return nil })
}

func pingBetweenFragments(g gateway) error {
	c, err := dial(g.url("/"), 128)
	if err != nil {
		return err
	}
	defer c.Close()
	writer, err := c.NextWriter(websocket.BinaryMessage)
	if err != nil {
		return err
	}
	if _, err := writer.Write(pattern(500)); err != nil { // larger than the buffer: the first fragments are sent
		return err
	}
	return ping(c, "in between", writer.Close)
}

// ping sends a ping, calls `rest` and sends a last message. The pong must arrive before the last echo.
func ping(c *client, payload string, rest func() error) error {
	pongs := []string{}
	c.SetPongHandler(func(data string) error { pongs = append(pongs, data); return nil })
	if err := c.WriteControl(websocket.PingMessage, []byte(payload), time.Now().Add(deadline)); err != nil {
		return err
	}
	if err := rest(); err != nil {
		return err
	}
	if err := c.WriteMessage(websocket.TextMessage, []byte("last")); err != nil {
		return err
	}
	for {
		_, message, err := c.ReadMessage()
		if err != nil {
			return err
		}
		if string(message) == "last" {
			break
		}
	}
	if len(pongs) != 1 || pongs[0] != payload {
		return fmt.Errorf("pongs %q before the last echo, want one %q", pongs, payload)
	}
	return nil
}

// pattern returns ASCII bytes, so that they are valid as text.
func pattern(size int) []byte {
	payload := make([]byte, size)
	for i := range payload {
		payload[i] = byte('!' + i%89)
	}
	return payload
}
