package analysis

import "fmt"

// exposureWarnings lists the doubts about the whole run that come from how
// much its benchmarks ran of what the patch changes.
func (a *Analysis) exposureWarnings() []string {
	var warnings, apart, unknown, suspect []string
	for i := range a.Benchmarks {
		b := &a.Benchmarks[i]
		if b.Exposure == nil {
			continue
		}
		switch b.Exposure.Reach {
		case NotExposed:
			apart = append(apart, b.Name)
		case UnknownReach:
			unknown = append(unknown, b.Name)
		}
		for j := range b.Comparisons {
			if c := &b.Comparisons[j]; c.Suspicion != "" {
				suspect = append(suspect, fmt.Sprintf("%s (%s)", b.Name, c.Unit))
			}
		}
	}
	if len(apart) > 0 {
		warnings = append(warnings, fmt.Sprintf("never ran the changed code: %s; what they show does not count as no loss", some(apart)))
	}
	if len(unknown) > 0 {
		warnings = append(warnings, fmt.Sprintf("not known to have run the changed code: %s", some(unknown)))
	}
	if len(suspect) > 0 {
		warnings = append(warnings, fmt.Sprintf("layout or noise suspected, as the changed code has too little of the CPU time for it, in what was found on %s", some(suspect)))
	}
	return warnings
}

// some lists names, of many only the first.
func some(names []string) string {
	const most = 6
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", list(names[:most-1]), len(names)-most+1)
	}
	return list(names)
}

// workersSeen tells which mark workers the run's execution traces saw.
func (a *Analysis) workersSeen() string {
	var dedicated, fractional, idle, processes int
	for _, b := range a.Benchmarks {
		for _, t := range b.Trace {
			dedicated += t.Dedicated.Starts
			fractional += t.Fractional.Starts
			idle += t.Idle.Starts
			processes += t.Processes
		}
	}
	if processes == 0 {
		return ""
	}
	return fmt.Sprintf("; %s saw worker starts: %d dedicated, %d fractional, %d idle", plural(processes, "execution trace"), dedicated, fractional, idle)
}
