// Writes a vulnerability database as Trivy reads them (trivy.db and metadata.json) into the folder that is its argument,
// from a JSON document on standard input.
package main

import (
	"encoding/json"
	"errors"
	"log"
	"os"
	"strings"
	"time"

	"github.com/aquasecurity/trivy-db/pkg/db"
	"github.com/aquasecurity/trivy-db/pkg/metadata"
	"github.com/aquasecurity/trivy-db/pkg/types"
	bolt "go.etcd.io/bbolt"
)

type document struct {
	UpdatedAt  time.Time
	NextUpdate time.Time
	Advisories []advisory
}

type advisory struct {
	// `alpine 3.20`, `debian 13`, or of a language: `npm::GitHub Security Advisory npm`.
	Bucket   string
	Package  string
	ID       string
	Severity string
	Title    string
	// The version that mends it; none for one without a fix. Of a language's package also the versions that have it.
	Fixed      string
	Vulnerable []string
	URL        string
}

func main() {
	log.SetFlags(0)
	if err := run(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func run(folder string) (err error) {
	var asked document
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		return err
	}
	if err := db.Init(folder); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	config := db.Config{}
	err = config.BatchUpdate(func(tx *bolt.Tx) error {
		for _, each := range asked.Advisories {
			if err := put(config, tx, each); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return metadata.NewClient(folder).Update(metadata.Metadata{
		Version:    db.SchemaVersion,
		UpdatedAt:  asked.UpdatedAt,
		NextUpdate: asked.NextUpdate,
	})
}

func put(config db.Config, tx *bolt.Tx, each advisory) error {
	severity, err := types.NewSeverity(each.Severity)
	if err != nil {
		return err
	}
	source := sourceOf(each.Bucket)
	stored := types.Advisory{FixedVersion: each.Fixed}
	if strings.Contains(each.Bucket, "::") {
		stored = types.Advisory{VulnerableVersions: each.Vulnerable}
		if each.Fixed != "" {
			stored.PatchedVersions = []string{each.Fixed}
		}
	} else if each.Fixed == "" {
		stored.Status = types.StatusAffected
	}
	vulnerability := types.Vulnerability{
		Title:          each.Title,
		Severity:       each.Severity,
		VendorSeverity: types.VendorSeverity{source.ID: severity},
		References:     []string{each.URL},
	}
	return errors.Join(
		config.PutDataSource(tx, each.Bucket, source),
		config.PutAdvisory(tx, []string{each.Bucket, each.Package}, each.ID, &stored),
		config.PutVulnerability(tx, each.ID, vulnerability),
		config.PutVulnerabilityID(tx, each.ID),
	)
}

func sourceOf(bucket string) types.DataSource {
	if _, name, isOfLanguage := strings.Cut(bucket, "::"); isOfLanguage {
		return types.DataSource{ID: "ghsa", Name: name, URL: "https://github.com/advisories"}
	}
	system, _, _ := strings.Cut(bucket, " ")
	return types.DataSource{ID: types.SourceID(system), Name: system, URL: "https://example.com/" + system}
}
