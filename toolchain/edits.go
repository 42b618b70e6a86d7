package toolchain

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// Edits are the functions that a series of patches edits.
type Edits struct {
	files     map[string]bool // as binaries name them: runtime/mgc.go
	functions map[string]bool // as the linker names them: runtime.(*mheap).alloc
}

// EditsOf reads, from the trees of e, which functions its after series edits:
// those whose declarations are not the same in the files it changes, comments
// inside of them included. It fails when one of the files can't be read. Where
// e compares two bases there is no series, and the result is nil.
func EditsOf(e *Experiment, before, after *Tree) (*Edits, error) {
	if e.AfterBase != "" {
		return nil, nil
	}
	edits := &Edits{files: make(map[string]bool), functions: make(map[string]bool)}
	for _, p := range e.After {
		changes, err := parsePatch(p.data)
		if err != nil {
			return nil, fmt.Errorf("reading what %s edits: %w", p.File, err)
		}
		for _, change := range changes {
			for _, name := range []string{change.old, change.new} {
				file, isSource := strings.CutPrefix(name, "src/")
				if !isSource || edits.files[file] {
					continue
				}
				edits.files[file] = true
				if err := edits.compare(file, before, after); err != nil {
					return nil, fmt.Errorf("reading what %s edits: %w", p.File, err)
				}
			}
		}
	}
	return edits, nil
}

// compare adds the functions of file that differ.
func (e *Edits) compare(file string, before, after *Tree) error {
	var declared [2]map[string]string
	for i, tree := range []*Tree{before, after} {
		source, err := os.ReadFile(filepath.Join(tree.GOROOT, "src", filepath.FromSlash(file)))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		declared[i] = declarations(file, source)
	}
	for _, names := range declared {
		for name := range names {
			if declared[0][name] != declared[1][name] {
				e.functions[name] = true
			}
		}
	}
	return nil
}

// edited returns the function of the edited ones that the linker's name is of,
// or "": itself, one of its instances, or of what the compiler makes of parts
// of it, such as closures.
func (e *Edits) edited(name string) string {
	name = typeArguments.ReplaceAllString(name, "")
	for end := len(name); end > 0; end = strings.LastIndexAny(name[:end], ".-") {
		if e.functions[name[:end]] {
			return name[:end]
		}
	}
	return ""
}

// typeArguments are what the linker's names have in brackets. They may hold
// brackets, of slices; what is left of those hurts no comparison.
var typeArguments = regexp.MustCompile(`\[.*\]`)

// declarations returns the text of each function that a source file declares,
// by the linker's names for it. What does not parse is passed over.
func declarations(file string, source []byte) map[string]string {
	if path.Ext(file) == ".s" {
		return assembly(path.Dir(file), string(source))
	}
	found := make(map[string]string)
	set := token.NewFileSet()
	parsed, _ := parser.ParseFile(set, file, source, parser.SkipObjectResolution)
	if parsed == nil || parsed.Name == nil {
		return found
	}
	pkg := path.Dir(file)
	if strings.HasSuffix(parsed.Name.Name, "_test") {
		pkg += "_test"
	}
	for _, decl := range parsed.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok {
			continue
		}
		text := string(source[set.Position(f.Pos()).Offset:set.Position(f.End()).Offset])
		if f.Recv == nil || len(f.Recv.List) == 0 {
			found[pkg+"."+f.Name.Name] += text
			continue
		}
		receiver := receiverName(f.Recv.List[0].Type)
		found[pkg+"."+receiver+"."+f.Name.Name] = text
		found[pkg+".(*"+receiver+")."+f.Name.Name] = text
	}
	return found
}

// receiverName is the name of the type that a method is of.
func receiverName(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return receiverName(t.X)
	case *ast.ParenExpr:
		return receiverName(t.X)
	case *ast.IndexExpr:
		return receiverName(t.X)
	case *ast.IndexListExpr:
		return receiverName(t.X)
	case *ast.Ident:
		return t.Name
	}
	return ""
}

var textDirective = regexp.MustCompile(`(?m)^TEXT\s+([\w∕·]*)·(\w+)`)

// assembly is declarations for a file in assembly language.
func assembly(pkg, source string) map[string]string {
	found := make(map[string]string)
	starts := textDirective.FindAllStringSubmatchIndex(source, -1)
	for i, at := range starts {
		end := len(source)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		name := strings.NewReplacer("∕", "/", "·", ".").Replace(source[at[2]:at[3]])
		if name == "" {
			name = pkg
		}
		found[name+"."+source[at[4]:at[5]]] += source[at[0]:end]
	}
	return found
}
