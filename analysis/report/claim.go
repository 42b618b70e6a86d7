package report

import "patchbench/analysis"

// mostClaimed is how many parts of a claim are listed.
const mostClaimed = 12

// claim tells what the experiment claims, and how that fares where it names
// benchmarks.
func claim(a *analysis.Analysis) []string {
	switch a.Protocol.Claim {
	case "no-loss":
		return []string{"no loss: nothing gets worse beyond its margin"}
	case "improves":
	default:
		return []string{a.Protocol.Claim}
	}
	if a.Claim == nil {
		return []string{"improves: something gets better, and nothing worse beyond its margin"}
	}
	out := []string{"improves: what is named gets better by so much at least, and nothing worse beyond its margin: " + string(a.Claim.Standing)}
	for i, part := range a.Claim.Parts {
		if i == mostClaimed {
			return append(out, count(len(a.Claim.Parts)-i, "more claim"))
		}
		text := string(part.Standing) + " on " + part.Benchmark
		if part.Unit != "" {
			text += " (" + part.Unit + ")"
		}
		out = append(out, text+": "+part.Basis)
	}
	return out
}
