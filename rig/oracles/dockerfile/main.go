// dockerfile reads Dockerfiles with BuildKit's own parser. What it leaves out, or says empty, is nothing.
package main

import (
	"bytes"
	"errors"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"oracles/internal/lines"
)

// A question's text is in base64, since it need not be UTF-8.
type question struct {
	Text []byte `json:"text"`
}

type file struct {
	Syntax string `json:"syntax"`
	Escape string `json:"escape"`
	// NAME or NAME=default.
	Globals []string `json:"globals"`
	Stages  []stage  `json:"stages"`
}

type stage struct {
	Line         int           `json:"line"`
	Base         string        `json:"base"`
	Name         string        `json:"name"`
	Platform     string        `json:"platform"`
	Instructions []instruction `json:"instructions"`
}

type instruction struct {
	Keyword string `json:"keyword"`
	Line    int    `json:"line"`
	// ARG, ENV, LABEL: NAME or NAME=value.
	Pairs []string `json:"pairs"`
	// COPY, ADD.
	From         string   `json:"from"`
	KeepsParents bool     `json:"keepsParents"`
	Excludes     []string `json:"excludes"`
	Sources      []string `json:"sources"`
	Destination  string   `json:"destination"`
	// RUN.
	Mounts []mount `json:"mounts"`
	// COPY, ADD, RUN.
	Heredocs []heredoc `json:"heredocs"`
	// ONBUILD; none where it can't be read.
	Trigger *instruction `json:"trigger"`
}

type heredoc struct {
	Name    string `json:"name"`
	Body    string `json:"body"`
	Expands bool   `json:"expands"`
}

// mount is known but for From only when it is carried out: then a mount may turn out to be wrong.
type mount struct {
	From   string `json:"from"`
	Type   string `json:"type"`
	Source string `json:"source"`
	Target string `json:"target"`
}

func main() {
	lines.Answer(func(q question) (file, error) { return read(q.Text) })
}

func read(text []byte) (file, error) {
	parsed, err := parser.Parse(bytes.NewReader(text))
	if err != nil {
		return file{}, err
	}
	stages, globals, err := instructions.Parse(parsed.AST, nil)
	if err != nil {
		return file{}, err
	}
	if len(stages) == 0 {
		return file{}, errors.New("there is no stage")
	}
	syntax, _, _, _ := parser.DetectSyntax(text)
	found := file{Syntax: syntax, Escape: string(parsed.EscapeToken)}
	for _, command := range globals {
		found.Globals = append(found.Globals, arguments(command.Args)...)
	}
	for _, each := range stages {
		s := stage{Line: each.Location[0].Start.Line, Base: each.BaseName, Name: each.Name, Platform: each.Platform}
		for _, command := range each.Commands {
			s.Instructions = append(s.Instructions, describe(command))
		}
		found.Stages = append(found.Stages, s)
	}
	return found, nil
}

func describe(command instructions.Command) instruction {
	i := instruction{Keyword: strings.ToUpper(command.Name()), Line: command.Location()[0].Start.Line}
	switch c := command.(type) {
	case *instructions.ArgCommand:
		i.Pairs = arguments(c.Args)
	case *instructions.EnvCommand:
		i.Pairs = pairs(c.Env)
	case *instructions.LabelCommand:
		i.Pairs = pairs(c.Labels)
	case *instructions.CopyCommand:
		i.From, i.KeepsParents, i.Excludes = c.From, c.Parents, c.ExcludePatterns
		i.Sources, i.Destination, i.Heredocs = c.SourcePaths, c.DestPath, contents(c.SourceContents)
	case *instructions.AddCommand:
		i.Excludes = c.ExcludePatterns
		i.Sources, i.Destination, i.Heredocs = c.SourcePaths, c.DestPath, contents(c.SourceContents)
	case *instructions.RunCommand:
		for _, f := range c.Files {
			i.Heredocs = append(i.Heredocs, heredoc{Name: f.Name, Body: f.Data})
		}
		i.Mounts = mounts(c)
	case *instructions.OnbuildCommand:
		i.Trigger = trigger(c.Expression)
	}
	return i
}

// trigger reads what ONBUILD says as the build of a child does (dockerfile2llb, initOnBuildTriggers).
func trigger(expression string) *instruction {
	parsed, err := parser.Parse(strings.NewReader(expression))
	if err != nil || len(parsed.AST.Children) != 1 {
		return nil
	}
	command, err := instructions.ParseCommand(parsed.AST.Children[0])
	if err != nil {
		return nil
	}
	i := describe(command)
	i.Line = 0
	return &i
}

// mounts carries the mounts out with variables as they stand; where that fails, only From is known.
func mounts(run *instructions.RunCommand) (found []mount) {
	for _, m := range instructions.GetMounts(run) {
		found = append(found, mount{From: m.From})
	}
	if err := run.Expand(func(word string) (string, error) { return word, nil }); err != nil {
		return found
	}
	for n, m := range instructions.GetMounts(run) {
		found[n] = mount{From: m.From, Type: string(m.Type), Source: m.Source, Target: m.Target}
	}
	return found
}

func arguments(args []instructions.KeyValuePairOptional) (found []string) {
	for _, arg := range args {
		if arg.Value == nil {
			found = append(found, arg.Key)
		} else {
			found = append(found, arg.Key+"="+*arg.Value)
		}
	}
	return found
}

func pairs(all instructions.KeyValuePairs) (found []string) {
	for _, pair := range all {
		found = append(found, pair.Key+"="+pair.Value)
	}
	return found
}

func contents(all []instructions.SourceContent) (found []heredoc) {
	for _, c := range all {
		found = append(found, heredoc{Name: c.Path, Body: c.Data, Expands: c.Expand})
	}
	return found
}
