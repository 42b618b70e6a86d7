package typecheck

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
)

// kept is how many results stay alive.
const kept = 3

// A result is what a front end knows of a package once it is checked.
type result struct {
	file *ast.File
	pkg  *types.Package
	info *types.Info
}

// A checker checks one source again and again.
type checker struct {
	source string
	kept   [kept]result
	next   int
}

// step parses and checks the source and lets go of the oldest result. It
// fails if the source is not correct Go.
func (c *checker) step() error {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "generated.go", c.source, 0)
	if err != nil {
		return err
	}
	info := &types.Info{
		Types: make(map[ast.Expr]types.TypeAndValue),
		Defs:  make(map[*ast.Ident]types.Object),
		Uses:  make(map[*ast.Ident]types.Object),
	}
	var config types.Config
	pkg, err := config.Check("generated", files, []*ast.File{file}, info)
	if err != nil {
		return err
	}
	c.kept[c.next%kept] = result{file, pkg, info}
	c.next++
	return nil
}
