package plan

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// validateWaived returns what is wrong with the checks that the rules turn
// into warnings.
func validateWaived(waived map[Code]string) error {
	var errs []error
	for _, code := range slices.Sorted(maps.Keys(waived)) {
		c, known := CheckOf(code)
		switch {
		case !known:
			errs = append(errs, &WaiverError{Code: code, What: "there is no such check"})
		case c.Severity != Block:
			errs = append(errs, &WaiverError{Code: code, What: "it does not block, so there is nothing to waive"})
		case c.Waiver == "":
			errs = append(errs, &WaiverError{Code: code, What: "what it asks for cannot be waived: " + c.Sentence})
		case strings.TrimSpace(waived[code]) == "":
			errs = append(errs, &WaiverError{Code: code, What: "give the reason, which the plan and the report repeat"})
		}
	}
	return errors.Join(errs...)
}

// WaiverError is a check that cannot be turned into a warning as the rules
// say.
type WaiverError struct {
	Code Code
	What string
}

func (e *WaiverError) Error() string { return fmt.Sprintf("check %s: %s", e.Code, e.What) }
