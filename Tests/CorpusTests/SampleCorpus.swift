import Corpus
import Foundation
import TestSupport
import Text

/// A small corpus to ask.
struct SampleCorpus {
    let store: any CorpusStore
    static let model = "test"

    init(_ store: any CorpusStore) async throws {
        self.store = store
        try await store.upsert(space: Space(key: "ENG", name: "Engineering"))
        try await store.upsert(space: Space(key: "HR", name: "People"))
    }

    /// Over one that has its spaces already.
    init(opened store: any CorpusStore) {
        self.store = store
    }

    init(_ engine: CorpusEngine) async throws {
        try await self.init(engine.open())
    }

    /// One chunk for each text; vectors point along the axis of the text's position.
    @discardableResult
    func put(
        _ id: String, _ texts: [String], title: String = "Page", space: String = "ENG",
        readers: AccessRule = .everybody, labels: [String] = [], kind: Document.Kind = .page,
        updated: Date? = nil
    ) async throws -> DocumentChange {
        let whole = texts.joined(separator: "\n")
        var offset = 0
        let chunks = texts.enumerated().map { ordinal, text in
            defer { offset += text.utf8.count + 1 }
            return Chunk(
                ordinal: ordinal, headingPath: ["Heading"], kind: .prose, text: text,
                embeddedText: title + "\n" + text, tokenCount: 3, range: offset..<(offset + text.utf8.count))
        }
        return try await store.replace(
            Document(
                id: id, kind: kind, spaceKey: space, title: title, labels: labels, updatedAt: updated,
                text: whole,
                readers: readers),
            contentHash: ContentHash.of(whole), chunkSignature: "s", chunks: chunks,
            embeddings: chunks.map { [Float($0.ordinal), 1, 0] }, model: Self.model)
    }

    /// Documents with a passage that has any of these words, among those that the reader may read and the filter lets
    /// through.
    func find(
        _ words: String, _ reader: Reader = .anonymous, filter: ChunkFilter = .everything
    ) async throws -> [String] {
        let words = words.split(separator: " ")
        return try await store.withSnapshot(for: store.scope(for: reader)) { snapshot in
            let readable = try snapshot.accessClasses(model: Self.model)
                .filter { snapshot.classes.contains($0.accessClass) }.map(\.chunk)
            let matching = Set(
                try snapshot.chunkIDs(matching: filter, model: Self.model, inDocuments: nil))
            return try snapshot.chunks(readable.filter(matching.contains).sorted())
                .filter { chunk in words.contains { chunk.text.contains($0) } }.map(\.documentID)
        }
    }
}
