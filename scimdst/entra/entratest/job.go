package entratest

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// job is a synchronization job.
type job struct {
	id     string
	born   int
	schema *schema
	active bool // the schedule's state
	ran    bool // a cycle has come to its end
	polls  int  // how often its status was asked for since it was started

	// initial says that the next cycle evaluates everything.
	initial bool
	// force lets the next cycle delete however much it is.
	force bool
	// links are the objects in the target by the id of those in the directory,
	// kept after the first match.
	links map[string]*link
	// escrows are objects that failed, which the next cycle tries again.
	escrows map[string]*escrow

	firstSteady, lastSteady time.Time
	last, success, exports  *execution
	quarantine              *quarantine
	failures                int // cycles in a row that failed as a whole
}

// link is an object in the target.
type link struct {
	id, kind, name string
	sent           map[string]string // values by target attribute
	members        map[string]bool   // ids in the target that were sent
	disabled       bool
}

// escrow is an object that failed.
type escrow struct {
	code, reason string
	times        int
	reference    bool
}

// execution is one cycle.
type execution struct {
	id                           string
	began, ended                 time.Time
	state                        string
	entitled, imported, exported int
	escrowed                     int
	failure                      *cycleError
}

func synchronizationRoutes() []route {
	const at = "/servicePrincipals/{id}/synchronization"
	const job = at + "/jobs/{job}"
	read, write := readSynchronization(), writeSynchronization()
	return []route{
		{method: "GET", pattern: at + "/templates", need: read, handle: local((*Server).listTemplates)},
		{method: "PUT", pattern: at + "/secrets", need: write, handle: local((*Server).putSecrets)},
		{method: "GET", pattern: at + "/jobs", need: read, handle: local((*Server).listJobs)},
		{method: "POST", pattern: at + "/jobs", need: write, handle: local((*Server).createJob)},
		{method: "GET", pattern: job, need: read, handle: withContext((*Server).getJob)},
		{method: "DELETE", pattern: job, need: write, handle: local((*Server).deleteJob)},
		{method: "POST", pattern: job + "/validateCredentials", need: write, handle: withContext((*Server).validateCredentials)},
		{method: "GET", pattern: job + "/schema", need: read, handle: local((*Server).getSchema)},
		{method: "PUT", pattern: job + "/schema", need: write, handle: local((*Server).putSchema)},
		{method: "PATCH", pattern: job + "/schema", need: write, handle: local(noPatch)},
		{method: "POST", pattern: job + "/start", need: write, handle: local((*Server).startJob)},
		{method: "POST", pattern: job + "/pause", need: write, handle: local((*Server).pauseJob)},
		{method: "POST", pattern: job + "/restart", need: write, handle: local((*Server).restartJob)},
		{method: "POST", pattern: job + "/provisionOnDemand", need: write, quota: "demand", handle: withContext((*Server).provisionOnDemand)},
		{method: "GET", pattern: "/auditLogs/provisioning", options: "$filter $top $orderby $skiptoken", need: readLogs(), quota: "logs", handle: local((*Server).listLogs)},
	}
}

// synchronized finds the service principal, which the client must own or be
// allowed to synchronize.
func (s *Server) synchronized(c *call) (*principal, error) {
	p, err := s.world.principal(c.names["id"])
	if err != nil {
		return nil, err
	}
	roles := []string{"Synchronization.ReadWrite.All"}
	if c.Method == http.MethodGet {
		roles = append(roles, "Synchronization.Read.All")
	}
	return p, p.owned(c.client, roles...)
}

func (s *Server) job(c *call) (*principal, *job, error) {
	p, err := s.synchronized(c)
	if err != nil {
		return nil, nil, err
	}
	i := slices.IndexFunc(p.jobs, func(j *job) bool { return j.id == c.names["job"] && s.world.seen(j.born) })
	if i < 0 {
		return nil, nil, notFound(c.names["job"])
	}
	return p, p.jobs[i], nil
}

// listTemplates answers none until the service principal is known everywhere.
//
// Source: learn.microsoft.com/graph/api/synchronization-synchronization-list-templates
func (s *Server) listTemplates(c *call) (reply, error) {
	p, err := s.synchronized(c)
	if err != nil {
		return reply{}, err
	}
	value := []any{}
	for _, id := range s.templates(p) {
		value = append(value, map[string]any{
			"id": id, "applicationId": p.appID, "factoryTag": "CustomSCIM", "schema": map[string]any{"directories": []any{}, "synchronizationRules": []any{}},
		})
	}
	return jsonReply(http.StatusOK, map[string]any{"@odata.context": c.context("servicePrincipals('" + p.id + "')/synchronization/templates"), "value": value}), nil
}

func (s *Server) templates(p *principal) []string {
	switch {
	case s.world.asked-p.born < 2*s.options.Replication:
		return nil
	case s.options.LegacyOnly:
		return []string{"customappsso"}
	}
	return []string{"customappsso", "scim"}
}

// createJob makes a job each time that it is asked.
//
// Source: learn.microsoft.com/graph/api/synchronization-synchronization-post-jobs
func (s *Server) createJob(c *call) (reply, error) {
	p, err := s.synchronized(c)
	if err != nil {
		return reply{}, err
	}
	given, err := c.object("templateId")
	if err != nil {
		return reply{}, err
	}
	var template string
	if err := into(given, "templateId", &template); err != nil {
		return reply{}, err
	}
	if !slices.Contains(s.templates(p), template) || template != "scim" {
		return reply{}, badRequest("The template '%s' is not there for this application.", template)
	}
	sc, err := defaultSchema(s.world)
	if err != nil {
		return reply{}, err
	}
	j := &job{
		id:   "scim." + strings.ReplaceAll(s.options.Tenant, "-", "") + "." + s.world.newID("10b00000"),
		born: s.world.asked, schema: sc, initial: true, links: map[string]*link{}, escrows: map[string]*escrow{},
	}
	p.jobs = append(p.jobs, j)
	m := j.show(p)
	m["@odata.context"] = c.context("servicePrincipals('" + p.id + "')/synchronization/jobs/$entity")
	return jsonReply(http.StatusCreated, m), nil
}

func (s *Server) listJobs(c *call) (reply, error) {
	p, err := s.synchronized(c)
	if err != nil {
		return reply{}, err
	}
	value := []any{}
	for _, j := range p.jobs {
		if s.world.seen(j.born) {
			value = append(value, j.show(p))
		}
	}
	return jsonReply(http.StatusOK, map[string]any{"@odata.context": c.context("servicePrincipals('" + p.id + "')/synchronization/jobs"), "value": value}), nil
}

// deleteJob ends a job for good.
//
// Source: learn.microsoft.com/graph/api/synchronization-synchronizationjob-delete
func (s *Server) deleteJob(c *call) (reply, error) {
	p, j, err := s.job(c)
	if err != nil {
		return reply{}, err
	}
	p.jobs = slices.DeleteFunc(p.jobs, func(o *job) bool { return o == j })
	return noContent(), nil
}
