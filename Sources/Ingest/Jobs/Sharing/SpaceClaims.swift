import Corpus
import Foundation

/// Which source each space belongs to.
///
/// Keys of spaces and ids of pages are unique within a site alone, and two sites often have the same ones. Taken as they
/// are, a page of one site would be replaced by another's, or found unchanged and given the other's readers. So a space
/// belongs to the source that read it first, and a document to the space that it is stored in, until that source is
/// deleted or no longer reads the space.
///
/// Claims are in the database: `space_claim:KEY` holds the ledger of a source, and `spaces_of:LEDGER` the keys that it
/// ever took, in JSON.
public actor SpaceClaims {
    private let store: any StateStore & SyncLedger
    private let sources: LedgerNames
    /// Is told whose spaces are, before anything of them is stored.
    private let verifier: ReadVerifier?
    /// Ledgers by key; empty for a space that nobody has.
    private var known: [String: String] = [:]

    /// Entries that are remembered; the rest is in the database.
    private static let limit = 100_000

    /// - Parameter sources: those that there are.
    init(store: any StateStore & SyncLedger, sources: LedgerNames, verifier: ReadVerifier?) {
        self.store = store
        self.verifier = verifier
        self.sources = sources
    }

    /// The name of the source that has a space, unless that is the one asked for.
    func holder(ofSpace key: String, besides ledger: String) async throws(CorpusError) -> String? {
        let holder = try await self.ledger(ofSpace: key, besides: ledger)
        guard !holder.isEmpty, holder != ledger else { return nil }
        // Of a source that is there no more nothing is left to protect.
        return sources.name(of: holder)
    }

    /// Gives a space that nobody has to a source.
    ///
    /// - Parameter isDryRun: whether it only says who has it.
    /// - Returns: the name of the source that has it, if it is another one.
    func take(space key: String, for ledger: String, isDryRun: Bool) async throws(CorpusError) -> String? {
        if let holder = try await holder(ofSpace: key, besides: ledger) { return holder }
        // Another source may have come before this one while the database was asked. From here to where it is taken
        // nothing is waited for.
        if let taken = known[key], taken != ledger, let name = sources.name(of: taken) { return name }
        guard !isDryRun, known[key] != ledger else { return nil }
        known[key] = ledger
        verifier?.note(space: key, ofLedger: ledger)
        do {
            // In this order: what is claimed is always found again.
            var keys = try await taken(by: ledger)
            if keys.insert(key).inserted { try await write(keys, takenBy: ledger) }
            try await store.setState(Self.name(key), ledger)
        } catch {
            // The next job stores what this one could not.
            known[key] = nil
            throw error
        }
        return nil
    }

    /// Has everything looked up anew: other processes may have taken and released spaces.
    func forget() { known = [:] }

    /// Leaves a space to whoever reads it next.
    public func release(space key: String, of ledger: String) async throws(CorpusError) {
        guard try await self.ledger(ofSpace: key, besides: ledger) == ledger else { return }
        known[key] = ""
        verifier?.note(space: key, ofLedger: nil)
        try await store.setState(Self.name(key), "")
        var keys = try await taken(by: ledger)
        if keys.remove(key) != nil { try await write(keys, takenBy: ledger) }
    }

    /// Tells whose the spaces of a source are that were stored before.
    public func tell(spacesOf ledger: String) async throws(CorpusError) {
        for key in try await spaces(of: ledger) { verifier?.note(space: key, ofLedger: ledger) }
    }

    /// The spaces that a source has, whether or not it ever read them to their end.
    public func spaces(of ledger: String) async throws(CorpusError) -> Set<String> {
        var found: Set<String> = []
        for key in try await taken(by: ledger).union(try await store.syncedSpaces(source: ledger)) {
            let holder = try await self.ledger(ofSpace: key, besides: "")
            if holder == ledger || holder.isEmpty { found.insert(key) }
        }
        return found
    }

    private func taken(by ledger: String) async throws(CorpusError) -> Set<String> {
        let text = try await store.state(Self.list(ledger)) ?? "[]"
        return Set((try? JSONDecoder().decode([String].self, from: Data(text.utf8))) ?? [])
    }

    private func write(_ keys: Set<String>, takenBy ledger: String) async throws(CorpusError) {
        let data = (try? JSONEncoder().encode(keys.sorted())) ?? Data("[]".utf8)
        try await store.setState(
            Self.list(ledger), keys.isEmpty ? nil : String(decoding: data, as: UTF8.self))
    }

    private func ledger(ofSpace key: String, besides own: String) async throws(CorpusError) -> String {
        if let found = known[key] { return found }
        var found = try await store.state(Self.name(key))
        if found == nil {
            // Stored before there were claims.
            for other in sources.ledgers where other != own {
                if try await store.syncState(source: other, space: key) != nil {
                    found = other
                    break
                }
            }
        }
        // Another call may have taken it while this one waited.
        if let taken = known[key] { return taken }
        if known.count >= Self.limit { known = [:] }
        known[key] = found ?? ""
        return found ?? ""
    }

    private static func name(_ key: String) -> String { "space_claim:\(key)" }
    private static func list(_ ledger: String) -> String { "spaces_of:\(ledger)" }
}
