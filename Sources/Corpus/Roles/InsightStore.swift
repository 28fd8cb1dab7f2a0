/// What services found out about texts, by what was embedded: a text that did not change is never analyzed twice.
public protocol InsightStore: Sendable {
    /// Which of these texts' hashes were analyzed by this analyzer.
    func insightHashes(
        analyzer: String, contentHashes: [String]
    ) async throws(CorpusError) -> Set<String>

    /// Keeps what was found out; replaces what is there.
    ///
    /// - Parameter insights: by hash of the embedded text.
    func saveInsights(
        _ insights: [String: PassageInsights], analyzer: String
    ) async throws(CorpusError)
}
