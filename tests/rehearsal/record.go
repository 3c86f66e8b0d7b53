package main

import (
	"fmt"
	"time"
)

// A record is what happened to the clients during the restart.
type record struct {
	begin        time.Time
	attempts     map[int]int // to connect, by second
	refused      int         // failed attempts, which are repeated
	closed       map[int]int // ends with a close frame, by code
	withoutFrame int
}

func newRecord() *record {
	return &record{begin: time.Now(), attempts: map[int]int{}, closed: map[int]int{}}
}

func (r *record) print() {
	took := time.Since(r.begin)
	total, peak := 0, 0
	for _, attempts := range r.attempts {
		total += attempts
		if attempts > peak {
			peak = attempts
		}
	}
	mean := float64(total) / took.Seconds()
	for code, count := range r.closed {
		fmt.Printf("%d connections closed with %d\n", count, code)
	}
	fmt.Printf("%d connections closed without a close frame\n", r.withoutFrame)
	fmt.Printf("%d attempts to connect, %d of them refused\n", total, r.refused)
	fmt.Printf("%.0f attempts a second on the average, %d in the worst second: %.1f times that\n", mean, peak, float64(peak)/mean)
	fmt.Printf("%.1f s in all\n", took.Seconds())
}
