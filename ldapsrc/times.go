package ldapsrc

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

// expiry returns when an account expires, or never.
func expiry(name, value string) (at time.Time, never bool, err error) {
	switch name {
	case "accountexpires":
		return fileTime(value)
	case "shadowexpire":
		return shadowDay(value)
	}
	at, err = generalizedTime(value)
	return at, false, err
}

// fileTime reads the hundreds of nanoseconds since 1601 of Active Directory.
// 0 and the greatest number mean never ([MS-ADA1] §2.3).
func fileTime(value string) (at time.Time, never bool, err error) {
	n, err := strconv.ParseInt(value, 10, 64)
	switch {
	case err != nil:
		return at, false, errors.New("it is not a number of 64 bits")
	case n < 0:
		return at, false, errors.New("it is negative")
	case n == 0 || n == math.MaxInt64:
		return at, true, nil
	}
	const perSecond, from1601 = 10_000_000, 11_644_473_600
	return time.Unix(n/perSecond-from1601, n%perSecond*100).UTC(), false, nil
}

// shadowDay reads days since 1970 (shadow(5)). A negative number means never.
// 0 is read as never by some and as 1970 by others.
func shadowDay(value string) (at time.Time, never bool, err error) {
	n, err := strconv.ParseInt(value, 10, 32)
	switch {
	case err != nil:
		return at, false, errors.New("it is not a number of days")
	case n < 0:
		return at, true, nil
	case n == 0:
		return at, false, errors.New("0 means never to some systems and 1970 to others")
	}
	return time.Unix(n*24*60*60, 0).UTC(), false, nil
}

var errTime = errors.New("it is not a generalized time (RFC 4517 §3.3.13)")

// generalizedTime reads a GeneralizedTime: 20260102150405.5Z, with minutes,
// seconds and a fraction of the smallest part left out at will, and +0130 in
// the place of Z.
func generalizedTime(s string) (time.Time, error) {
	end := strings.IndexAny(s, "Z+-")
	if end < 0 {
		return time.Time{}, errTime
	}
	digits, fraction, fractional := strings.Cut(strings.Replace(s[:end], ",", ".", 1), ".")
	if n := len(digits); n != 10 && n != 12 && n != 14 || !isDigits(digits) || fractional && !isDigits(fraction) {
		return time.Time{}, errTime
	}
	unit := map[int]time.Duration{10: time.Hour, 12: time.Minute, 14: time.Second}[len(digits)]
	digits += "0000"[:max(0, 14-len(digits))]
	var part [6]int
	part[0] = atoi(digits[:4])
	for i := range 5 {
		part[i+1] = atoi(digits[4+2*i : 6+2*i])
	}
	zone, err := offset(s[end:])
	if err != nil {
		return time.Time{}, err
	}
	t := time.Date(part[0], time.Month(part[1]), part[2], part[3], part[4], part[5], 0, time.UTC)
	leap := part[5] == 60
	if part[3] > 23 || part[4] > 59 || part[5] > 60 || !leap && (t.Day() != part[2] || int(t.Month()) != part[1]) {
		return time.Time{}, errTime
	}
	if fractional {
		share, err := strconv.ParseFloat("0."+fraction, 64)
		if err != nil {
			return time.Time{}, errTime
		}
		t = t.Add(time.Duration(share * float64(unit)))
	}
	return t.Add(-zone), nil
}

// offset reads Z, +hh or +hhmm.
func offset(s string) (time.Duration, error) {
	digits := s[1:]
	switch {
	case s == "Z":
		return 0, nil
	case s[0] == 'Z' || len(digits) != 2 && len(digits) != 4 || !isDigits(digits):
		return 0, errTime
	}
	d := time.Duration(atoi(digits[:2])) * time.Hour
	if len(digits) == 4 {
		d += time.Duration(atoi(digits[2:])) * time.Minute
	}
	if d >= 24*time.Hour {
		return 0, errTime
	}
	if s[0] == '-' {
		return -d, nil
	}
	return d, nil
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// atoi is of digits only, few enough to fit.
func atoi(s string) int {
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}
