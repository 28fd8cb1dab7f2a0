import Corpus
import EngineSupport
import Foundation
import Ingest
import Logging
import Models
import Synchronization
import TestSupport
import Testing
import Text
import VectorIndex

@testable import Confluence

/// What a site is, and what keeps the documents that are read of it.
struct SyncSetting: Sendable, CustomTestStringConvertible {
    var flavour: ConfluenceConfiguration.Flavour
    var engine: StorageEngine

    var testDescription: String { "\(flavour) into \(engine)" }

    /// Every flavour into every engine, but for the second flavour into the second engine: what an engine is asked does
    /// not depend on the flavour, and each of these starts a server of its own.
    static let all: [SyncSetting] =
        `Live Confluence`.flavours.map { SyncSetting(flavour: $0, engine: .sqlite) } + [
            SyncSetting(flavour: .cloud, engine: .postgres)
        ]
}

/// A site, a corpus that follows it, and the syncs between them.
final class SyncBench: Sendable {
    let server: ConfluenceTestServer
    let store: any CorpusStore
    let index: FlatIndex
    let embedder = HashingEmbedder()
    private let clock = Mutex(Date())
    private let spaces: [String]

    init(
        _ server: ConfluenceTestServer, _ engine: StorageEngine, spaces: [String] = ["DOC"]
    ) async throws {
        self.server = server
        self.spaces = spaces
        store = try await engine.corpus()
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
