/// Counts what work uses that no request waits for, for whoever asked for it: a run that is carried out later, an ingest.
public protocol WorkAccounting: Sendable {
    /// Does the work, and counts what it uses while it does: what was used before a failure or an end of the process is
    /// counted, too, and so is each attempt for itself.
    ///
    /// - Parameter key: the id of the API key that it was asked for by; empty for none.
    func counting(for owner: Owner, key: String, _ work: @Sendable () async -> Void) async
}
