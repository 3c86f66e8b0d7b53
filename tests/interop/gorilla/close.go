package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"time"

	"github.com/gorilla/websocket"
)

var closeChecks = []check{
	{"own_close_code_comes_back", ownCloseCodeComesBack},
	{"interrupt_shows_code_and_reason", interruptShowsCodeAndReason},
	{"interrupt_in_a_fragmented_message", interruptInAFragmentedMessage},
}

func ownCloseCodeComesBack(g gateway) error {
	for _, code := range []int{1000, 1001, 3000, 4321, 4999} {
		c, err := dial(g.url("/"), 0)
		if err != nil {
			return err
		}
		defer c.Close()
		frame := websocket.FormatCloseMessage(code, "done here")
		if err := c.WriteControl(websocket.CloseMessage, frame, time.Now().Add(deadline)); err != nil {
			return err
		}
		closed, err := c.readClose()
		if err != nil {
			return err
		}
		if closed.Code != code {
			return fmt.Errorf("close code %d came back as %d %q", code, closed.Code, closed.Text)
		}
	}
	return nil
}

func interruptShowsCodeAndReason(g gateway) error {
	c, err := dial(g.url("/"), 0)
	if err != nil {
		return err
	}
	defer c.Close()
	return expectInterrupt(g, c)
}

func interruptInAFragmentedMessage(g gateway) error {
	c, err := dial(g.url("/"), 128)
	if err != nil {
		return err
	}
	defer c.Close()
	writer, err := c.NextWriter(websocket.BinaryMessage)
	if err != nil {
		return err
	}
	if _, err := writer.Write(pattern(500)); err != nil { // partly sent; the last fragment never is
		return err
	}
	return expectInterrupt(g, c)
}

// expectInterrupt interrupts c by grpcurl while c reads, because a client answers a close frame only while it reads.
func expectInterrupt(g gateway, c *client) error {
	outcome := make(chan error, 1)
	go func() { outcome <- interrupt(g, c.id, 4002, "the bridge is up") }()
	closed, err := c.readClose()
	if err != nil {
		return err
	}
	if closed.Code != 4002 || closed.Text != "the bridge is up" {
		return fmt.Errorf("interrupted with %d %q", closed.Code, closed.Text)
	}
	return <-outcome
}

// interrupt returns an error unless the outcome is CLOSED_CLEAN.
func interrupt(g gateway, id string, code int, reason string) error {
	request, err := json.Marshal(map[string]any{"connection_id": id, "code": code, "reason": reason})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	output, err := exec.CommandContext(ctx, g.grpcurl, "-plaintext", "-d", string(request), g.control,
		"drawbridge.control.v1.ConnectionService/InterruptConnection").CombinedOutput()
	if err != nil {
		return fmt.Errorf("grpcurl: %w: %s", err, output)
	}
	var response struct{ Outcome string }
	if err := json.Unmarshal(output, &response); err != nil {
		return fmt.Errorf("%w in %s", err, output)
	}
	if response.Outcome != "INTERRUPT_OUTCOME_CLOSED_CLEAN" {
		return fmt.Errorf("outcome %s", output)
	}
	return nil
}
