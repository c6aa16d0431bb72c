package plan

// people decides the people and fills the roster.
func (d *decider) people() error {
	d.roster = newRoster(d.keys)
	return d.decideAll(Person, func(o *outcome) error {
		n := d.roster.add(o)
		d.tally(o)
		d.met.meet(&o.want)
		d.roster.wave = append(d.roster.wave, d.mapper.waveOf(&o.want))
		d.units.join(&o.want.entry, n)
		err := d.decision(o.decision())
		if err == nil && d.isEarly(o) {
			err = d.sendEarly(*o.step)
		}
		return err
	})
}

func (o *outcome) decision() Decision {
	c := Decision{Kind: o.want.entry.Kind, Object: o.want.entry.ID, Name: o.want.name(), Class: o.class, Code: o.code}
	if len(o.have) == 1 {
		c.Remote = o.have[0].RemoteID
	}
	return c
}
