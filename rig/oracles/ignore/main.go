// ignore tells which paths an ignore file keeps out of a build's context, going down to each from the context's root with the
// results of the directories above, as BuildKit's walk does.
package main

import (
	"bytes"
	"strings"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"

	"oracles/internal/lines"
)

// A question's bytes are in base64, since neither files nor paths need be UTF-8.
type question struct {
	File  []byte   `json:"file"`
	Paths [][]byte `json:"paths"`
}

type answer struct {
	Ignored []bool `json:"ignored"`
}

func main() {
	lines.Answer(func(q question) (answer, error) {
		patterns, err := ignorefile.ReadAll(bytes.NewReader(q.File))
		if err != nil {
			return answer{}, err
		}
		matcher, err := patternmatcher.New(patterns)
		if err != nil {
			return answer{}, err
		}
		found := answer{}
		for _, path := range q.Paths {
			ignored, err := walkTo(matcher, string(path))
			if err != nil {
				return answer{}, err
			}
			found.Ignored = append(found.Ignored, ignored)
		}
		return found, nil
	})
}

func walkTo(matcher *patternmatcher.PatternMatcher, path string) (ignored bool, err error) {
	var above patternmatcher.MatchInfo
	parts := strings.Split(path, "/")
	for i := range parts {
		ignored, above, err = matcher.MatchesUsingParentResults(strings.Join(parts[:i+1], "/"), above)
		if err != nil {
			return false, err
		}
	}
	return ignored, nil
}
