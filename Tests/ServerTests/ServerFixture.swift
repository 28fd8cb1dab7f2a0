import Concurrency
import Corpus
import EngineSupport
import FlowService
import Foundation
import HTTPTypes
import Logging
import Models
import QA
import TestSupport
import Testing
import Text
import TextIndex
import VectorIndex

@testable import Server

/// A small corpus with an application over it: two pages for everybody and one for `group:hr`.
struct ServerFixture {
    let corpus: any CorpusStore
    let index: FlatIndex
    let words: LocalTextStore
    let embedder = HashingEmbedder()
    let generator: any Generator
    var flows: ServedFlows
    var configuration = ServerFixture.open()
    var identity = ServedIdentity()
    /// Records what is asked.
    var tracer: RequestTracer
    let log: CapturedLog

    /// Everybody on this machine may do everything, as whom they like.
    static func open() -> ServerConfiguration {
        var configuration = ServerConfiguration()
        configuration.trustsPrincipalsHeader = true
        configuration.anonymousScopes = Set(Scope.allCases)
        return configuration
    }

    /// Words of the page that only `group:hr` may read, none of which any other page has.
    static let secrets = ["Salary", "Ruiz", "compensation", "People", "bands"]

    /// - Parameters:
    ///   - engine: keeps the corpus, and flows with whatever belongs to them.
    ///   - generator: writes answers, and is the model that flows ask.
    ///   - flowConfiguration: how flows are run and kept.
    init(
        engine: StorageEngine = .sqlite, generator: any Generator = QuotingGenerator(),
        flowConfiguration: FlowServiceConfiguration = FlowServiceConfiguration()
    ) async throws {
        self.generator = generator
        let log = CapturedLog()
        let tracer = RequestTracer()
        let (corpus, workspace) = try await engine.storage()
        let index = try FlatIndex(dimension: embedder.model.dimension, metric: .cosine)
        let words = try LocalTextStore(directory: nil)
        let qa = try Self.qa(corpus, index, words, embedder, generator)
        flows = try .inMemory(
            qa: qa, scopes: corpus, logger: log.logger, store: workspace, configuration: flowConfiguration,
            tracing: tracer)
        self.tracer = tracer
        self.log = log
        self.corpus = corpus
        self.index = index
        self.words = words
        try await corpus.upsert(space: Space(key: "ENG", name: "Engineering"))
        try await corpus.upsert(space: Space(key: "HR", name: "People"))
        try await put(
            Document(
                id: "1", kind: .page, spaceKey: "ENG", title: "Deploy guide",
                ancestors: [Ancestor(id: "9", title: "Runbooks")], labels: ["deploy"], author: "Lena Fischer",
                updatedAt: Date(timeIntervalSince1970: 1_760_000_000), url: "https://wiki.example/1",
                text: "Deploys happen on Tuesdays. The release train leaves at nine.", readers: .everybody))
        try await put(
            Document(
                id: "2", kind: .page, spaceKey: "HR", title: "Salary bands", labels: ["compensation"],
                author: "Hana Ruiz", text: "Salary bands and deploys of money are reviewed in March.",
                readers: AccessRule(allOf: [[.group("hr")]])))
        try await put(
            Document(
                id: "3", kind: .blogPost, spaceKey: "ENG", title: "How to rotate a certificate",
                text: "🚀 É: rotate the certificate with vault renew. It lasts ninety days.",
                readers: .everybody))
        try await corpus.setState("synced_at", "2026-11-20T08:00:00Z")
    }

    func put(_ document: Document) async throws {
        let chunk = Chunk(
            ordinal: 0, headingPath: ["Start"], kind: .prose, text: document.text,
            embeddedText: document.title + "\n" + document.text, tokenCount: 20,
            range: 0..<document.text.utf8.count, anchor: "Start")
        let vector = try await embedder.embed([chunk.embeddedText], purpose: .passage)[0]
        let change = try await corpus.replace(
            document, contentHash: document.text, chunkSignature: "", chunks: [chunk], embeddings: [vector],
            model: embedder.model.name)
        try index.upsert(change.added.map { VectorEntry(id: UInt64($0), vector: vector) })
        try words.upsert(
            change.added.map {
                TextDocument(
                    PassageText(
                        id: $0, chunk, title: document.title, labels: document.labels, page: document.text))
            })
    }

    func qa() throws -> QuestionAnswering {
        try Self.qa(corpus, index, words, embedder, generator)
    }

    private static func qa(
        _ corpus: any PassageStore, _ index: FlatIndex, _ words: LocalTextStore, _ embedder: HashingEmbedder,
        _ generator: any Generator
    ) throws -> QuestionAnswering {
        try QuestionAnswering(
            corpus: corpus, index: index, words: words, embedder: embedder, generator: generator,
            // Routes are tested here and not relevance: hashed vectors of three pages are near nothing.
            configuration: QAConfiguration(fusion: FusionParameters(floor: RelevanceFloor(score: 0))))
    }

    func application(
        sockets: SocketConversation.Limits? = nil
    ) throws -> Application {
        Application(
            qa: try qa(), corpus: corpus, indexCount: { [index] in index.count }, flows: flows,
            configuration: configuration, logger: log.logger, version: "1.2.3", identity: identity,
            metrics: ServedMetrics(tracer: tracer), sockets: sockets)
    }

    /// What the application answers, which must be what its operation declares.
    ///
    /// - Parameters:
    ///   - target: the path with its query.
    ///   - upload: a body that the operation takes as it comes.
    func respond(
        _ method: HTTPRequest.Method, _ target: String, json: String? = nil, upload: Data? = nil,
        headers: HTTPFields = [:]
    ) async throws -> APIResponse {
        var headers = headers
        if json != nil, headers[.contentType] == nil { headers[.contentType] = "application/json" }
        let application = try application()
        let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
        let path = parts.first ?? ""
        let pieces = upload.map { [$0] } ?? []
        let response = await application.respond(
            to: APIRequest(
                method: method, path: path, query: parts.count > 1 ? parts[1] : nil, headers: headers,
                body: Data((json ?? "").utf8), id: "test-1"),
            body: BodySource(whole: { upload ?? Data() }, pieces: { _ in PulledSequence(pieces) }))
        if let match = try? application.router.match(method: method, path: path) {
            try ContractCheck.check(response, of: match.operation)
        }
        return response
    }
}

extension HTTPFields {
    /// The header that names principals.
    static func principals(_ text: String) -> HTTPFields { [.principals: text] }
}

extension APIResponse {
    /// The body as JSON.
    var json: JSONValue {
        get throws { try JSONDecoder().decode(JSONValue.self, from: data ?? Data()) }
    }

    /// Every event of a streamed body, heartbeats left out.
    func events() async throws -> [(name: String, data: JSONValue)] {
        guard case .events(let stream) = body else { return [] }
        var events: [(name: String, data: JSONValue)] = []
        for await event in stream.events(heartbeat: .seconds(600)) {
            switch event {
            case .event(let name, let data), .numbered(_, let name, let data):
                events.append((name, try JSONDecoder().decode(JSONValue.self, from: data)))
            case .raw, .heartbeat: continue
            }
        }
        return events
    }
}

/// Any JSON, to look into.
enum JSONValue: Decodable, Hashable, Sendable {
    case null
    case flag(Bool)
    case number(Double)
    case text(String)
    case list([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let list = try? container.decode([JSONValue].self) {
            self = .list(list)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    /// `nil` when there is no such key.
    subscript(_ key: String) -> JSONValue? {
        if case .object(let object) = self { object[key] } else { nil }
    }

    var list: [JSONValue] { if case .list(let list) = self { list } else { [] } }
    var text: String? { if case .text(let text) = self { text } else { nil } }
    var number: Double? { if case .number(let number) = self { number } else { nil } }
    var keys: Set<String> { if case .object(let object) = self { Set(object.keys) } else { [] } }
}
