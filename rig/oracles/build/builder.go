package main

import (
	"context"
	"encoding/json"
	"os"
	"sync"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/gateway/client"
	gateway "github.com/moby/buildkit/frontend/gateway/pb"
	"github.com/moby/buildkit/solver/pb"
	"github.com/opencontainers/go-digest"
)

// builder stands for BuildKit before its Dockerfile frontend: files are missing, and images are made up.
type builder struct {
	client.Client
	options map[string]string
	images  map[string]imageConfig

	mutex sync.Mutex
	asked map[string]struct{}
}

// All that BuildKit can do.
var (
	buildCaps    = pb.Caps.CapSet(pb.Caps.All())
	frontendCaps = gateway.Caps.CapSet(gateway.Caps.All())
)

func (b *builder) BuildOpts() client.BuildOpts {
	return client.BuildOpts{Opts: b.options, LLBCaps: buildCaps, Caps: frontendCaps}
}

func (b *builder) Inputs(context.Context) (map[string]llb.State, error) { return nil, nil }

func (b *builder) Solve(context.Context, client.SolveRequest) (*client.Result, error) {
	result := client.NewResult()
	result.SetRef(emptyFolder{})
	return result, nil
}

// ResolveImageConfig gives an image a layer, since one without is taken for scratch.
func (b *builder) ResolveImageConfig(
	_ context.Context, reference string, _ sourceresolver.Opt,
) (string, digest.Digest, []byte, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.asked[reference] = struct{}{}
	config, err := json.Marshal(map[string]any{
		"config": b.images[reference],
		"rootfs": map[string]any{"type": "layers", "diff_ids": []digest.Digest{digest.FromString("")}},
	})
	return reference, "", config, err
}

// emptyFolder is where the frontend looks for ignore files.
type emptyFolder struct{ client.Reference }

func (emptyFolder) ReadFile(context.Context, client.ReadRequest) ([]byte, error) {
	return nil, os.ErrNotExist
}
