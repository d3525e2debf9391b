// Package lines lets a program answer questions: a line of JSON for each line of JSON.
package lines

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

// longest is the most bytes that a question may have.
const longest = 1 << 26

// Refusal is what answers a question where BuildKit reports an error.
type Refusal struct {
	Error string `json:"error"`
}

// Answer reads questions from standard input until it ends. An error of answer is told as a Refusal.
func Answer[Q, A any](answer func(Q) (A, error)) {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, longest)
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for in.Scan() {
		if err := out.Encode(reply(in.Bytes(), answer)); err != nil {
			fail(err)
		}
	}
	if err := in.Err(); err != nil {
		fail(err)
	}
}

func reply[Q, A any](line []byte, answer func(Q) (A, error)) any {
	var question Q
	if err := json.Unmarshal(line, &question); err != nil {
		fail(fmt.Errorf("this is no question: %w: %s", err, line))
	}
	found, err := answer(question)
	if err != nil {
		return Refusal{err.Error()}
	}
	return found
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
