import Components
import Corpus
import CorpusSQLite
import Flow
import FlowService
import Foundation
import Logging
import Models
import QA
import Synchronization
import TestSupport
import Text
import TextIndex
import VectorIndex
import Workspace
import WorkspaceSQLite

/// A service over a workspace in memory, with every family of components that knows no network, a model that says
/// what it is told to say, and a component that does what a test wants.
struct ServiceFixture {
    let corpus: any CorpusStore
    let store: SQLiteWorkspace
    let blobs = MemoryBlobStore()
    let time: SetTime
    let service: FlowService
    private let catalog: ComponentCatalog
    private let settingsFlows: [FlowDefinition]

    /// - Parameters:
    ///   - generator: the model that flows ask, and what answers questions.
    ///   - settingsFlows: flows of the settings beside the built-in one.
    ///   - announcesRuns: whether a queue is to be told of runs that wait.
    ///   - adding: adds the components of files, databases, the network and the corpus.
    ///   - probe: what the component `Probe` makes of a message.
    init(
        generator: any Generator = QuotingGenerator(), settingsFlows: [FlowDefinition] = [],
        configuration: FlowServiceConfiguration = FlowServiceConfiguration(), announcesRuns: Bool = false,
        accounting: (any WorkAccounting)? = nil,
        adding: (inout ComponentCatalog, QuestionAnswering) throws -> Void = { $0.addReading($1) },
        probe: @escaping @Sendable (ChatMessage) async throws -> ChatMessage = { $0 }
    ) async throws {
        let time = SetTime()
        self.time = time
        store = try SQLiteWorkspace.inMemory(announcesRuns: announcesRuns, now: { time.now })
        let corpus = try SQLiteCorpus.inMemory()
        self.corpus = corpus
        let qa = try await Self.questionAnswering(corpus, generator)
        var catalog = qa.catalog
        catalog.addConversions()
        catalog.addDialogueComponents()
        catalog.addTextComponents()
        catalog.addControlComponents()
        catalog.addLanguageComponents(models: LanguageModels([.init(generator)]))
        try adding(&catalog, qa)
        catalog.register(Probe.self) { Probe(&$0, body: probe) }
        self.catalog = catalog
        self.settingsFlows = qa.flows + settingsFlows
        service = Self.service(
            store, blobs, catalog, self.settingsFlows, corpus, configuration: configuration, time: time,
            accounting: accounting)
    }

    /// Another process over the same workspace.
    func anotherService(
        _ configuration: FlowServiceConfiguration = FlowServiceConfiguration(),
        accounting: (any WorkAccounting)? = nil
    ) -> FlowService {
        Self.service(
            store, blobs, catalog, settingsFlows, corpus, configuration: configuration, time: time,
            accounting: accounting)
    }

    private static func service(
        _ store: SQLiteWorkspace, _ blobs: MemoryBlobStore, _ catalog: ComponentCatalog,
        _ settingsFlows: [FlowDefinition], _ scopes: any ReadScopes,
        configuration: FlowServiceConfiguration, time: SetTime, accounting: (any WorkAccounting)? = nil
    ) -> FlowService {
        FlowService(
            store: store, catalog: catalog, settingsFlows: settingsFlows, scopes: scopes,
            files: { owner, flow in
                WorkspaceFiles(store: store, blobs: blobs, owner: owner, flow: flow)
            }, configuration: configuration, accounting: accounting,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), now: { time.now })
    }

    /// Two pages: one for everybody and one for `group:hr`.
    private static func questionAnswering(
        _ corpus: SQLiteCorpus, _ generator: any Generator
    ) async throws -> QuestionAnswering {
        let embedder = HashingEmbedder()
        let index = try FlatIndex(dimension: embedder.model.dimension, metric: .cosine)
        let words = try LocalTextStore(directory: nil)
        try await corpus.upsert(space: Space(key: "ENG", name: "Engineering"))
        for document in pages {
            let chunk = Chunk(
                ordinal: 0, headingPath: [], kind: .prose, text: document.text,
                embeddedText: document.title + "\n" + document.text, tokenCount: 20,
                range: 0..<document.text.utf8.count)
            let vector = try await embedder.embed([chunk.embeddedText], purpose: .passage)[0]
            let change = try await corpus.replace(
                document, contentHash: document.text, chunkSignature: "", chunks: [chunk],
                embeddings: [vector], model: embedder.model.name)
            try index.upsert(change.added.map { VectorEntry(id: UInt64($0), vector: vector) })
            try words.upsert(
                change.added.map {
                    TextDocument(
                        PassageText(
                            id: $0, chunk, title: document.title, labels: document.labels,
                            page: document.text))
                })
        }
        return try QuestionAnswering(
            corpus: corpus, index: index, words: words, embedder: embedder, generator: generator,
            // Hashed vectors of two pages are near nothing.
            configuration: QAConfiguration(fusion: FusionParameters(floor: RelevanceFloor(score: 0))))
    }

    private static let pages = [
        Document(
            id: "1", kind: .page, spaceKey: "ENG", title: "Deploy guide",
            text: "Deploys happen on Tuesdays. The release train leaves at nine.", readers: .everybody),
        Document(
            id: "2", kind: .page, spaceKey: "ENG", title: "Salary bands",
            text: "Salary bands are reviewed in March.",
            readers: AccessRule(allOf: [[.group("hr")]])),
    ]

    /// A caller with their rights.
    func caller(_ name: String, groups: [String] = [], keyID: String = "") -> FlowCaller {
        let reader = Reader([.user(name)] + groups.map { .group($0) })
        return FlowCaller(
            owner: Owner(reader), reader: reader, scope: corpus.scope(for: reader), requestID: "request",
            keyID: keyID, timeLimit: .seconds(50))
    }

    /// Keeps a flow for somebody.
    @discardableResult
    func keep(
        _ definition: FlowDefinition, for name: String, endpoint: String? = nil, isShared: Bool = false
    ) async throws -> StoredFlow {
        try await service.create(
            FlowDraft(definition, endpoint: endpoint, isShared: isShared), for: caller(name).owner
        ).flow
    }
}

extension ComponentCatalog {
    /// Components of files and of the corpus, without a database, a network or a way to take texts in.
    mutating func addReading(_ qa: QuestionAnswering) {
        addDataComponents()
        addCorpusComponents(qa)
    }
}

/// The time of day as a test sets it.
final class SetTime: Sendable {
    private let date = Mutex(Date(timeIntervalSince1970: 1_790_000_000))

    var now: Date { date.withLock { $0 } }
    func advance(by duration: Duration) { date.withLock { $0 += duration / .seconds(1) } }
}

/// Does what a test wants with a message.
struct Probe: Component {
    static let type = "Probe"
    static let summary = "Does what a test wants."
    let message: Input<ChatMessage>
    let result: Output<ChatMessage>
    let body: @Sendable (ChatMessage) async throws -> ChatMessage

    init(
        _ declare: inout Declaration, body: @escaping @Sendable (ChatMessage) async throws -> ChatMessage
    ) {
        message = declare.input("message", "Any.")
        result = declare.output("message", "What the test wants.")
        self.body = body
    }

    func run(_ step: Step) async throws { step.send(try await body(step[message]), to: result) }
}

/// Blobs of one test.
final class MemoryBlobStore: BlobStore {
    private let blobs = Mutex<[String: Data]>([:])

    var count: Int { blobs.withLock { $0.count } }

    func blob(at key: String) async throws -> Data? { blobs.withLock { $0[key] } }
    func put(_ data: Data, at key: String) async throws { blobs.withLock { $0[key] = data } }
    func remove(_ key: String) async throws { blobs.withLock { $0[key] = nil } }

    func list(under prefix: String) async throws -> [BlobEntry] {
        blobs.withLock { blobs in
            blobs.filter { $0.key.hasPrefix(prefix) }.map {
                BlobEntry(key: $0.key, byteCount: $0.value.count, storedAt: .distantPast)
            }
        }
    }
}
