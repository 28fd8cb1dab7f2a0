import Backup
import Corpus
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct `A backup` {
    @Test(arguments: [nil, "correct horse battery"])
    func `restored holds what the folder held, and nothing that is no part of it`(passphrase: String?)
        async throws
    {
        let sample = try await SampleFolder()
        let repository = sample.repository(secret: try passphrase.map { try BackupSecret($0) })
        // The folder is open, its lock held, its logs full of what no checkpoint has moved.
        let outcome = try await FolderBackup(sample.source, to: repository).run()
        #expect(outcome.remarks.isEmpty, "\(outcome.remarks)")
        let restoration = FolderRestoration(from: repository)
        _ = try await restoration.restore(try await repository.find(), to: sample.target)

        let names = try FolderState(sample.target).names
        #expect(
            names == [
                "", "collections", "collections/acme", "collections/acme/docs",
                "collections/acme/docs/workspace.sqlite", "corpus.sqlite", "files", "files/files",
                "files/files/a0", "files/files/a0/a0000000", "files/files/b0", "files/files/b0/b0000000",
                "lock", "workspace.key", "workspace.sqlite",
            ])
        for name in names {
            var status = stat()
            #expect(stat(sample.target.appendingPathComponent(name).path, &status) == 0)
            #expect(status.st_mode & 0o077 == 0, "\(name) is open to others")
        }
        let contents = try await FolderContents(sample.target)
        #expect(contents.documents.count == 20 && contents.vectors.count == 20)
        #expect(contents.messages == (0..<20).map { "d\($0)" })
        #expect(contents.files == ["notes.txt": Data("notes".utf8), "empty.txt": Data()])
        #expect(contents.secret == SampleFolder.secret)
        #expect(contents.nestedMessages == ["d0"])
    }

    @Test func `leaves the folder as it was`() async throws {
        let sample = try await SampleFolder()
        let before = try FolderState(sample.data)
        _ = try await FolderBackup(sample.source, to: sample.repository()).run()
        let changes = try FolderState(sample.data).changes(since: before)
        // SQLite notes its readers beside a database, and makes a log for one that nobody else has open.
        let nested = "collections/acme/docs"
        let others = changes.filter { name in
            !name.hasSuffix("-shm") && (!name.hasPrefix(nested) || name == nested + "/workspace.sqlite")
        }
        #expect(others.isEmpty, "\(changes)")
    }

    @Test func `writes only what is new, and each of them is a moment to go back to`() async throws {
        let sample = try await SampleFolder()
        let repository = sample.repository()
        let backup = FolderBackup(sample.source, to: repository)
        let first = try await backup.run()
        #expect(first.newObjectCount > 10)
        let unchanged = try await backup.run(check: .written)
        #expect(unchanged.newObjectCount == 0)
        try await sample.say(20)
        let changed = try await backup.run(check: .written)
        #expect((1...12).contains(changed.newObjectCount), "\(changed.newObjectCount)")

        let restoration = FolderRestoration(from: repository)
        for (outcome, count) in [(first, 20), (changed, 21)] {
            let target = sample.parent.url.appendingPathComponent("restored-\(count)")
            let found = try await repository.find(outcome.manifest.id)
            _ = try await restoration.restore(found, to: target)
            #expect(try await FolderContents(target).messages.count == count)
        }
    }

    @Test func `of a folder without a database is refused, as is one of a newer schema`() async throws {
        let sample = try await SampleFolder()
        let empty = sample.parent.url.appendingPathComponent("empty")
        try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
        var source = sample.source
        source.folder = empty
        await #expect(throws: BackupError.noDatabase(path: empty.path)) {
            _ = try await FolderBackup(source, to: sample.repository()).run()
        }
        source.folder = sample.parent.url.appendingPathComponent("absent")
        await #expect(throws: BackupError.noFolder(path: source.folder.path)) {
            _ = try await FolderBackup(source, to: sample.repository()).run()
        }
        source = sample.source
        source.knownMigrations = ["workspace.sqlite": []]
        let error = await #expect(throws: BackupError.self) {
            _ = try await FolderBackup(source, to: sample.repository()).run()
        }
        guard case .newerSchema(let database, let unknown) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(database.hasSuffix("workspace.sqlite") && unknown.contains("1-workspace"))
        #expect(try await sample.repository().list().isEmpty)
    }

    @Test func `of a newer schema is not restored`() async throws {
        let sample = try await SampleFolder()
        _ = try await FolderBackup(sample.source, to: sample.repository()).run()
        let restoration = FolderRestoration(
            from: sample.repository(), knownMigrations: ["workspace.sqlite": ["0-before"]])
        await #expect(throws: BackupError.self) {
            _ = try await restoration.restore(try await sample.repository().find(), to: sample.target)
        }
        #expect(!FileManager.default.fileExists(atPath: sample.target.path))
    }

    @Test func `tells of a row whose file is not there, and keeps the rest`() async throws {
        let sample = try await SampleFolder()
        try await sample.files.remove(SampleFolder.key("a0000000"))
        let outcome = try await FolderBackup(sample.source, to: sample.repository()).run()
        #expect(outcome.remarks == ["files/files/a0/a0000000 is named by a database and is not there"])
    }
}
