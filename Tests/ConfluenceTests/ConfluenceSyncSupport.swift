import Corpus
import CorpusSQLite
import Foundation
import Ingest
import Logging
import Models
import Synchronization
import TestSupport
import Text
import VectorIndex

@testable import Confluence

/// A site, a corpus that follows it, and the syncs between them.
final class SyncBench: Sendable {
    let server: ConfluenceTestServer
    let store: any CorpusStore
    let index: FlatIndex
    let embedder = HashingEmbedder()
    private let clock = Mutex(Date())
    private let spaces: [String]

    init(
        _ server: ConfluenceTestServer, spaces: [String] = ["DOC"], store: (any CorpusStore)? = nil
    ) throws {
        self.server = server
        self.spaces = spaces
        self.store = try store ?? SQLiteCorpus.inMemory()
        index = try FlatIndex(dimension: 64, metric: .cosine)
    }

    /// Lets time pass.
    func wait(_ seconds: TimeInterval) { clock.withLock { $0 += seconds } }

    func source(
        _ adjust: (inout ConfluenceConfiguration) -> Void = { _ in }
    ) throws -> ConfluenceSource {
        var configuration = ConfluenceConfiguration(
            baseURL: URL(string: server.base) ?? URL(fileURLWithPath: "/"), flavour: server.flavour,
            authentication: server.flavour == .cloud
                ? .basic(user: "crawler@example.com", token: ConfluenceTestServer.token)
                : .bearer(token: ConfluenceTestServer.token), spaces: spaces)
        adjust(&configuration)
        return try ConfluenceSource(
            configuration: configuration, client: server.client, corpus: store,
            now: { [self] in clock.withLock { $0 } })
    }

    func pipeline(_ adjust: (inout IngestOptions) -> Void = { _ in }) -> IngestPipeline {
        var options = IngestOptions()
        options.textsPerBatch = 8
        adjust(&options)
        return IngestPipeline(
            store: store, index: index, embedder: embedder, counter: QuarterWordCounter(), options: options,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    @discardableResult
    func sync(_ adjust: (inout ConfluenceConfiguration) -> Void = { _ in }) async throws -> IngestReport {
        await pipeline().run(try source(adjust))
    }

    @discardableResult
    func refresh(_ targets: ConfluenceTarget...) async throws -> IngestReport {
        await pipeline().run(try source().refresh(targets))
    }

    /// The requests that `body` makes.
    func requests(of body: () async throws -> Void) async throws -> [String] {
        let before = try await server.log().count
        try await body()
        return Array(try await server.log().dropFirst(before))
    }

    var ids: Set<String> {
        get async throws { Set(try await store.storedVersions().keys) }
    }

    /// Whether a document is there for who is known by these principals alone.
    func mayRead(_ id: String, _ principals: String...) async throws -> Bool {
        let reader = Reader(principals.compactMap { Principal($0) })
        let chunks = try await store.chunkIDs(readableBy: reader, model: embedder.model.name)
        return try await store.chunks(chunks, reader: reader).contains { $0.documentID == id }
    }

    /// The text of a stored document, whoever may read it.
    func text(_ id: String) async throws -> String? {
        let ids = try await store.chunkIDs(model: embedder.model.name).sorted()
        let rule = try await store.storedDocument(id: id)?.readers
        let reader = Reader((rule?.clauses ?? []).flatMap(\.self))
        return try await store.chunks(ids, reader: reader).first { $0.documentID == id }?.text
    }

    static func isBody(_ request: String) -> Bool {
        request.contains("body.storage") || request.contains("body-format") || request.contains("/download")
    }
}
