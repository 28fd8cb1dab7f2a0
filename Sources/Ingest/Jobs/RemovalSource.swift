import Corpus
import Sourcing

/// Everything that a source has stored, told as gone: what a job reads that takes it out.
///
/// Nothing is asked of the site. What is taken out is what stands in the spaces that are its own.
public struct RemovalSource: DocumentSource {
    public let name: String
    let ledger: String
    /// Only these spaces; `nil` for all.
    let spaces: Set<String>?
    /// Whether it is only told what would go, space by space.
    let isDryRun: Bool
    let claims: SpaceClaims
    let store: any DocumentStore & SyncLedger

    public init(
        name: String, ledger: String, spaces: Set<String>? = nil, isDryRun: Bool = false, claims: SpaceClaims,
        store: any DocumentStore & SyncLedger
    ) {
        self.name = name
        self.ledger = ledger
        self.spaces = spaces
        self.isDryRun = isDryRun
        self.claims = claims
        self.store = store
    }

    public func events(
        storedVersion: @escaping @Sendable (_ id: String) async -> Int?
    ) -> AsyncThrowingStream<SourceEvent, any Error> {
        pacedEvents { sink in
            for key in try await claims.spaces(of: ledger).sorted() where spaces?.contains(key) ?? true {
                let ids = try await store.documentIDs(inSpace: key).sorted()
                // Stored, it would take the space's name for none.
                if isDryRun { try await sink.send(.space(Space(key: key, name: ""))) }
                try await sink.send(.expected(ids.count))
                for id in ids { try await sink.send(.removed(id: id)) }
            }
        }
    }

    /// Forgets what was read of the spaces, once their documents are out.
    public func forget() async throws(CorpusError) {
        for key in try await claims.spaces(of: ledger) where spaces?.contains(key) ?? true {
            try await store.forgetSync(source: ledger, space: key)
            try await claims.release(space: key, of: ledger)
        }
    }
}
