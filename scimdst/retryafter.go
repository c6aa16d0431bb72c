package scimdst

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// longestWait bounds what a service may ask for.
const longestWait = 24 * time.Hour

// RetryAfter returns how long an answer asks to wait, 0 when it says nothing,
// and at most a day.
func RetryAfter(h http.Header) time.Duration {
	return parseRetryAfter(h.Get("Retry-After"), h.Get("Date"))
}

// parseRetryAfter reads a Retry-After header: seconds, also with decimals as
// Graph sends them, or an HTTP date (RFC 9110 §10.2.3), which is held against
// the answer's own Date and not against this machine's clock. It returns 0
// for a value that says nothing, and at most a day.
func parseRetryAfter(value, date string) time.Duration {
	value = strings.TrimSpace(value)
	if isDecimal(value) {
		s, err := strconv.ParseFloat(value, 64)
		if err != nil || s > longestWait.Seconds() { // an error means out of range
			return longestWait
		}
		return time.Duration(s * float64(time.Second))
	}
	until, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	from, err := http.ParseTime(date)
	if err != nil {
		return 0
	}
	return min(max(until.Sub(from), 0), longestWait)
}

// isDecimal reports whether s is digits, maybe with one point among them.
// ParseFloat alone would also take "inf", "1e9" and "0x1p4".
func isDecimal(s string) bool {
	whole, frac, point := strings.Cut(s, ".")
	return isDigits(whole) && (!point || isDigits(frac))
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
