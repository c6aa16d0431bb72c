package plan

// Code names a check. The numbers are those of the merged check list that the
// documentation explains (docs/findings.md); they are stored: never change one.
type Code string
