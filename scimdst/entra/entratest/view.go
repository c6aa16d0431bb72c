package entratest

import "slices"

// Job is a synchronization job as somebody sees it who looks at the server.
type Job struct {
	// ID is the job's, Principal and Application those of whom it is of.
	ID, Principal, Application string
	// Code is NotConfigured, NotRun, Active, Paused or Quarantine.
	Code string
	// Quarantine is its reason, if it is in one.
	Quarantine string
	// Links are the ids in the target by the ids in the directory.
	Links map[string]string
	// Escrows are the reasons of the objects that failed, by their ids in the
	// directory.
	Escrows map[string]string
	// Secrets are what was put.
	Secrets map[string]string
}

// Jobs returns all jobs, in the order of their making.
func (s *Server) Jobs() []Job {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Job
	for _, p := range s.world.principals {
		for _, j := range p.jobs {
			v := Job{
				ID: j.id, Principal: p.id, Application: p.application.id, Code: j.code(p),
				Links: map[string]string{}, Escrows: map[string]string{}, Secrets: map[string]string{},
			}
			if j.quarantine != nil {
				v.Quarantine = j.quarantine.reason
			}
			for id, l := range j.links {
				v.Links[id] = l.id
			}
			for id, e := range j.escrows {
				v.Escrows[id] = e.reason
			}
			for key, value := range p.secrets {
				v.Secrets[key] = value
			}
			list = append(list, v)
		}
	}
	return list
}

// Application is an application with its service principal.
type Application struct {
	ID, AppID, Principal, Name, Notes string
	Tags                              []string
}

// Applications returns all applications, in the order of their making.
func (s *Server) Applications() []Application {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Application
	for _, p := range s.world.principals {
		a := p.application
		list = append(list, Application{ID: a.id, AppID: a.appID, Principal: p.id, Name: a.name, Notes: p.notes + a.notes, Tags: slices.Concat(p.tags, a.tags)})
	}
	return list
}

// Assignment is a user or a group that is assigned to an application.
type Assignment struct {
	// Application is the id of its service principal, Principal that of who is
	// assigned.
	Application, Principal, Role string
}

// Assignments returns all assignments, in the order of their making for each
// application.
func (s *Server) Assignments() []Assignment {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Assignment
	for _, p := range s.world.principals {
		for _, a := range p.assignments {
			list = append(list, Assignment{Application: p.id, Principal: a.principal, Role: a.role})
		}
	}
	return list
}
