package scimdst

import "reflect"

// over returns p with what o sets. A list that is there but empty is set too.
func (p Profile) over(o Profile) Profile {
	override(reflect.ValueOf(&p).Elem(), reflect.ValueOf(o))
	return p
}

func override(to, from reflect.Value) {
	for i := range from.NumField() {
		switch f := from.Field(i); {
		case f.Kind() == reflect.Struct:
			override(to.Field(i), f)
		case !f.IsZero(): // a slice is zero only when it is nil
			to.Field(i).Set(f)
		}
	}
}

// Effective returns the profile that the configuration names, with its
// overrides: what a Reader or Writer made of it assumes.
func (c Config) Effective() (Profile, error) {
	p, err := ProfileOf(c.Profile)
	if err != nil {
		return Profile{}, err
	}
	p = p.over(c.ProfileOverrides)
	if c.PageSize > 0 {
		p.PageSize = c.PageSize
	}
	if c.RequestsPerSecond > 0 {
		p.Quota.RequestsPerSecond = c.RequestsPerSecond
	}
	return p, nil
}
