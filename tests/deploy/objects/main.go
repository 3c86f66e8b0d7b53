// Checks rendered Kubernetes objects: an API server knows all of their fields, the pods conform to the "restricted"
// standard, their grace period is long enough for a drain, references between objects resolve, and a change of the
// flag file reaches a running gateway.
//
//	objects FILE...
//
// Prints `ok FILE`, or `FAIL FILE: why` for each fault. Exits with 1 if anything failed.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	status := 0
	for _, path := range os.Args[1:] {
		text, err := os.ReadFile(path)
		faults := []error{err}
		if err == nil {
			faults = Check(text)
		}
		if len(faults) == 0 {
			fmt.Println("ok", filepath.Base(path))
		}
		for _, fault := range faults {
			status = 1
			fmt.Printf("FAIL %s: %v\n", filepath.Base(path), fault)
		}
	}
	os.Exit(status)
}

// Check returns what is wrong with the objects of a YAML text.
func Check(text []byte) []error {
	objects, faults := Decode(text)
	for _, check := range []func(*Objects) []error{CheckNames, CheckRestricted, CheckDrain, CheckReferences, CheckFlagFile} {
		faults = append(faults, check(objects)...)
	}
	return faults
}
