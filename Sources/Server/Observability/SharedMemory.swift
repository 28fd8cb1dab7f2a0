/// What this process shares with others that serve the same, and how that goes.
public struct SharedMemory: Sendable {
    /// Counts callers' requests over all processes; `nil` and each counts its own.
    public var pace: (any SharedPace)?
    /// What `/metrics` tells of the memory; `nil` where there is none.
    public var figures: (@Sendable () -> Figures)?

    public init(pace: (any SharedPace)? = nil, figures: (@Sendable () -> Figures)? = nil) {
        self.pace = pace
        self.figures = figures
    }

    /// How it went since the process began.
    public struct Figures: Sendable, Hashable {
        /// Whether the server of the memory answered when it was last asked.
        public var isReachable = true
        /// Commands that were answered in time, refusals among them.
        public var answered = 0
        public var refused = 0
        /// Attempts that found the server gone, silent or of no use.
        public var failed = 0
        /// Commands that were not sent, as the server had failed a moment before.
        public var skipped = 0
        /// Requests whose pace was decided for all processes, and those that this process decided alone.
        public var sharedDecisions = 0
        public var ownDecisions = 0
        /// Vectors of questions that were found, that were not, and that were damaged and so not taken.
        public var foundVectors = 0
        public var missingVectors = 0
        public var damagedVectors = 0
        /// Rankings and answers; `nil` where they are not shared.
        public var results: Results?

        public init() {}
    }

    /// What became of looking for rankings and answers of other processes, and of keeping one's own.
    public struct Results: Sendable, Hashable {
        public var found: Int
        /// Looks that found nothing, whereupon this process did the work for all.
        public var missing: Int
        /// Looks that found another process at it.
        public var underWay: Int
        public var damaged: Int
        public var kept: Int
        public var tooLarge: Int

        public init(found: Int, missing: Int, underWay: Int, damaged: Int, kept: Int, tooLarge: Int) {
            self.found = found
            self.missing = missing
            self.underWay = underWay
            self.damaged = damaged
            self.kept = kept
            self.tooLarge = tooLarge
        }
    }
}

extension MetricsSource {
    /// What is shared with other processes.
    static func shared(_ figures: @escaping @Sendable () -> SharedMemory.Figures) -> MetricsSource {
        MetricsSource("shared") {
            let now = figures()
            var told: [MetricFamily] = [
                .single(
                    .gauge, "millrace_shared_reachable", now.isReachable ? 1 : 0,
                    "Whether the memory that processes share answers"),
                .labelled(
                    .counter, "millrace_shared_commands_total", by: "outcome",
                    [
                        ("answered", now.answered), ("refused", now.refused), ("failed", now.failed),
                        ("skipped", now.skipped),
                    ],
                    "Commands to the shared memory; refused ones are among the answered, skipped ones were not sent"
                ),
                .labelled(
                    .counter, "millrace_shared_pace_decisions_total", by: "by",
                    [("shared", now.sharedDecisions), ("own", now.ownDecisions)],
                    "Requests whose pace all processes decided together, or this one alone"),
                .labelled(
                    .counter, "millrace_shared_vectors_total", by: "outcome",
                    [
                        ("found", now.foundVectors), ("missing", now.missingVectors),
                        ("damaged", now.damagedVectors),
                    ], "Vectors of questions that were looked for in the shared memory"),
            ]
            guard let results = now.results else { return told }
            told += [
                .labelled(
                    .counter, "millrace_shared_results_total", by: "outcome",
                    [
                        ("found", results.found), ("missing", results.missing),
                        ("under_way", results.underWay), ("damaged", results.damaged),
                    ], "Looks for rankings and answers of other processes in the shared memory"),
                .labelled(
                    .counter, "millrace_shared_results_written_total", by: "outcome",
                    [("kept", results.kept), ("too_large", results.tooLarge)],
                    "Rankings and answers that this process had for others"),
            ]
            return told
        }
    }
}
