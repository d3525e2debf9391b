// build tells what the build of a target would take, as BuildKit's Dockerfile frontend plans it. Nothing is built and nobody
// asked: images are what the question says of them, and contexts have no ignore files.
package main

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerui"
	"github.com/moby/buildkit/solver/pb"
	"google.golang.org/protobuf/proto"

	"oracles/internal/lines"
)

type question struct {
	Text   string `json:"text"`
	Target string `json:"target"`
	// Platform is the builder's own where it is empty.
	Platform  string            `json:"platform"`
	Arguments map[string]string `json:"arguments"`
	// Contexts are the names of named contexts; each is a directory.
	Contexts []string `json:"contexts"`
	// Images are the configs of images, by full reference; others have an empty one.
	Images map[string]imageConfig `json:"images"`
}

// imageConfig is what an image hands on to those built on it.
type imageConfig struct {
	Env     []string
	Labels  map[string]string
	OnBuild []string
}

type answer struct {
	// Contexts gives the paths that are followed in each context that is used, the main one being "context"; null is all.
	Contexts map[string][]string `json:"contexts"`
	// Images are those that are used, by full reference.
	Images []string `json:"images"`
	// Asked are those that are asked for their configs.
	Asked []string `json:"asked"`
	// Config is that of the image that is built.
	Config imageConfig `json:"config"`
}

func main() {
	lines.Answer(plan)
}

func plan(q question) (answer, error) {
	ctx := context.Background()
	builder := &builder{options: options(q), images: q.Images, asked: map[string]struct{}{}}
	client, err := dockerui.NewClient(builder)
	if err != nil {
		return answer{}, err
	}
	convert := dockerfile2llb.ConvertOpt{Config: client.Config, Client: client, MetaResolver: builder}
	if len(client.TargetPlatforms) > 0 {
		convert.TargetPlatform = &client.TargetPlatforms[0]
	}
	state, image, _, _, err := dockerfile2llb.Dockerfile2LLB(ctx, []byte(q.Text), convert)
	if err != nil {
		return answer{}, err
	}
	definition, err := state.Marshal(ctx)
	if err != nil {
		return answer{}, err
	}
	found := answer{
		Contexts: map[string][]string{},
		Asked:    slices.Sorted(maps.Keys(builder.asked)),
		Config:   imageConfig{image.Config.Env, image.Config.Labels, image.Config.OnBuild},
	}
	return found, found.take(definition)
}

func options(q question) map[string]string {
	found := map[string]string{"target": q.Target, "platform": q.Platform}
	for name, value := range q.Arguments {
		found["build-arg:"+name] = value
	}
	for _, name := range q.Contexts {
		found["context:"+name] = "local:" + name
	}
	return found
}

// take adds the sources of a definition to the answer.
func (a *answer) take(definition *llb.Definition) error {
	whole := map[string]bool{}
	for _, encoded := range definition.Def {
		var op pb.Op
		if err := proto.Unmarshal(encoded, &op); err != nil {
			return err
		}
		kind, name, _ := strings.Cut(op.GetSource().GetIdentifier(), "://")
		switch kind {
		case "docker-image":
			a.Images = append(a.Images, name)
		case "local":
			paths, err := followPaths(op.GetSource())
			if err != nil {
				return err
			}
			whole[name] = whole[name] || paths == nil
			a.Contexts[name] = append(a.Contexts[name], paths...)
		}
	}
	a.Images = sorted(a.Images)
	for name, paths := range a.Contexts {
		a.Contexts[name] = sorted(paths)
		if whole[name] {
			a.Contexts[name] = nil
		}
	}
	return nil
}

func sorted(all []string) []string {
	slices.Sort(all)
	return slices.Compact(all)
}

// followPaths gives no list where everything is followed.
func followPaths(source *pb.SourceOp) (paths []string, err error) {
	if text, isSaid := source.GetAttrs()[pb.AttrFollowPaths]; isSaid {
		err = json.Unmarshal([]byte(text), &paths)
	}
	return paths, err
}
