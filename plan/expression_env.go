package plan

import (
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"cel.dev/cel-go/ext"
)

// What an expression sees.
const (
	varAttrs = "attrs" // map(string, list(string)), names in lower case
	varDN    = "dn"
	varKind  = "kind"

	funcFirst  = "first"  // first("mail"): the first value, or ""
	funcValues = "values" // values("mail"): all values, or []
	funcLower  = "lower"  // lower(s): lower case, also outside of ASCII
)

// environment is the language of expressions: CEL's own, the string functions
// of its version 4, and the three functions above.
func environment() (*cel.Env, error) {
	list := cel.ListType(cel.StringType)
	attrs := cel.MapType(cel.StringType, list)
	return cel.NewEnv(
		cel.Variable(varAttrs, attrs), cel.Variable(varDN, cel.StringType), cel.Variable(varKind, cel.StringType),
		ext.Strings(ext.StringsVersion(4)),
		cel.Macros(attributeMacro(funcFirst), attributeMacro(funcValues)),
		cel.Function(funcFirst, cel.Overload("first_attribute", []*cel.Type{attrs, cel.StringType}, cel.StringType, cel.BinaryBinding(firstValue))),
		cel.Function(funcValues, cel.Overload("values_attribute", []*cel.Type{attrs, cel.StringType}, list, cel.BinaryBinding(allValues))),
		cel.Function(funcLower, cel.Overload("lower_string", []*cel.Type{cel.StringType}, cel.StringType, cel.UnaryBinding(lower))),
		cel.ParserExpressionSizeLimit(longest), cel.ParserRecursionLimit(deepest),
	)
}

// attributeMacro makes f("Name") of an expression into f(attrs, "name").
func attributeMacro(function string) cel.Macro {
	return cel.GlobalMacro(function, 1, func(f cel.MacroExprFactory, _ ast.Expr, args []ast.Expr) (ast.Expr, *cel.Error) {
		if args[0].Kind() != ast.LiteralKind {
			return nil, f.NewError(args[0].ID(), function+" takes the attribute's name in quotes, so that it is known what to read")
		}
		name, ok := args[0].AsLiteral().Value().(string)
		if !ok {
			return nil, f.NewError(args[0].ID(), function+" takes the attribute's name in quotes")
		}
		return f.NewCall(function, f.NewIdent(varAttrs), f.NewLiteral(types.String(strings.ToLower(name)))), nil
	})
}

func firstValue(attrs, name ref.Val) ref.Val {
	values, found := attrs.(traits.Mapper).Find(name)
	if !found {
		return types.String("")
	}
	list := values.(traits.Lister)
	if list.Size() == types.IntZero {
		return types.String("")
	}
	return list.Get(types.IntZero)
}

func allValues(attrs, name ref.Val) ref.Val {
	if values, found := attrs.(traits.Mapper).Find(name); found {
		return values
	}
	return types.NewStringList(types.DefaultTypeAdapter, nil)
}

func lower(s ref.Val) ref.Val { return types.String(strings.ToLower(string(s.(types.String)))) }
