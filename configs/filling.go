package configs

import (
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"ldap2scim/plan"
)

// filling says with what one SCIM attribute is filled. In the file it is the
// name of an LDAP attribute, or a block with one of the keys first, constant
// and expression.
type filling struct {
	attribute, constant, expression string
	first                           []string
	// was is the LDAP custom attribute at the vendor that a custom attribute
	// takes the place of.
	was string
	// line and column say where in the file the value is, from 1; they are 0
	// for one of a preset.
	line, column int
}

// from is a filling by one attribute.
func from(attribute string) filling { return filling{attribute: attribute} }

// UnmarshalYAML reads either form.
func (f *filling) UnmarshalYAML(node ast.Node) error {
	node = bare(node)
	at := node.GetToken().Position
	f.line, f.column = at.Line, at.Column
	var pairs []*ast.MappingValueNode
	switch n := node.(type) {
	case *ast.MappingNode:
		pairs = n.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{n}
	case *ast.NullNode:
		return nil
	default:
		s, ok := scalar(n)
		if !ok {
			return mistakeAt(node, "write the name of an attribute, or first, constant or expression")
		}
		f.attribute = s
		return nil
	}
	ways := 0
	for _, pair := range pairs {
		if err := f.block(pair); err != nil {
			return err
		}
		if pair.Key.String() != "was" {
			ways++
		}
	}
	if ways != 1 {
		return mistakeAt(node, "write one of attribute, first, constant and expression")
	}
	return nil
}

// block reads one key of the longer form.
func (f *filling) block(pair *ast.MappingValueNode) error {
	value := bare(pair.Value)
	s, isScalar := scalar(value)
	known := []string{"attribute", "first", "constant", "expression", "was"}
	if at := value.GetToken().Position; pair.Key.String() != "was" {
		f.line, f.column = at.Line, at.Column
	}
	switch key := pair.Key.String(); {
	case !slices.Contains(known, key):
		return mistakeAt(pair.Key, "unknown key"+meant(key, known))
	case key == "first":
		list, ok := value.(*ast.SequenceNode)
		if !ok || len(list.Values) == 0 {
			return mistakeAt(value, "first takes a list of attributes")
		}
		for _, item := range list.Values {
			name, ok := scalar(bare(item))
			if !ok || name == "" {
				return mistakeAt(item, "first takes a list of attributes")
			}
			f.first = append(f.first, name)
		}
	case !isScalar || s == "":
		return mistakeAt(value, key+" takes a text")
	case key == "was":
		f.was = s
	case key == "attribute":
		f.attribute = s
	case key == "constant":
		f.constant = s
	default:
		f.expression = s
	}
	return nil
}

// bare returns what an anchor or a tag stands before.
func bare(node ast.Node) ast.Node {
	for {
		switch n := node.(type) {
		case *ast.AnchorNode:
			node = n.Value
		case *ast.TagNode:
			node = n.Value
		default:
			return node
		}
	}
}

// scalar returns the text of a scalar as it is written.
func scalar(node ast.Node) (string, bool) {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return node.GetToken().Value, true
	}
	return "", false
}

func mistakeAt(node ast.Node, what string) *Mistake {
	at := node.GetToken().Position
	return &Mistake{Line: at.Line, Column: at.Column, What: what}
}

// after tells whether f stands below or behind g in the file.
func (f filling) after(g filling) bool {
	return f.line > g.line || f.line == g.line && f.column > g.column
}

// empty tells whether the filling takes a preset's away.
func (f filling) empty() bool {
	return f.attribute == "" && f.constant == "" && f.expression == "" && len(f.first) == 0
}

// mapping is the filling as a rule.
func (f filling) mapping(target string) plan.Mapping {
	m := plan.Mapping{Target: target, Source: strings.ToLower(f.attribute), Constant: f.constant, Expression: f.expression, Was: f.was}
	for _, name := range f.first {
		m.First = append(m.First, strings.ToLower(name))
	}
	return m
}

// mistake is what is wrong with the filling, at its place.
func (f filling) mistake(file, key, what string) *Mistake {
	return &Mistake{File: file, Line: f.line, Column: f.column, Key: key, What: what}
}
