import Corpus
import CorpusSQLite
import Foundation
import GRDB
import TestSupport
import Text
import Workspace
import WorkspaceSQLite

/// A data folder with rows in every table.
struct SampleFolder {
    static let model = "test"
    static let start = Date(timeIntervalSince1970: 1_790_000_000.25)
    static let ann = Owner(name: "user:ann")
    let directory: TemporaryDirectory

    var url: URL { directory.url }

    init() async throws {
        directory = try TemporaryDirectory()
        try await Self.fillCorpus(try SQLiteCorpus.open(at: DataFolder(directory.url)))
        try await Self.fillWorkspace(
            try SQLiteWorkspace.open(at: directory.url, announcesRuns: true, now: { Self.start }))
        try Self.run(Self.corpusRows, in: SQLiteCorpus.fileName, of: directory.url)
        try Self.run(Self.workspaceRows, in: SQLiteWorkspace.fileName, of: directory.url)
    }

    /// Twelve documents, the last of which is gone again, so that the last numbers of passages have no rows.
    private static func fillCorpus(_ corpus: SQLiteCorpus) async throws {
        try await corpus.upsert(space: Space(key: "ENG", name: "Engineering"))
        for number in 1...12 { try await put("d\(number)", parts: number % 4 + 1, in: corpus) }
        _ = try await corpus.removeDocuments(["d12"])
        try await corpus.setState("synced_at", "2026-01-01T00:00:00Z")
        try await corpus.setMembers([.user("ann"), .user("bob")], of: .group("staff"))
        try await corpus.saveInsights(
            [
                "h1": PassageInsights(
                    language: "en", entities: [.init(text: "Kürzel / 2", type: "ORGANIZATION")])
            ],
            analyzer: "a")
        let sync = try await corpus.beginSync(source: "wiki", space: "ENG", isFull: true, at: start)
        try await corpus.putSyncEntries(
            (1...3).map {
                SyncEntry(
                    id: "\($0)", spaceKey: "ENG", parent: $0 == 1 ? nil : "1", title: "Page \($0)",
                    version: $0,
                    restriction: $0 == 2 ? "[]" : nil, facts: "{}")
            }, source: "wiki", run: sync.run)
        try await corpus.requestRefresh(["wiki:1"], at: start)
        try await corpus.noteFailures(
            [IngestFailure(id: "broken", title: "Broken", reason: "no text", failedAt: start)],
            of: "wiki", seen: [], isWhole: true)
    }

    /// Words of a few languages, one of them in two spellings that Swift calls equal.
    static func put(_ id: String, parts: Int, in corpus: any CorpusStore) async throws {
        let texts = (0..<parts).map { "Passage \($0) of \(id): cafe\u{301} – café, 日本語" }
        let whole = texts.joined(separator: "\n")
        var offset = 0
        let chunks = texts.enumerated().map { ordinal, text in
            defer { offset += text.utf8.count + 1 }
            return Chunk(
                ordinal: ordinal, headingPath: ["Heading", "Part \(ordinal) \"quoted\""], kind: .prose,
                text: text, embeddedText: "\(id)\n\(text)", tokenCount: 3,
                range: offset..<(offset + text.utf8.count))
        }
        let readers: AccessRule = id == "d3" ? AccessRule(allOf: [[.group("staff")]]) : .everybody
        _ = try await corpus.replace(
            Document(
                id: id, kind: .page, spaceKey: "ENG", title: "Title of \(id)", labels: ["a", "b"],
                updatedAt: start, text: whole, readers: readers),
            contentHash: ContentHash.of(whole), chunkSignature: "s", chunks: chunks,
            embeddings: chunks.map { [Float($0.ordinal), 0.1, -1e-30] }, model: model)
    }

    private static func fillWorkspace(_ workspace: SQLiteWorkspace) async throws {
        _ = try await workspace.save(Project(id: "p", owner: ann, name: "Project"), for: ann)
        for number in 1...5 {
            _ = try await workspace.create(
                StoredFlow(
                    id: "f\(number)", owner: ann, name: "Flow \(number)",
                    endpoint: number == 1 ? "ask" : nil, project: number == 2 ? "p" : nil,
                    tags: ["x"], isShared: number == 3, createdAt: start, updatedAt: start),
                definition: Data([0, 1, 2, UInt8(number)]), origin: number == 1 ? Data("o".utf8) : nil,
                note: "first")
        }
        let key = ConversationKey(owner: ann, flow: "f1", session: "s")
        try await workspace.append(
            (1...7).map {
                // No details at all: bytes that are there, and none.
                StoredMessage(
                    id: "m\($0)", key: key, role: "user", sender: "Ann", text: "Message \($0)",
                    details: Data(), sentAt: start)
            })
        _ = try await workspace.enqueue(
            StoredRun(
                id: "r1", owner: ann, flow: "f1", version: 1, session: "s", request: Data("{}".utf8),
                createdAt: start), key: "once")
        let leased = try await workspace.lease(1, by: "w", for: .seconds(60), at: start, attempts: 3)
        for (_, lease) in leased {
            try await workspace.append(
                [StoredRunEvent(position: 0, event: Data("{}".utf8))], under: lease)
        }
        _ = try await workspace.save(
            StoredVariable(
                id: "v", owner: ann, name: "key", isSecret: false, value: Data([255, 0, 254]),
                updatedAt: start
            ))
        try await workspace.add(
            APIKey(
                id: "k", lineage: "k", digest: Data([1, 2, 3]), name: "Key", principals: [.user("ann")],
                scopes: ["read"], createdAt: start, createdBy: "command line"),
            replacing: nil, told: AuditAct(actor: "command line", act: "key.created", object: "k"))
    }

    static func run(_ sql: String, in file: String, of folder: URL) throws {
        // A move that just ended may still be letting go of the file.
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        let queue = try DatabaseQueue(
            path: folder.appendingPathComponent(file).path, configuration: configuration)
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
    }
}
