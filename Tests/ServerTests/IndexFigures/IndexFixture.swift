import Concurrency
import Corpus
import Foundation
import HTTPTypes
import Models
import TestSupport
import Testing
import TextIndex
import VectorIndex

@testable import Server

/// The corpus of ``ServerFixture`` with what is told of its indexes.
struct IndexFixture {
    let base: ServerFixture
    let store: LocalVectorStore
    let folder: TemporaryDirectory
    let served: ServedIndex
    let application: Application

    /// - Parameter pages: documents beyond those of the corpus, in turn for everybody and for `group:hr`.
    init(pages: Int = 0) async throws {
        base = try await ServerFixture()
        folder = try TemporaryDirectory()
        for number in 0..<pages {
            try await base.put(
                .init(
                    id: "more-\(number)", kind: .page, spaceKey: number % 2 == 0 ? "ENG" : "HR",
                    title: "Page \(number)",
                    text: "Words number \(number) of page \(number) and \(number * 7).",
                    readers: number % 2 == 0 ? .everybody : .init(allOf: [[.group("hr")]])))
        }
        store = try LocalVectorStore(
            directory: nil, dimension: base.embedder.model.dimension, metric: .cosine)
        let ids = base.index.ids()
        let vectors = try await base.corpus.vectors(
            ids: ids.map { Int64($0) }, model: base.embedder.model.name)
        try store.upsert(vectors.map { VectorEntry(id: UInt64($0.id), vector: $0.vector) })
        let (corpus, words) = (base.corpus, base.words)
        served = ServedIndex(
            vectors: .local(store), revision: { 1 }, words: { words.statistics() },
            databaseGeneration: { try await corpus.generation }, efSearch: 64,
            mapFolder: folder.url.appendingPathComponent("maps"))
        application = Application(
            qa: try base.qa(), corpus: corpus, indexCount: { ids.count }, flows: base.flows,
            configuration: base.configuration, logger: base.log.logger, version: "1", index: served)
    }

    /// What the server answers, which must be what its operation declares.
    func get(_ target: String, headers: HTTPFields = [:]) async throws -> APIResponse {
        let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
        let response = await application.respond(
            to: APIRequest(
                method: .get, path: parts[0], query: parts.count > 1 ? parts[1] : nil, headers: headers,
                id: "t"))
        let match = try application.router.match(method: .get, path: parts[0])
        try ContractCheck.check(response, of: match.operation)
        return response
    }

    /// The map, once it is drawn.
    func map(headers: HTTPFields = [:]) async throws -> APIResponse {
        for _ in 0..<1_000 {
            let response = try await get("/v1/index/map", headers: headers)
            if response.status != .accepted { return response }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw ServerError.failed(reason: "no map was drawn in ten seconds")
    }
}

/// A map as a client reads it.
struct ReadMap {
    let header: JSONValue
    let ids: [Int64]
    let spaces: [Int]
    let kinds: [Int]

    init(_ data: Data) throws {
        try #require(data.prefix(4).elementsEqual("MRM1".utf8))
        let length = Int(data.little(UInt32.self, at: 4))
        try #require((8 + length) % 8 == 0)
        let header: JSONValue = try .parsed(data.subdata(in: 8..<(8 + length)))
        self.header = header
        let count = Int(header["count"]?.number ?? 0)
        func offset(_ name: String) throws -> Int {
            let offset = Int(try #require(header["offsets"]?[name]?.number))
            try #require(offset % 8 == 0)
            return offset
        }
        let (ids, spaces, kinds) = (try offset("ids"), try offset("space"), try offset("kind"))
        try #require(try offset("ids") == 8 + length)
        self.ids = (0..<count).map {
            Int64(Double(bitPattern: data.little(UInt64.self, at: ids + 8 * $0)))
        }
        self.spaces = (0..<count).map { Int(data.little(UInt16.self, at: spaces + 2 * $0)) }
        self.kinds = (0..<count).map { Int(data.little(UInt8.self, at: kinds + $0)) }
    }
}

extension ServedIndex {
    /// An index without vectors, beside the words and the database of a fixture: for lists of operations.
    static func empty(beside fixture: ServerFixture) throws -> ServedIndex {
        let corpus = fixture.corpus
        return ServedIndex(
            vectors: .local(
                try LocalVectorStore(
                    directory: nil, dimension: fixture.embedder.model.dimension, metric: .cosine)),
            revision: { 1 }, words: nil, databaseGeneration: { try await corpus.generation }, efSearch: 64,
            mapFolder: nil)
    }
}
