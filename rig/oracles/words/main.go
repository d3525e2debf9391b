// words puts variables into the words of a Dockerfile as BuildKit's shell lexer does.
package main

import (
	"maps"
	"slices"

	"github.com/moby/buildkit/frontend/dockerfile/shell"

	"oracles/internal/lines"
)

type question struct {
	Word   string            `json:"word"`
	Escape string            `json:"escape"`
	Values map[string]string `json:"values"`
}

type answer struct {
	Text string `json:"text"`
}

type values map[string]string

func (v values) Get(name string) (string, bool) {
	value, isSet := v[name]
	return value, isSet
}

func (v values) Keys() []string { return slices.Collect(maps.Keys(v)) }

func main() {
	lines.Answer(func(q question) (answer, error) {
		text, _, err := shell.NewLex(rune(q.Escape[0])).ProcessWord(q.Word, values(q.Values))
		return answer{text}, err
	})
}
