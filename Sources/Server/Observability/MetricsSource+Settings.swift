extension MetricsSource {
    /// Settings whose values are kept elsewhere.
    static func staleSettings(_ count: @escaping @Sendable () -> Int) -> MetricsSource {
        MetricsSource("settings") {
            [
                .single(
                    .gauge, "millrace_setting_values_stale", count(),
                    "Settings whose value elsewhere could not be fetched when last asked for; the one before serves"
                )
            ]
        }
    }
}
