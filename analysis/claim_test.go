package analysis

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"patchbench/results"
)

// effects makes each benchmark slower by its own effect.
func effects(noise float64, of map[string]float64) func(*results.Sample, float64) []results.Value {
	base := secPerOp(0, noise)
	return func(s *results.Sample, host float64) []results.Value {
		v := base(s, host)
		if s.Side == results.After {
			for i := range v {
				v[i].Value *= math.Exp(of[s.Benchmark])
			}
		}
		return v
	}
}

func TestClaim(t *testing.T) {
	rate := testBenchmark("Rate-4", 4)
	rate.Primary = []results.Metric{{Unit: "items/sec", Kind: results.Time, Better: "higher", Margin: 0.02}}
	same := testBenchmark("Same-4", 4)
	same.Difference = results.Identical
	tests := []struct {
		name     string
		improves map[string]float64
		effects  map[string]float64
		noise    float64
		rounds   int // measured
		standing Standing
		verdict  Verdict
		exit     int
		sentence string // part of it
	}{
		{
			name: "held", improves: map[string]float64{"A": 0.03}, effects: map[string]float64{"A-4": -0.05, "A-8": -0.06},
			noise: 0.005, standing: ClaimHeld, verdict: Improvement,
			sentence: "Improvement: the claim holds (A-4: at least 3 % faster was claimed, and at least 4.",
		},
		{
			name: "held, at one GOMAXPROCS", improves: map[string]float64{"A-4": 0.03}, effects: map[string]float64{"A-4": -0.05},
			noise: 0.005, standing: ClaimHeld, verdict: Improvement, sentence: "; a loss beyond the margins (2 % time) is excluded on all 5 benchmarks",
		},
		{
			name: "held, and a loss elsewhere", improves: map[string]float64{"A-4": 0.03}, effects: map[string]float64{"A-4": -0.05, "B-4": 0.1},
			noise: 0.005, standing: ClaimHeld, verdict: Regression, exit: 1, sentence: "1 of 5 benchmarks regressed; the claim holds (",
		},
		{
			name: "refuted at one of two", improves: map[string]float64{"A": 0.03}, effects: map[string]float64{"A-4": -0.05, "A-8": -0.01},
			noise: 0.005, standing: ClaimRefuted, verdict: Refuted, exit: 1,
			sentence: "Refuted: the claim does not hold (A-8: at least 3 % faster was claimed, and more than 1.",
		},
		{
			name: "worse within its margin", improves: map[string]float64{"A-4": 0.03}, effects: map[string]float64{"A-4": 0.01},
			noise: 0.002, standing: ClaimRefuted, verdict: Refuted, exit: 1, sentence: "and it is not faster at all); nothing regressed.",
		},
		{
			name: "the same code", improves: map[string]float64{"Same": 0.03}, noise: 0.002,
			standing: ClaimRefuted, verdict: Refuted, exit: 1, sentence: "both sides run the same machine code",
		},
		{
			name: "open", improves: map[string]float64{"A-4": 0.03}, effects: map[string]float64{"A-4": -0.03},
			noise: 0.005, standing: ClaimOpen, verdict: Inconclusive, exit: 2,
			sentence: "Inconclusive: nothing speaks against after, but the claim is open (A-4: at least 3 % faster was claimed, and it may be anything from 2.",
		},
		{
			name: "too few pairs", improves: map[string]float64{"A-4": 0.03}, effects: map[string]float64{"A-4": -0.2},
			noise: 0.005, rounds: 2, standing: ClaimOpen, verdict: Inconclusive, exit: 2, sentence: "and 4 pairs can't tell",
		},
		{
			name: "not in this run", improves: map[string]float64{"A-4": 0.03, "Gone": 0.1}, effects: map[string]float64{"A-4": -0.05},
			noise: 0.005, standing: ClaimOpen, verdict: Inconclusive, exit: 2, sentence: "the run has no such benchmark: it needs go1.26)",
		},
		{
			name: "a rate", improves: map[string]float64{"Rate": 0.03}, effects: map[string]float64{"Rate-4": 0.05}, // ×1.051: 4.9 % less a piece
			noise: 0.005, standing: ClaimHeld, verdict: Improvement, sentence: "Rate-4: at least 3 % more was claimed, and at least 4.",
		},
		{
			name: "a rate just short of it", improves: map[string]float64{"Rate": 0.05}, effects: map[string]float64{"Rate-4": math.Log(1.05)}, // 4.76 % less a piece
			noise: 0.0005, standing: ClaimRefuted, verdict: Refuted, exit: 1, sentence: "and more than 4.8 % is excluded",
		},
	}
	for _, tt := range tests {
		p := testProtocol(testBenchmark("A-4", 4), testBenchmark("A-8", 8), testBenchmark("B-4", 4), rate, same)
		p.Claim, p.Improves = "improves", tt.improves
		p.Missing = []string{"Gone: it needs go1.26"}
		f := &fakeRun{protocol: p, rounds: tt.rounds}
		values := effects(tt.noise, tt.effects)
		f.values = func(s *results.Sample, host float64) []results.Value {
			v := values(s, host)
			if s.Benchmark == rate.Name {
				v[0].Unit = "items/sec"
			}
			return v
		}
		a := analyze(t, f.write(t))
		if a.Claim == nil || a.Claim.Standing != tt.standing || a.Verdict != tt.verdict || a.ExitCode != tt.exit || !strings.Contains(a.Sentence, tt.sentence) {
			t.Errorf("%s: claim %+v, verdict %s, exit %d\n got %s\nwant …%s…", tt.name, a.Claim, a.Verdict, a.ExitCode, a.Sentence, tt.sentence)
		}
	}
}

// What is claimed without a name is satisfied by any improvement, as ever.
func TestClaimOfNothing(t *testing.T) {
	p := testProtocol(testBenchmark("A-4", 4))
	p.Claim = "improves"
	a := analyze(t, (&fakeRun{protocol: p, values: secPerOp(0, 0.005)}).write(t))
	if a.Claim != nil || a.Verdict != NoLoss || !strings.HasSuffix(a.Sentence, "; the claimed improvement is not shown.") {
		t.Errorf("%+v, %s: %s", a.Claim, a.Verdict, a.Sentence)
	}
}

// A question about other metrics is not about the claim.
func TestClaimOfOtherMetrics(t *testing.T) {
	p := testProtocol(testBenchmark("A-4", 4))
	p.Claim, p.Improves = "improves", map[string]float64{"A": 0.5}
	f := &fakeRun{protocol: p}
	f.values = func(s *results.Sample, host float64) []results.Value {
		return append(secPerOp(0, 0.005)(s, host), results.Value{Value: 7, Unit: "B/op"})
	}
	a, err := Analyze(f.write(t), Question{Metrics: []string{"B/op"}})
	if err != nil || a.Claim != nil || a.Verdict == Refuted {
		t.Errorf("%v, %+v", err, a)
	}
}

// A true claim is hardly ever refuted, however many benchmarks it names, and
// one that is just false hardly ever held.
func TestClaimRates(t *testing.T) {
	const runs, named = 300, 4
	rates := func(effect float64) (n map[Standing]int) {
		p := testProtocol()
		p.Improves = make(map[string]float64)
		for _, name := range []string{"A", "B", "C", "D"} {
			p.Benchmarks = append(p.Benchmarks, testBenchmark(name+"-4", 4))
			p.Improves[name] = 0.03
		}
		rng := rand.New(rand.NewPCG(61, 62))
		n = make(map[Standing]int)
		for range runs {
			records := make(map[string]*record)
			a := &Analysis{Protocol: p}
			for i := range p.Benchmarks {
				b := &p.Benchmarks[i]
				r := &record{benchmark: b, byRound: make(map[int]int)}
				for k := range 40 {
					s := &results.Sample{ID: k, Side: results.Sides()[k%2], Round: k / 4, Slot: k % 4}
					x := 0.01 * rng.NormFloat64()
					if s.Side == results.After {
						x += effect
					}
					s.Values = []results.Value{{Value: math.Exp(x), Unit: "sec/op"}}
					if err := r.add(s); err != nil {
						t.Fatal(err)
					}
				}
				r.pair(new(eventLog))
				records[b.Name] = r
				a.Benchmarks = append(a.Benchmarks, Benchmark{Name: b.Name})
			}
			a.judge(records, false)
			n[a.Claim.Standing]++
		}
		return n
	}
	most := int(runs*0.05 + 3*math.Sqrt(runs*0.05*0.95))
	if n := rates(math.Log(0.97)); n[ClaimRefuted] > most || n[ClaimHeld] > most {
		t.Errorf("just 3 %% better, as claimed: %v, want at most %d refuted or held", n, most)
	}
	if n := rates(math.Log(0.95)); n[ClaimHeld] < runs*8/10 {
		t.Errorf("5 %% better: %v", n)
	}
}

func TestClaimDecides(t *testing.T) {
	p := lookedAt(40, testBenchmark("A-4", 4), testBenchmark("B-4", 4), testBenchmark("C-4", 4), testBenchmark("D-4", 4))
	p.Claim, p.Improves = "improves", map[string]float64{"A": 0.03, "B": 0.03, "C": 0.03}
	decided, err := Decided((&fakeRun{protocol: p, rounds: 26, values: effects(0.01, map[string]float64{
		"A-4": -0.06, "B-4": math.Log(0.97), "C-4": 0, "D-4": 0,
	})}).write(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"A-4": "improvement, ", "B-4": "", "C-4": "claim refuted, at least 3 % faster was claimed", "D-4": "no loss, "} {
		if got := decided[name]; !strings.HasPrefix(got, want) || (got == "") != (want == "") {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
