package report

// guide explains how to read a report whose bounds are one-sided at level
// alpha, a paragraph each.
func guide(alpha float64) []string {
	return []string{
		"Every effect is a relative change from before to after, turned so that more is worse: +2 % in sec/op is 2 % slower, and +2 % in B/s is 2 % fewer bytes per second.",
		"The unit of statistics is a pair of processes, one of each side, run back to back in random order. The estimate is the median of the pairs' averages (Hodges and Lehmann 1963); the bounds come from the signed-rank test (Wilcoxon 1945), inverted. Each bound is one-sided at " + share(1-alpha) + ", so both together make an interval of " + share(1-2*alpha) + ". Where neighbouring pairs clearly go together, the bounds are as wide as those of the fewer pairs that would say as much.",
		"The margin is the loss that was declared acceptable before the first sample. The proven margin is the smallest one for which these data would say no loss. Where no verdict was reached, the pairs and the time that would decide are those it takes if there is no effect at all.",
		"The p-value of benchstat (Mann and Whitney 1947) is given for comparison only. It treats the samples as independent, which on a shared machine they are not, so it calls differences where there are none.",
		"What is called exploratory, and the geometric mean of the suite, is no part of the verdict: a hint where to measure next, never a finding. Profiles and collector traces come from processes of their own that are not scored.",
		"In CPU profiles a process is one observation: its share of the CPU samples in a function, less that of the process of the other side that ran beside it. The change is these differences' Hodges-Lehmann estimate with bounds from the signed-rank test, and q its two-sided p-value, corrected over all functions of the benchmark that were tested, or over all kinds of work (Benjamini and Hochberg 1995). What has a q of 0.1 or less is said to have moved: about one in ten of these may be chance, and where nothing moved about one table in ten names something.",
	}
}

// legend lists the marks of the verdicts, worst first.
func legend() []mark {
	var list []mark
	for _, m := range marks {
		list = append(list, m.mark)
	}
	return list
}
