import Foundation

/// A corpus that shows documents only after their sources were asked, where they are to be.
///
/// A look into it is first made with what is known. What it would have shown beside that is asked about, and the look is
/// made anew; what is not answered then is not there. So every way of looking is closed by itself: one that nobody thought
/// of shows too little, and never too much. Where no source is asked, it costs nothing.
public struct VerifiedCorpus: Sendable {
    public typealias Base = EmbeddingStore & DocumentDirectory & PassageStore & ReadScopes & StateStore

    private let base: any Base
    private let verifier: ReadVerifier

    /// How often a look is made anew for what the one before would have shown.
    private static let rounds = 4

    public init(_ base: any Base, verifier: ReadVerifier) {
        self.base = base
        self.verifier = verifier
    }
}

extension VerifiedCorpus: PassageStore {
    public func withSnapshot<Value: Sendable>(
        for scope: ReadScope, _ body: @escaping @Sendable (any CorpusSnapshot) throws -> Value
    ) async throws -> Value {
        guard verifier.isActive else { return try await base.withSnapshot(for: scope, body) }
        let account = scope.account
        var round = 1
        while true {
            let wanted = WantedDocuments()
            let value = try await base.withSnapshot(for: scope) { [verifier] snapshot in
                try body(
                    VerifiedSnapshot(base: snapshot, verifier: verifier, account: account, wanted: wanted))
            }
            let missing = wanted.all
            guard let account, !missing.isEmpty, round < Self.rounds else { return value }
            await verifier.ask(about: missing, for: account)
            let isAnything = missing.contains {
                verifier.verdict(on: $0.key, inSpace: $0.value, for: account) != nil
            }
            // Nobody answers: the look has shown what may be shown.
            guard isAnything else { return value }
            round += 1
        }
    }
}

extension VerifiedCorpus: DocumentDirectory {
    /// Pages of the directory that are read for one page of what may be shown.
    private static let pages = 20

    public func documents(
        matching filter: ChunkFilter, after id: String, limit: Int, scope: ReadScope
    ) async throws(CorpusError) -> [DocumentDescription] {
        guard verifier.isActive else {
            return try await base.documents(matching: filter, after: id, limit: limit, scope: scope)
        }
        var shown: [DocumentDescription] = []
        var last = id
        for _ in 0..<Self.pages {
            let found = try await base.documents(matching: filter, after: last, limit: limit, scope: scope)
            let readable = await readable(found.map { ($0.id, $0.spaceKey) }, scope)
            shown += found.filter { readable.contains($0.id) }
            // A page that is not full is the last one.
            guard found.count == limit, shown.count < limit, let end = found.last?.id else { break }
            last = end
        }
        return Array(shown.prefix(limit))
    }

    public func document(_ id: String, scope: ReadScope) async throws(CorpusError) -> DocumentDescription? {
        guard let found = try await base.document(id, scope: scope) else { return nil }
        guard verifier.isActive else { return found }
        return await readable([(found.id, found.spaceKey)], scope).isEmpty ? nil : found
    }

    public func text(ofDocument id: String, scope: ReadScope) async throws(CorpusError) -> String? {
        guard try await document(id, scope: scope) != nil else { return nil }
        return try await base.text(ofDocument: id, scope: scope)
    }

    public func chunks(
        ofDocument id: String, from ordinal: Int, limit: Int, scope: ReadScope
    ) async throws(CorpusError) -> [StoredChunk]? {
        guard try await document(id, scope: scope) != nil else { return nil }
        return try await base.chunks(ofDocument: id, from: ordinal, limit: limit, scope: scope)
    }

    public func access(
        toDocument id: String, of reader: Reader, scope: ReadScope
    ) async throws(CorpusError) -> DocumentAccess? {
        guard try await document(id, scope: scope) != nil else { return nil }
        return try await base.access(toDocument: id, of: reader, scope: scope)
    }

    /// Those of some documents that may be shown.
    private func readable(
        _ documents: [(id: String, spaceKey: String)], _ scope: ReadScope
    ) async -> Set<String> {
        let asked = verifier.ledgers(ofSpaces: Set(documents.map(\.spaceKey)))
        let free = documents.filter { asked[$0.spaceKey] == nil }.map(\.id)
        guard let account = scope.account else { return Set(free) }
        let checked = documents.filter { asked[$0.spaceKey] != nil }
        let unknown = checked.filter {
            verifier.verdict(on: $0.id, inSpace: $0.spaceKey, for: account) == nil
        }
        // As many as may be asked about at once, and on only while somebody answers.
        for start in stride(from: 0, to: unknown.count, by: ReadVerifier.documentsAtOnce) {
            let part = unknown[start..<min(start + ReadVerifier.documentsAtOnce, unknown.count)]
            await verifier.ask(
                about: Dictionary(part.map { ($0.id, $0.spaceKey) }, uniquingKeysWith: { $1 }),
                for: account)
            let isAnything = part.contains {
                verifier.verdict(on: $0.id, inSpace: $0.spaceKey, for: account) != nil
            }
            guard isAnything else { break }
        }
        let allowed = checked.filter {
            verifier.verdict(on: $0.id, inSpace: $0.spaceKey, for: account) == true
        }
        return Set(free + allowed.map(\.id))
    }
}

extension VerifiedCorpus: EmbeddingStore, ReadScopes, StateStore {
    public func scope(for reader: Reader) -> ReadScope { base.scope(for: reader) }

    public func state(_ key: String) async throws(CorpusError) -> String? { try await base.state(key) }

    public func setState(_ key: String, _ value: String?) async throws(CorpusError) {
        try await base.setState(key, value)
    }

    public func embeddings(
        model: String, contentHashes: [String]
    ) async throws(CorpusError) -> [String: [Float]] {
        try await base.embeddings(model: model, contentHashes: contentHashes)
    }

    public func evidenceHashes(
        model: String, rules: Int, contentHashes: [String]
    ) async throws(CorpusError) -> Set<String> {
        try await base.evidenceHashes(model: model, rules: rules, contentHashes: contentHashes)
    }

    public func saveEvidence(
        _ evidence: [String: Data], model: String, rules: Int
    ) async throws(CorpusError) {
        try await base.saveEvidence(evidence, model: model, rules: rules)
    }

    public func chunkIDs(model: String) async throws(CorpusError) -> Set<Int64> {
        try await base.chunkIDs(model: model)
    }

    public func countChunks(model: String) async throws(CorpusError) -> Int {
        try await base.countChunks(model: model)
    }

    public func vectors(
        ids: [Int64], model: String
    ) async throws(CorpusError) -> [(id: Int64, vector: [Float])] {
        try await base.vectors(ids: ids, model: model)
    }

    @discardableResult
    public func removeUnusedEmbeddings() async throws(CorpusError) -> Int {
        try await base.removeUnusedEmbeddings()
    }
}
