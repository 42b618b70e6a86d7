package results

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"
)

// plainEvent has every field that a sample's event has.
func plainEvent() Event {
	return Event{
		Time: time.Date(2026, 11, 24, 7, 55, 38, 44887407, time.UTC), Kind: EventSample, Session: 1, Sample: 12, Benchmark: "Storm-4", Side: After,
		Wall: 1.25, User: 2e-7, System: 0.1, PeakRSS: 33832960, Retries: 2, Load: 3.34, Steal: 0.5, Busy: 1e21, Pressure: 0.02,
	}
}

func TestEventParserIsFast(t *testing.T) {
	line, err := json.Marshal(plainEvent())
	if err != nil {
		t.Fatal(err)
	}
	var e Event
	if p := (eventParser{strings: make(map[string]string)}); !p.plain(append(line, '\n'), &e) || !reflect.DeepEqual(e, plainEvent()) {
		t.Errorf("%s was left to encoding/json, or read as %+v", line, e)
	}
}

// Whatever the line, the parser and encoding/json agree.
func FuzzEventParser(f *testing.F) {
	line, err := json.Marshal(plainEvent())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(line))
	for _, text := range []string{
		`{}`, `{"wall":01}`, `{"wall":1.}`, `{"wall":-0}`, `{"wall":1e400}`, `{"sample":1.0}`, `{"sample":-3}`, `{"sample":99999999999999999999}`, `{"wall":null}`,
		`{"kind":"a\u0041"}`, `{"kind":"ä"}`, `{"Kind":"a"}`, `{"kind":"a","kind":"b"}`, `{"time":"yesterday"}`, `{"excluded":"busy"}`, `{"wall":1,}`, `{"wall":1}}`, `{"odd":1}`, `{"wall":Inf}`,
		`{ "wall": 1 }`, `{"wall":0x1p3}`, `{"kind":"a`, ``, `[]`, `{"message":"<x>"}`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		line := []byte(text + "\n")
		var got, want Event
		p := eventParser{strings: make(map[string]string)}
		gotErr, wantErr := p.parse(line, &got), json.Unmarshal(line, &want)
		if (gotErr == nil) != (wantErr == nil) || gotErr == nil && !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: %+v, %v; by encoding/json %+v, %v", text, got, gotErr, want, wantErr)
		}
	})
}
