/// Small named values, such as the time of the last sync.
public protocol StateStore: Sendable {
    func state(_ key: String) async throws(CorpusError) -> String?

    /// - Parameter value: `nil` removes it.
    func setState(_ key: String, _ value: String?) async throws(CorpusError)
}
