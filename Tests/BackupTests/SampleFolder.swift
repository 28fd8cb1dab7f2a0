import Backup
import Corpus
import CorpusSQLite
import Foundation
import TestSupport
import Text
import Workspace
import WorkspaceSQLite

/// A data folder as a server makes it, open for writing, with a place for backups beside it.
final class SampleFolder: Sendable {
    static let owner = Owner(name: "user:ann")
    static let conversation = ConversationKey(owner: owner, flow: "f", session: "s")
    static let model = "test"
    static let secret = Data("the word".utf8)

    let parent: TemporaryDirectory
    let data: URL
    let corpus: SQLiteCorpus
    let workspace: SQLiteWorkspace
    let files: FolderBlobStore

    init() async throws {
        parent = try TemporaryDirectory()
        data = parent.url.appendingPathComponent("data")
        corpus = try SQLiteCorpus.open(at: DataFolder(data))
        workspace = try SQLiteWorkspace.open(at: data)
        files = FolderBlobStore(folder: data.appendingPathComponent("files"))
        try await corpus.upsert(space: Space(key: "ENG", name: "Engineering"))
        for number in 0..<20 { try await putDocument(number) }
        for number in 0..<20 { try await say(number) }
        try await putFile("a0000000", "notes.txt", Data("notes".utf8))
        try await putFile("b0000000", "empty.txt", Data())
        let seal = try VariableSeal.open(in: data)
        let sealed = try seal.seal(Self.secret, name: "token", owner: Self.owner)
        _ = try await workspace.save(
            StoredVariable(
                id: "v", owner: Self.owner, name: "token", isSecret: true, value: sealed, defaultFields: [],
                updatedAt: Date(timeIntervalSince1970: 1_790_000_000)))
        // A folder with a database of its own, as collections of vectors have.
        let nested = data.appendingPathComponent("collections/acme/docs")
        try FileManager.default.createDirectory(at: nested, withIntermediateDirectories: true)
        let inner = try SQLiteWorkspace.open(at: nested)
        try await inner.append([Self.message(0)])
        // What belongs to no backup.
        try parent.write("half", to: "data/files/files/a0/.draft.tmp")
        try parent.write("page", to: "data/pages/1.xml")
    }

    func putDocument(_ number: Int) async throws {
        let text = "Document \(number) tells of mill race \(number)."
        let chunk = Chunk(
            ordinal: 0, headingPath: [], kind: .prose, text: text, embeddedText: text, tokenCount: 8,
            range: 0..<text.utf8.count)
        _ = try await corpus.replace(
            Document(
                id: "d\(number)", kind: .page, spaceKey: "ENG", title: "D\(number)", text: text,
                readers: .everybody),
            contentHash: ContentHash.of(text), chunkSignature: "s", chunks: [chunk],
            embeddings: [[Float(number), 1, 0]], model: Self.model)
    }

    static func message(_ number: Int) -> StoredMessage {
        StoredMessage(
            id: "m\(number)", key: conversation, role: "user", sender: "User", text: "d\(number)",
            details: Data("{}".utf8), sentAt: Date(timeIntervalSince1970: 1_790_000_000 + Double(number)))
    }

    func say(_ number: Int) async throws {
        try await workspace.append([Self.message(number)])
    }

    /// As flows' files are put: bytes first, then the name.
    ///
    /// - Returns: the file that had the name before, whose bytes are left for the caller to remove.
    @discardableResult
    func putFile(_ id: String, _ name: String, _ bytes: Data) async throws -> StoredFile? {
        try await files.put(bytes, at: Self.key(id))
        return try await workspace.add(
            StoredFile(
                id: id, owner: Self.owner, flow: nil, name: name, mediaType: "text/plain",
                byteCount: bytes.count, digest: "00", createdAt: Date(timeIntervalSince1970: 1_790_000_000)))
    }

    static func key(_ id: String) -> String { "files/\(id.prefix(2))/\(id)" }

    // MARK: Backups of it

    var place: URL { parent.url.appendingPathComponent("backups") }

    var source: BackupSource {
        BackupSource(
            folder: data, product: "millrace test", firstDatabases: [SQLiteWorkspace.fileName],
            references: [
                BackupReference(
                    database: SQLiteWorkspace.fileName, table: "file",
                    query: "SELECT 'files/files/' || substr(id, 1, 2) || '/' || id FROM file")
            ], excludedNames: ["pages"])
    }

    /// Blocks of 16 KiB, so that a small database has many.
    func repository(
        _ store: (any BlobStore)? = nil, secret: BackupSecret? = nil,
        now: @escaping @Sendable () -> Date = { Date() }
    ) -> BackupRepository {
        BackupRepository(
            store: store ?? BackupFolder(place), place: place.path, secret: secret, blockByteCount: 1 << 14,
            now: now)
    }

    /// Where it is restored to.
    var target: URL { parent.url.appendingPathComponent("restored") }
}

/// What a data folder holds, as somebody who opens it finds it.
struct FolderContents: Equatable {
    var documents: [String]
    var vectors: [[Float]]
    var messages: [String]
    var files: [String: Data]
    var secret: Data
    var nestedMessages: [String]

    /// Opens the folder as a server does, which takes its lock.
    init(_ folder: URL) async throws {
        let corpus = try SQLiteCorpus.open(at: DataFolder(folder))
        documents = try await corpus.storedVersions().keys.sorted()
        let ids = try await corpus.chunkIDs(model: SampleFolder.model).sorted()
        vectors = try await corpus.vectors(ids: ids, model: SampleFolder.model).sorted { $0.id < $1.id }
            .map(\.vector)
        let workspace = try SQLiteWorkspace.open(at: folder)
        messages = try await Self.messages(workspace)
        let blobs = FolderBlobStore(folder: folder.appendingPathComponent("files"))
        files = [:]
        let stored = try await workspace.files(for: SampleFolder.owner, flow: nil, after: nil, limit: 1_000)
        for file in stored {
            files[file.name] = try await blobs.blob(at: SampleFolder.key(file.id)) ?? Data("missing".utf8)
        }
        let variable = try await workspace.variable(named: "token", for: SampleFolder.owner)
        secret = try VariableSeal.open(in: folder).open(
            variable.value, name: "token", owner: SampleFolder.owner)
        nestedMessages = try await Self.messages(
            try SQLiteWorkspace.open(at: folder.appendingPathComponent("collections/acme/docs")))
    }

    private static func messages(_ workspace: SQLiteWorkspace) async throws -> [String] {
        var messages: [StoredMessage] = []
        while true {
            let page = try await workspace.messages(
                of: SampleFolder.conversation, before: messages.first?.id, limit: 200)
            if page.isEmpty { return messages.map(\.text) }
            messages = page + messages
        }
    }
}
