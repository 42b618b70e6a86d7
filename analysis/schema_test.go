package analysis

import (
	"bytes"
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"patchbench/results"
)

var update = flag.Bool("update", false, "write the schema anew")

const schemaFile = "verdict.schema.json"

// A schemaWriter describes Go types as encoding/json writes them.
type schemaWriter struct {
	definitions map[string]any
	comments    map[string]string // of fields, by package.Type.Field
}

// maybeNull are numbers that are written as null where they are infinite.
var maybeNull = []string{
	"Comparison.Lower", "Comparison.Upper", "Comparison.TLower", "Comparison.TUpper", "Comparison.ProvenMargin", "Look.Lower", "Look.Upper", "Change.Lower", "Change.Upper",
}

func (w *schemaWriter) of(t reflect.Type) map[string]any {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	case t == reflect.TypeFor[time.Duration]():
		return map[string]any{"type": "integer", "description": "nanoseconds"}
	}
	switch t.Kind() {
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Float32, reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.Pointer:
		return map[string]any{"anyOf": []any{w.of(t.Elem()), map[string]any{"type": "null"}}}
	case reflect.Slice:
		return map[string]any{"type": []string{"array", "null"}, "items": w.of(t.Elem())}
	case reflect.Array:
		return map[string]any{"type": "array", "items": w.of(t.Elem()), "minItems": t.Len(), "maxItems": t.Len()}
	case reflect.Map:
		return map[string]any{"type": []string{"object", "null"}, "additionalProperties": w.of(t.Elem())}
	case reflect.Struct:
		return w.object(t)
	}
	return map[string]any{"type": "integer"}
}

func (w *schemaWriter) object(t reflect.Type) map[string]any {
	name := filepath.Base(t.PkgPath()) + "." + t.Name()
	ref := map[string]any{"$ref": "#/$defs/" + name}
	if w.definitions[name] != nil {
		return ref
	}
	properties, required := make(map[string]any), []string{}
	w.definitions[name] = map[string]any{"type": "object", "properties": properties}
	w.fields(t, properties, &required)
	w.definitions[name].(map[string]any)["required"] = required
	return ref
}

func (w *schemaWriter) fields(t reflect.Type, properties map[string]any, required *[]string) {
	for f := range fieldsOf(t) {
		key, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case key == "-" || !f.IsExported():
			continue
		case f.Anonymous && key == "":
			w.fields(f.Type, properties, required)
			continue
		case key == "":
			key = f.Name
		}
		s := w.of(f.Type)
		if slices.Contains(maybeNull, t.Name()+"."+f.Name) {
			s["type"] = []string{"number", "null"}
		}
		if text := w.comments[filepath.Base(t.PkgPath())+"."+t.Name()+"."+f.Name]; text != "" {
			s["description"] = text
		}
		properties[key] = s
		if !strings.Contains(options, "omit") {
			*required = append(*required, key)
		}
	}
}

func fieldsOf(t reflect.Type) func(yield func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if !yield(t.Field(i)) {
				return
			}
		}
	}
}

// fieldComments reads what the sources in dir say beside or above each field.
func fieldComments(t *testing.T, dir string, into map[string]string) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no sources in %s: %v", dir, err)
	}
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			if s, ok := spec.Type.(*ast.StructType); ok {
				for _, f := range s.Fields.List {
					text := strings.Join(strings.Fields(f.Doc.Text()+" "+f.Comment.Text()), " ")
					for _, name := range f.Names {
						into[file.Name.Name+"."+spec.Name.Name+"."+name.Name] = text
					}
				}
			}
			return true
		})
	}
}

// The published schema is that of what is written.
func TestSchema(t *testing.T) {
	w := &schemaWriter{definitions: make(map[string]any), comments: make(map[string]string)}
	for _, dir := range []string{".", "stats", "gctrace", "prof", "traces", "../results"} {
		fieldComments(t, dir, w.comments)
	}
	schema := w.object(reflect.TypeFor[Analysis]())
	schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	schema["title"] = "verdict.json of a patchbench run, format 1"
	schema["$defs"] = w.definitions
	top := w.definitions["analysis.Analysis"].(map[string]any)["properties"].(map[string]any)
	top["format"] = map[string]any{"const": Format}
	var want bytes.Buffer
	enc := json.NewEncoder(&want)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "\t")
	if err := enc.Encode(schema); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(schemaFile, want.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(schemaFile)
	if err != nil || !bytes.Equal(got, want.Bytes()) {
		t.Fatalf("%s is not what Analysis is written as (%v): go test ./analysis -run Schema -update", schemaFile, err)
	}
}

// What runs hold follows the schema; what does not follow it is told.
func TestVerdictFollowsSchema(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	check := func(data []byte) error {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		return schema.Validate(v)
	}
	runs, err := filepath.Glob("../results/*/*/" + results.ProtocolFile)
	if err != nil || len(runs) == 0 {
		t.Fatalf("no runs: %v", err)
	}
	for _, path := range runs {
		a, err := Analyze(filepath.Dir(path), Question{})
		if err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		if err := check(data); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		for _, wrong := range [][2]string{{`"format":1`, `"format":2`}, {`"verdict":"`, `"verdict":1,"x":"`}, {`"pairs":`, `"pears":`}} {
			if bytes.Contains(data, []byte(wrong[0])) && check(bytes.Replace(data, []byte(wrong[0]), []byte(wrong[1]), 1)) == nil {
				t.Errorf("%s: follows with %s for %s", path, wrong[1], wrong[0])
			}
		}
	}
}
