import Corpus

extension MetricsSource {
    /// Who else shares the database.
    static func nodes(_ standing: @escaping @Sendable () -> NodeWatch.Standing) -> MetricsSource {
        MetricsSource("nodes") {
            let now = standing()
            var differing: [String: Int] = ["version": now.drifts.count { $0.isOtherVersion }]
            for group in now.nodes.flatMap(\.facts.groups.keys) { differing[group] = differing[group] ?? 0 }
            for group in now.drifts.flatMap(\.names.keys) { differing[group, default: 0] += 1 }
            return [
                .single(
                    .gauge, "millrace_nodes", now.nodes.count,
                    "Processes that share the database and are there, this one among them"),
                .labelled(
                    .gauge, "millrace_nodes_differing", by: "group",
                    differing.sorted { $0.key < $1.key }.map { ($0.key, $0.value) },
                    "Other processes whose version, or settings of this group, are not this one's"),
            ]
        }
    }
}
