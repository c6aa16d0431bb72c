package plan

import (
	"errors"
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// inspectExpression returns the attributes that a checked expression reads,
// and refuses what cannot be known before or is not the same every time.
func inspectExpression(checked *ast.AST) ([]string, error) {
	var reads []string
	var errs []error
	refuse := func(e ast.Expr, what string) {
		at := checked.SourceInfo().GetStartLocation(e.ID())
		errs = append(errs, &ExpressionError{Line: max(at.Line(), 1), Column: at.Column() + 1, What: what})
	}
	for _, e := range ast.MatchDescendants(ast.NavigateAST(checked), ast.AllMatcher()) {
		switch e.Kind() {
		case ast.IdentKind:
			if e.AsIdent() != varAttrs {
				continue
			}
			name, known := attributeOf(e)
			switch {
			case !known:
				refuse(e, `name the attribute in quotes, as in first("mail"), so that it is known what to read`)
			case name != strings.ToLower(name):
				refuse(e, "names are in lower case in attrs: write "+strings.ToLower(name))
			default:
				reads = append(reads, name)
			}
		case ast.ComprehensionKind:
			over := e.AsComprehension().IterRange()
			if checked.GetType(over.ID()).Kind() != types.ListKind {
				refuse(over, "only a list can be gone through; the order of a map is not fixed")
			}
		}
	}
	slices.Sort(reads)
	return slices.Compact(reads), errors.Join(errs...)
}

// attributeOf returns the attribute that is taken from attrs at e.
func attributeOf(e ast.NavigableExpr) (string, bool) {
	parent, found := e.Parent()
	if !found {
		return "", false
	}
	if parent.Kind() == ast.SelectKind { // attrs.mail, has(attrs.mail)
		return parent.AsSelect().FieldName(), true
	}
	if parent.Kind() != ast.CallKind {
		return "", false
	}
	call := parent.AsCall()
	args := call.Args()
	if len(args) != 2 {
		return "", false
	}
	var name ast.Expr
	switch call.FunctionName() {
	case operators.Index, funcFirst, funcValues: // attrs["mail"]
		name = args[1]
	case operators.In: // "mail" in attrs
		name = args[0]
	default:
		return "", false
	}
	if name.Kind() != ast.LiteralKind {
		return "", false
	}
	s, ok := name.AsLiteral().Value().(string)
	return s, ok
}
