package plan

import (
	"errors"
	"fmt"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types/ref"
)

// mostCost is what one evaluation may cost, in CEL's units (about one for a
// look-up, one for ten letters). What a person would write costs below 100.
const mostCost = 100_000

// longest and deepest are the size of an expression that is read at all.
const (
	longest = 4096
	deepest = 64
)

// ExpressionError is a mistake in an expression, with its position.
type ExpressionError struct {
	// Line and Column count from 1, within the expression.
	Line, Column int
	What         string
}

func (e *ExpressionError) Error() string {
	return fmt.Sprintf("the expression, at line %d, column %d: %s", e.Line, e.Column, e.What)
}

// expression is a CEL expression, compiled and type-checked. It is safe for
// concurrent use and gives the same result for the same entry always: it sees
// no clock, no environment and no order of a map.
type expression struct {
	program cel.Program
	// reads are the attributes that it looks at, sorted.
	reads []string
}

// compileText compiles an expression that gives a string.
func compileText(source string) (*expression, error) {
	return compileExpression(source, cel.StringType)
}

// compileExpression returns every mistake as an [ExpressionError], joined.
func compileExpression(source string, result *cel.Type) (*expression, error) {
	env, err := environment()
	if err != nil {
		return nil, err
	}
	checked, issues := env.Compile(source)
	if issues.Err() != nil {
		var errs []error
		for _, e := range issues.Errors() {
			errs = append(errs, &ExpressionError{Line: max(e.Location.Line(), 1), Column: max(e.Location.Column(), 0) + 1, What: e.Message})
		}
		return nil, errors.Join(errs...)
	}
	if got := checked.OutputType(); !got.IsExactType(result) {
		return nil, &ExpressionError{Line: 1, Column: 1, What: fmt.Sprintf("it gives %s where %s is needed", cel.FormatCELType(got), cel.FormatCELType(result))}
	}
	reads, err := inspectExpression(checked.NativeRep())
	if err != nil {
		return nil, err
	}
	program, err := env.Program(checked, cel.EvalOptions(cel.OptOptimize), cel.CostLimit(mostCost))
	if err != nil {
		return nil, fmt.Errorf("the expression: %w", err)
	}
	return &expression{program: program, reads: reads}, nil
}

// eval returns the expression's value for an entry.
func (x *expression) eval(e Entry) (ref.Val, error) {
	attrs := e.Attrs
	if attrs == nil {
		attrs = map[string][]string{}
	}
	v, _, err := x.program.Eval(map[string]any{varAttrs: attrs, varDN: e.DN, varKind: string(e.Kind)})
	return v, err
}

// holds tells whether an expression that gives a truth value gives true. An
// entry for which it fails is not one of those that are meant.
func (x *expression) holds(e Entry) bool {
	v, err := x.eval(e)
	return err == nil && v.Value() == true
}

// text returns the value of an expression that gives a string.
func (x *expression) text(e Entry) (string, error) {
	v, err := x.eval(e)
	if err != nil {
		return "", err
	}
	s, _ := v.Value().(string) // the type was checked when it was compiled
	return s, nil
}
