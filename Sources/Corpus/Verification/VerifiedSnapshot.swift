import Crypto
import Foundation
import Synchronization

/// What a look into the corpus would have shown, had it been asked about.
final class WantedDocuments: Sendable {
    /// With the keys of their spaces.
    private let documents = Mutex<[String: String]>([:])

    var all: [String: String] { documents.withLock { $0 } }

    func add(_ id: String, inSpace key: String) {
        documents.withLock { documents in
            if documents.count < ReadVerifier.documentsAtOnce { documents[id] = key }
        }
    }
}

/// A snapshot that shows of documents whose sources are asked only what their answers allow.
struct VerifiedSnapshot: PassageSnapshot, AccessSnapshot {
    let base: any CorpusSnapshot
    let verifier: ReadVerifier
    /// `nil` for a caller that no source knows.
    let account: String?
    let wanted: WantedDocuments

    private func mayRead(_ document: String, _ spaceKey: String) -> Bool {
        guard let account else { return verifier.ledgers(ofSpaces: [spaceKey]).isEmpty }
        if let verdict = verifier.verdict(on: document, inSpace: spaceKey, for: account) { return verdict }
        wanted.add(document, inSpace: spaceKey)
        return false
    }

    // MARK: Passages

    func chunks(_ ids: [Int64]) throws(CorpusError) -> [StoredChunk] {
        try base.chunks(ids).filter { mayRead($0.documentID, $0.spaceKey) }
    }

    func documentIDs(ofChunks ids: [Int64]) throws(CorpusError) -> [Int64: String] {
        let found = try base.documentIDs(ofChunks: ids)
        // The best first: no more are asked about than may be at once.
        var order: [String] = []
        var seen: Set<String> = []
        for id in ids {
            if let document = found[id], seen.insert(document).inserted { order.append(document) }
        }
        let spaces = Dictionary(
            try base.facts(ofDocuments: order).map { ($0.id, $0.spaceKey) }, uniquingKeysWith: { $1 })
        var readable: Set<String> = []
        for document in order {
            if let key = spaces[document], mayRead(document, key) { readable.insert(document) }
        }
        return found.filter { readable.contains($0.value) }
    }

    func evidence(ofChunks ids: [Int64]) throws(CorpusError) -> [Int64: Data] {
        try base.evidence(ofChunks: ids)
    }

    func withEvidence(ofChunks ids: [Int64], _ body: (Int64, Data) -> Void) throws(CorpusError) {
        try base.withEvidence(ofChunks: ids, body)
    }

    func facts(ofDocuments ids: [String]) throws(CorpusError) -> [DocumentFacts] {
        try base.facts(ofDocuments: ids).filter { mayRead($0.id, $0.spaceKey) }
    }

    func neighbours(ofChunks ids: [Int64], distance: Int) throws(CorpusError) -> [Int64: [Int64]] {
        try base.neighbours(ofChunks: ids, distance: distance)
    }

    func context(ofChunk id: Int64, bytes: Int) throws(CorpusError) -> ChunkContext? {
        guard let context = try base.context(ofChunk: id, bytes: bytes),
            mayRead(context.chunk.documentID, context.chunk.spaceKey)
        else { return nil }
        return context
    }

    func summary() throws(CorpusError) -> CorpusSummary { try base.summary() }

    /// None: nothing tells which documents they are of.
    func recentTitles(limit: Int) throws(CorpusError) -> [String] { [] }

    // MARK: Ids

    /// With one that stands for the account: whoever keeps what was shown to one keeps it from others, though they
    /// satisfy the same rules.
    var classes: Set<AccessClassID> {
        let digest = SHA256.hash(data: Data((account ?? "").utf8))
        let number = digest.prefix(7).reduce(Int64(0)) { $0 << 8 | Int64($1) }
        return base.classes.union([-1 - number])
    }

    func changeSequence() throws(CorpusError) -> Int64 { try base.changeSequence() }

    func changes(after sequence: Int64, model: String) throws(CorpusError) -> [ChunkChange]? {
        try base.changes(after: sequence, model: model)
    }

    func accessClasses(
        model: String
    ) throws(CorpusError) -> [(chunk: Int64, accessClass: AccessClassID)] {
        try base.accessClasses(model: model)
    }

    func chunkIDs(
        matching filter: ChunkFilter, model: String, inDocuments documents: [String]?
    ) throws(CorpusError) -> [Int64] {
        try base.chunkIDs(matching: filter, model: model, inDocuments: documents)
    }
}
