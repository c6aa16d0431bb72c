package main

import (
	"fmt"
	"os"

	"go.uber.org/zap"

	"ldap2scim/migrate"
	"ldap2scim/plan"
)

func (p *program) openLog() error {
	if p.log == "" {
		return nil
	}
	file, err := os.OpenFile(p.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("open log: %w", err)
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("open log: %w", err)
	}
	c := zap.NewProductionConfig()
	c.OutputPaths, c.ErrorOutputPaths, c.Sampling = []string{p.log}, []string{"stderr"}, nil
	p.logger, err = c.Build(zap.WithCaller(false), zap.AddStacktrace(zap.PanicLevel))
	if err != nil {
		return fmt.Errorf("open log: %w", err)
	}
	return nil
}

func (p *program) closeLog() error {
	if p.log == "" {
		return nil
	}
	return p.logger.Sync()
}

// record logs an event by the IDs of its objects alone: names and values stay
// out of logs. It is a [migrate.Observer].
func (p *program) record(e migrate.Event) {
	step := func(s plan.Step) []zap.Field {
		return []zap.Field{zap.String("step", string(s.ID)), zap.String("action", s.Action.Word()), zap.String("kind", string(s.Kind)), zap.String("object", string(s.Object))}
	}
	switch e := e.(type) {
	case migrate.Read:
		p.logger.Info("read", zap.String("kind", string(e.Kind)), zap.Int("n", e.N))
	case migrate.Restarted:
		p.logger.Warn("restarted")
	case migrate.Settling:
		p.logger.Info("settling", zap.Duration("for", e.For))
	case migrate.Again:
		p.logger.Warn("again", zap.Duration("for", e.For))
	case migrate.Steered:
		p.logger.Info("steered", zap.Float64("rate", e.Rate), zap.Bool("paused", e.Paused))
	case migrate.Paced:
		p.logger.Info("paced", zap.Float64("rate", e.Rate), zap.Int("at a time", e.AtATime))
	case migrate.Down:
		p.logger.Warn("down", zap.Bool("denied", e.Denied), zap.Time("until", e.Until))
	case migrate.Back:
		p.logger.Info("back")
	case migrate.Marked:
		p.logger.Info("marked", zap.Int("n", e.N))
	case migrate.Sending:
		p.logger.Info("sending", append(step(e.Step), zap.Int("attempt", e.Attempt))...)
	case migrate.Withheld:
		p.logger.Info("withheld", append(step(e.Step), zap.Int("attempt", e.Attempt))...)
	case migrate.Answered:
		p.logger.Info("answered", append(step(e.Step), zap.String("remote", string(e.Outcome.RemoteID)))...)
	case migrate.Waiting:
		p.logger.Warn("waiting", append(step(e.Step), zap.Duration("for", e.For))...)
	case migrate.LookedUp:
		p.logger.Info("looked up", append(step(e.Step), zap.Int("found", int(e.Found)))...)
	case migrate.Refused:
		p.logger.Error("refused", step(e.Step)...)
	case migrate.Recorded:
		p.logger.Info("recorded", zap.Int("n", e.N))
	}
}
