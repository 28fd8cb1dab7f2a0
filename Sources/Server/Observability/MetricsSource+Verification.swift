import Corpus

extension MetricsSource {
    /// What sources answered that were asked before documents were shown.
    static func verification(_ verifier: ReadVerifier) -> MetricsSource {
        MetricsSource("verification") {
            let counts = verifier.counts
            return [
                .labelled(
                    .counter, "millrace_read_checks_total", by: "outcome",
                    [
                        ("allowed", counts.allowed), ("refused", counts.refused), ("known", counts.known),
                        ("failed", counts.failed),
                    ],
                    "Questions to sources whether somebody may read a document; known ones were answered shortly before"
                )
            ]
        }
    }
}
