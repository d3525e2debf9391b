// fields reads a value of an option as buildx does: a cache entry, a secret, an SSH agent, an attestation or an output.
package main

import (
	"fmt"

	"github.com/docker/buildx/util/buildflags"

	"oracles/internal/lines"
)

type question struct {
	// One of cache, secret, ssh, attest and output; attest is the value of provenance.
	Kind string `json:"kind"`
	Text string `json:"text"`
}

type entry struct {
	Type       string            `json:"type"`
	Attributes map[string]string `json:"attributes"`
	// Of an output.
	Destination string `json:"destination"`
	// Of a secret or an agent.
	ID string `json:"id"`
	// Of a secret: its file and its variable; of an agent: its keys.
	Paths    []string `json:"paths"`
	Variable string   `json:"variable"`
	// Of an attestation.
	Disabled bool `json:"disabled"`
}

type answer struct {
	Entries []entry `json:"entries"`
}

func main() {
	lines.Answer(func(q question) (answer, error) {
		entries, err := read(q)
		return answer{entries}, err
	})
}

func read(q question) ([]entry, error) {
	switch q.Kind {
	case "cache":
		return each(buildflags.ParseCacheEntry, q.Text, func(c *buildflags.CacheOptionsEntry) entry {
			return entry{Type: c.Type, Attributes: c.Attrs}
		})
	case "secret":
		return each(buildflags.ParseSecretSpecs, q.Text, func(s *buildflags.Secret) entry {
			return entry{ID: s.ID, Paths: []string{s.FilePath}, Variable: s.Env}
		})
	case "ssh":
		return each(buildflags.ParseSSHSpecs, q.Text, func(s *buildflags.SSH) entry {
			return entry{ID: s.ID, Paths: s.Paths}
		})
	case "attest":
		text := buildflags.CanonicalizeAttest("provenance", q.Text)
		return each(buildflags.ParseAttests, text, func(a *buildflags.Attest) entry {
			return entry{Type: a.Type, Attributes: a.Attrs, Disabled: a.Disabled}
		})
	case "output":
		return each(buildflags.ParseExports, q.Text, func(e *buildflags.ExportEntry) entry {
			return entry{Type: e.Type, Attributes: e.Attrs, Destination: e.Destination}
		})
	default:
		return nil, fmt.Errorf("there is no kind %q", q.Kind)
	}
}

func each[E any, Es ~[]E](parse func([]string) (Es, error), text string, read func(E) entry) ([]entry, error) {
	found, err := parse([]string{text})
	var entries []entry
	for _, one := range found {
		entries = append(entries, read(one))
	}
	return entries, err
}
