package plan

import (
	"reflect"
	"testing"
)

// FuzzAppend: what is appended is what encoding/json writes, to the byte,
// whatever the fields hold, and whichever of them are empty.
func FuzzAppend(f *testing.F) {
	for _, s := range []string{"", "Håkon", "a\"b\\c", "<&>", "\u2028\u2029", "\x00\x1f\x7f\n", "\xff\xfe\"", "\xe2\x80", "€"} {
		f.Add(s, WorkEmail, uint64(0x5555))
		f.Add(WorkEmail, s, ^uint64(0))
	}
	f.Fuzz(func(t *testing.T, a, b string, which uint64) {
		var step Step
		var decision Decision
		var finding Finding
		for _, v := range []any{&step, &decision, &finding} {
			v := reflect.ValueOf(v).Elem()
			for i := range v.NumField() {
				if which>>i&1 == 1 {
					setField(t, v.Field(i), a, b)
				}
			}
		}
		var encoder StepEncoder
		sameJSON(t, step, encoder.Append(nil, &step))
		again := step
		again.Before, again.After = Fields{a: a, b: b}, Fields{a: b, b: a, a + b: "", b + a: a} // with other paths, or the same
		sameJSON(t, again, encoder.Append(nil, &again))
		sameJSON(t, step, encoder.Append(nil, &step))
		sameJSON(t, decision, decision.appendJSON(nil))
		sameJSON(t, finding, finding.appendJSON(nil))
		sameJSON(t, StepID(a), StepID(a).appendJSON(nil))
	})
}

// setField gives a field a value, of whatever kind it is.
func setField(t *testing.T, v reflect.Value, a, b string) {
	t.Helper()
	switch v.Kind() {
	case reflect.String:
		v.SetString(a)
	case reflect.Int, reflect.Int32: // a number, an action
		v.SetInt(int64(len(b)) - 1)
	case reflect.Map:
		v.Set(reflect.ValueOf(Fields{a: b, b: a, a + b: ""}))
	case reflect.Slice:
		list := reflect.MakeSlice(v.Type(), 2, 2)
		list.Index(0).SetString(a)
		list.Index(1).SetString(b)
		v.Set(list)
	default:
		t.Fatalf("a field of kind %s: say here how it is filled", v.Kind())
	}
}

func sameJSON(t *testing.T, v any, got []byte) {
	t.Helper()
	want, err := canonical(v)
	if err != nil {
		t.Fatal(err)
	}
	if string(got)+"\n" != string(want) {
		t.Errorf("%T: got %s, want %s", v, got, want)
	}
}
