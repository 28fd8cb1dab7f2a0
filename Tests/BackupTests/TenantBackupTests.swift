import Backup
import Corpus
import Foundation
import TestSupport
import Testing
import Workspace
import WorkspaceSQLite

@Suite(.timeLimit(.minutes(2))) struct `A backup with tenants` {
    private static let house = "tenants/acme"

    /// The sample with a data folder in it, as each tenant has one.
    private func source(_ sample: SampleFolder) async throws -> BackupSource {
        let folder = sample.data.appendingPathComponent(Self.house)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let workspace = try SQLiteWorkspace.open(at: folder)
        let files = FolderBlobStore(folder: folder.appendingPathComponent("files"))
        try await files.put(Data("theirs".utf8), at: SampleFolder.key("c0000000"))
        _ = try await workspace.add(
            StoredFile(
                id: "c0000000", owner: Owner(tenant: "acme", name: "user:ann"), flow: nil, name: "theirs.txt",
                mediaType: "text/plain", byteCount: 6, digest: "00",
                createdAt: Date(timeIntervalSince1970: 1_790_000_000)))
        try sample.parent.write("page", to: "data/\(Self.house)/pages/1.xml")
        try sample.parent.write("half", to: "data/\(Self.house)/unfinished-uploads/1")
        try sample.parent.write("1", to: "data/\(Self.house)/lock")
        var source = sample.source
        source.houses = [Self.house]
        source.references.append(
            BackupReference(
                database: "\(Self.house)/\(SQLiteWorkspace.fileName)", table: "file",
                query: "SELECT '\(Self.house)/files/files/' || substr(id, 1, 2) || '/' || id FROM file"))
        return source
    }

    @Test func `holds each tenant's data folder as it holds the whole one`() async throws {
        let sample = try await SampleFolder()
        let repository = sample.repository()
        let outcome = try await FolderBackup(try await source(sample), to: repository).run()
        #expect(outcome.remarks.isEmpty, "\(outcome.remarks)")
        let restoration = FolderRestoration(from: repository)
        _ = try await restoration.restore(try await repository.find(), to: sample.target)
        let names = try FolderState(sample.target).names.filter { $0.hasPrefix(Self.house + "/") }
        #expect(
            Set(names) == [
                "\(Self.house)/files", "\(Self.house)/files/files", "\(Self.house)/files/files/c0",
                "\(Self.house)/files/files/c0/c0000000", "\(Self.house)/workspace.sqlite",
            ])
        let folder = sample.target.appendingPathComponent(Self.house)
        let files = FolderBlobStore(folder: folder.appendingPathComponent("files"))
        #expect(try await files.blob(at: SampleFolder.key("c0000000")) == Data("theirs".utf8))
    }

    @Test func `tells of a file that a tenant's database names and that is not there`() async throws {
        let sample = try await SampleFolder()
        let source = try await source(sample)
        let file = "\(Self.house)/files/files/c0/c0000000"
        try FileManager.default.removeItem(at: sample.data.appendingPathComponent(file))
        let outcome = try await FolderBackup(source, to: sample.repository()).run()
        #expect(outcome.remarks.contains { $0.contains(file) }, "\(outcome.remarks)")
    }

    @Test func `is not restored where a tenant's schema is newer than the program's`() async throws {
        let sample = try await SampleFolder()
        let repository = sample.repository()
        _ = try await FolderBackup(try await source(sample), to: repository).run()
        // As if the program knew the corpus of every data folder, and no step of the tenant's workspace.
        let known = try DatabaseMigrations.read(
            sample.data.appendingPathComponent(SQLiteWorkspace.fileName))
        let older = FolderRestoration(
            from: repository,
            knownMigrations: [SQLiteWorkspace.fileName: known.subtracting(known.sorted().suffix(1))])
        await #expect(throws: BackupError.self) {
            _ = try await older.restore(try await repository.find(), to: sample.target)
        }
        let same = FolderRestoration(
            from: repository, knownMigrations: [SQLiteWorkspace.fileName: known])
        _ = try await same.restore(try await repository.find(), to: sample.target)
    }
}
