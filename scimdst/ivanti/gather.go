package ivanti

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ldap2scim/plan"
)

// Gathered is all that the vendor's records say at one time.
type Gathered struct {
	// Source says in words where it is from.
	Source   string
	Accounts []plan.Account
	Records  plan.Records
}

// Gather reads accounts, devices, groups and configurations, from the interface
// and from exported files, and finds what refers to LDAP. Nothing of it is used
// when a part cannot be read.
func Gather(ctx context.Context, c Config, custom []Custom) (Gathered, error) {
	g := Gathered{Source: strings.Join(c.sources(), ", ")}
	if c.URL != "" {
		client, err := NewClient(c)
		if err != nil {
			return Gathered{}, err
		}
		if err := g.ask(ctx, client, custom); err != nil {
			return Gathered{}, err
		}
	}
	for _, e := range c.Exports {
		text, err := os.ReadFile(e.File)
		if err != nil {
			return Gathered{}, fmt.Errorf("read the export of accounts: %w", err)
		}
		exported, err := ReadExport(text, e.Columns)
		if err != nil {
			return Gathered{}, fmt.Errorf("read the export of accounts: %w", inFile(err, e.File))
		}
		g.Accounts = Merge(g.Accounts, exported.Accounts)
		g.Records.AppleIDs = g.Records.AppleIDs || exported.AppleIDs
	}
	if len(g.Accounts) > 0 {
		g.Records.Sources = CountSources(g.Accounts)
	}
	files, err := filesIn(c.References, ".mobileconfig", ".json", ".xml", ".txt", ".csv", ".plist", ".html", ".htm")
	if err != nil {
		return Gathered{}, fmt.Errorf("search what refers to LDAP: %w", err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			return Gathered{}, fmt.Errorf("search what refers to LDAP: %w", err)
		}
		found, err := Scan(name, text, custom)
		if err != nil {
			return Gathered{}, fmt.Errorf("search what refers to LDAP: %w", err)
		}
		g.Records.References = append(g.Records.References, found...)
		g.Records.Searched++
	}
	return g, nil
}

// sources are where the records come from.
func (c Config) sources() []string {
	var all []string
	if c.URL != "" {
		all = append(all, c.URL)
	}
	for _, e := range c.Exports {
		all = append(all, e.File)
	}
	return append(all, c.References...)
}

// ask reads what the interface has.
func (g *Gathered) ask(ctx context.Context, client *Client, custom []Custom) error {
	var err error
	if g.Accounts, err = client.Accounts(ctx); err != nil {
		return err
	}
	if client.config.StoredAttributes {
		if err := client.AddStored(ctx, g.Accounts); err != nil {
			return err
		}
	}
	if g.Records.ChromeOS, err = client.AddDevices(ctx, g.Accounts); err != nil {
		return err
	}
	if g.Records.Groups, err = client.Groups(ctx); err != nil {
		return err
	}
	policies, err := client.Policies(ctx)
	if err != nil {
		return err
	}
	for _, p := range policies {
		found, err := ScanPolicy(p, custom)
		if err != nil {
			return err
		}
		g.Records.References = append(g.Records.References, found...)
		g.Records.Searched++
	}
	return nil
}

// GatherEvidence looks for what shows whether the LDAP server is disabled. The
// counts are those of earlier times, in order.
func GatherEvidence(ctx context.Context, c Config, before []Counted, now time.Time) ([]plan.Evidence, error) {
	var all []plan.Evidence
	if len(c.Audit) > 0 {
		e, err := trailEvidence(c, now)
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	if c.URL == "" {
		return all, nil
	}
	client, err := NewClient(c)
	if err != nil {
		return nil, err
	}
	counts, err := client.Counts(ctx)
	if err != nil {
		return nil, err
	}
	e := JudgeCounts(before, Counted{At: now, LDAP: counts["LDAP"]}, c.Interval())
	e.Source = c.URL
	all = append(all, e)
	for _, more := range []struct {
		on  bool
		ask func(context.Context, time.Time) (plan.Evidence, error)
	}{{c.Canary != Canary{}, client.Canary}, {c.UnsupportedProbe != Probe{}, client.Probe}} {
		if !more.on {
			continue
		}
		e, err := more.ask(ctx, now)
		if err != nil {
			return nil, err
		}
		e.Source = c.URL
		all = append(all, e)
	}
	return all, nil
}

func trailEvidence(c Config, now time.Time) (plan.Evidence, error) {
	files, err := filesIn(c.Audit, ".json", ".jsonl", ".cef", ".log", ".txt")
	if err != nil {
		return plan.Evidence{}, fmt.Errorf("read the audit trail: %w", err)
	}
	var events []Event
	sum := sha256.New()
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			return plan.Evidence{}, fmt.Errorf("read the audit trail: %w", err)
		}
		_, _ = sum.Write(text) // a hash takes everything
		part, err := ReadTrail(text)
		if err != nil {
			return plan.Evidence{}, fmt.Errorf("read the audit trail: %w", inFile(err, name))
		}
		events = append(events, part...)
	}
	e := JudgeTrail(events, c.Interval(), now)
	e.Source = strings.Join(c.Audit, ", ")
	e.Digest = plan.Digest(hex.EncodeToString(sum.Sum(nil)))
	return e, nil
}

// filesIn returns the files that are named and, in folders, those with one of
// the endings, in order. Names that are not there are an error, and so is a
// folder without such a file.
func filesIn(paths []string, endings ...string) ([]string, error) {
	var all []string
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			all = append(all, p)
			continue
		}
		n := len(all)
		err = filepath.WalkDir(p, func(name string, e fs.DirEntry, err error) error {
			if err == nil && !e.IsDir() && slices.Contains(endings, strings.ToLower(filepath.Ext(name))) {
				all = append(all, name)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		if len(all) == n {
			return nil, fmt.Errorf("%s: %w", p, errors.New("no file in it ends with "+strings.Join(endings, ", ")))
		}
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}
