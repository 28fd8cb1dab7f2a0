import Concurrency
import Corpus
import Sourcing

/// A source that touches nothing that belongs to another one, as ``SpaceClaims`` has it.
///
/// - Complexity: one look into the database for each document.
struct ClaimedSource: DocumentSource {
    let base: any DocumentSource
    /// As ``SyncLedger`` knows the source.
    let ledger: String
    let claims: SpaceClaims
    let store: any DocumentStore & SyncLedger
    /// Whether it only looks.
    let isDryRun: Bool

    var name: String { base.name }
    var requestCount: Int? { base.requestCount }

    func events(
        storedVersion: @escaping @Sendable (_ id: String) async -> Int?
    ) -> AsyncThrowingStream<SourceEvent, any Error> {
        let events = ExclusiveIterator(
            base.events { id in
                // What another source has stored is nothing that this one may leave as it is.
                await isForeign(id) ? nil : await storedVersion(id)
            }.makeAsyncIterator())
        return AsyncThrowingStream {
            while let event = try await events.next() {
                if let told = try await told(event) { return told }
            }
            return nil
        }
    }

    /// Closed on doubt: what cannot be looked up counts as another's.
    private func isForeign(_ id: String) async -> Bool {
        do {
            return try await holder(ofDocument: id) != nil
        } catch {
            return true
        }
    }

    /// The source that has a document, if it is another one.
    private func holder(ofDocument id: String) async throws -> String? {
        guard let stored = try await store.storedDocument(id: id) else { return nil }
        return try await claims.holder(ofSpace: stored.place.spaceKey, besides: ledger)
    }

    /// What is told on of an event; `nil` for nothing.
    private func told(_ event: SourceEvent) async throws -> SourceEvent? {
        switch event {
        case .space(let space):
            guard let holder = try await claims.take(space: space.key, for: ledger, isDryRun: isDryRun) else {
                return event
            }
            return .skipped(
                SkippedDocument(
                    id: "space:\(space.key)", title: space.name,
                    reason: """
                        the source “\(holder)” has a space of that key, and two spaces of one key cannot be told apart; \
                        leave it out of one of them
                        """, isFailure: true))
        case .document(let document):
            if try await isForeign(space: document.document.spaceKey) { return nil }
            guard let holder = try await holder(ofDocument: document.document.id) else { return event }
            return .skipped(
                SkippedDocument(
                    id: document.document.id, title: document.document.title,
                    reason: "the source “\(holder)” has a document of that id", isFailure: true))
        case .unchanged(let id, _, _), .readers(let id, _), .removed(let id):
            return try await holder(ofDocument: id) == nil ? event : nil
        case .listed(let key):
            return try await isForeign(space: key) ? nil : event
        case .finished(let mark):
            guard try await isForeign(space: mark.spaceKey) else { return event }
            // What the reading noted of a space that is not its own is of no use to anybody.
            if !isDryRun { try await store.forgetSync(source: ledger, space: mark.spaceKey) }
            return nil
        case .expected, .skipped, .warning, .closed: return event
        }
    }

    private func isForeign(space key: String) async throws -> Bool {
        try await claims.holder(ofSpace: key, besides: ledger) != nil
    }
}
