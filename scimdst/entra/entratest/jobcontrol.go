package entratest

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"
)

func (s *Server) getSchema(c *call) (reply, error) {
	p, j, err := s.job(c)
	if err != nil {
		return reply{}, err
	}
	return j.schema.show(c, p, j), nil
}

// putSchema replaces the schema; the next cycle evaluates everything again.
//
// Source: learn.microsoft.com/graph/api/synchronization-synchronizationschema-update
func (s *Server) putSchema(c *call) (reply, error) {
	_, j, err := s.job(c)
	if err != nil {
		return reply{}, err
	}
	sc, err := readSchema(c.Body, j.schema.version+1, j.schema)
	if err != nil {
		return reply{}, &graphError{status: http.StatusBadRequest, code: "SchemaInvalid", message: err.Error(), undocumented: true}
	}
	j.schema = sc
	j.again()
	return noContent(), nil
}

// noPatch is what Graph answers, though the SDK has the request.
//
// Source: github.com/microsoftgraph/msgraph-metadata/issues/676
func noPatch(*Server, *call) (reply, error) {
	return reply{}, &graphError{status: http.StatusNotFound, code: "UnknownError", message: "The schema cannot be changed by PATCH.", undocumented: true}
}

// again lets the next cycle be an initial one.
func (j *job) again() {
	j.initial, j.ran, j.polls = true, false, 0
	j.firstSteady, j.lastSteady = time.Time{}, time.Time{}
}

// startJob goes on where the job was paused, and ends a quarantine.
//
// Source: learn.microsoft.com/graph/api/synchronization-synchronizationjob-start
func (s *Server) startJob(c *call) (reply, error) {
	p, j, err := s.job(c)
	if err != nil {
		return reply{}, err
	}
	if err := c.nothing(); err != nil {
		return reply{}, err
	}
	if p.secrets["BaseAddress"] == "" || p.secrets["SecretToken"] == "" {
		return reply{}, badRequest("The job has no credentials.")
	}
	j.active, j.polls, j.quarantine = true, 0, nil
	return noContent(), nil
}

// pauseJob lets no further cycle begin.
//
// Source: learn.microsoft.com/graph/api/synchronization-synchronizationjob-pause
func (s *Server) pauseJob(c *call) (reply, error) {
	_, j, err := s.job(c)
	if err != nil {
		return reply{}, err
	}
	j.active = false
	return noContent(), c.nothing()
}

// restartJob forgets what the criteria name, and starts the job. Without
// criteria everything is forgotten but the links. Full is all of it, so that
// deletions beyond the threshold are made too.
//
// Source: learn.microsoft.com/graph/api/synchronization-synchronizationjob-restart
// and .../resources/synchronization-synchronizationjobrestartcriteria
func (s *Server) restartJob(c *call) (reply, error) {
	p, j, err := s.job(c)
	if err != nil {
		return reply{}, err
	}
	given, err := c.object("criteria")
	if err != nil {
		return reply{}, err
	}
	var criteria struct {
		ResetScope string `json:"resetScope"`
	}
	if err := into(given, "criteria", &criteria); err != nil {
		return reply{}, err
	}
	if p.secrets["BaseAddress"] == "" || p.secrets["SecretToken"] == "" {
		return reply{}, badRequest("The job has no credentials.")
	}
	scope := strings.Split(criteria.ResetScope, ",")
	if strings.TrimSpace(criteria.ResetScope) == "" {
		scope = []string{"Watermark", "Escrows", "QuarantineState"}
	}
	for i := range scope {
		scope[i] = strings.TrimSpace(scope[i])
		if !slices.Contains([]string{"None", "ConnectorDataStore", "Escrows", "Watermark", "QuarantineState", "Full", "ForceDeletes"}, scope[i]) {
			return reply{}, unknown("The resetScope '%s' is not documented.", scope[i])
		}
	}
	j.reset(scope)
	j.active, j.polls = true, 0
	return noContent(), nil
}

func (j *job) reset(scope []string) {
	has := func(name string) bool { return slices.Contains(scope, name) || slices.Contains(scope, "Full") }
	if has("ConnectorDataStore") {
		j.links = map[string]*link{}
	}
	if has("Escrows") {
		j.escrows = map[string]*escrow{}
	}
	if has("QuarantineState") {
		j.quarantine = nil
	}
	if has("Watermark") {
		j.again()
	}
	j.force = has("ForceDeletes")
}

// getJob answers the job's state. With Options.Poll a cycle runs when it is
// asked for the second time, and from then on each fourth time.
func (s *Server) getJob(ctx context.Context, c *call) (reply, error) {
	p, j, err := s.job(c)
	if err != nil {
		return reply{}, err
	}
	if s.options.Poll && j.active {
		if j.polls++; j.polls%4 == 2 {
			if err := s.run(ctx, p, j); err != nil {
				return reply{}, err
			}
		}
	}
	return jsonReply(http.StatusOK, entity(c, "servicePrincipals('"+p.id+"')/synchronization/jobs", j.show(p))), nil
}
