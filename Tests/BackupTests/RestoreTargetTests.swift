import Backup
import Corpus
import CorpusSQLite
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct `A restore` {
    private func restore(
        _ sample: SampleFolder, to folder: URL, replacing: Bool = false
    ) async throws -> RestoreOutcome {
        let repository = sample.repository()
        return try await FolderRestoration(from: repository)
            .restore(try await repository.find(), to: folder, replacing: replacing)
    }

    @Test func `takes an empty folder, and refuses one with anything in it`() async throws {
        let sample = try await SampleFolder()
        _ = try await FolderBackup(sample.source, to: sample.repository()).run()
        let empty = sample.parent.url.appendingPathComponent("empty")
        try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
        _ = try await restore(sample, to: empty)
        let before = try FolderState(empty)
        await #expect(throws: BackupError.targetNotEmpty(path: empty.path)) {
            _ = try await restore(sample, to: empty)
        }
        #expect(try FolderState(empty) == before)
        #expect(try await FolderContents(empty).messages.count == 20)
        let file = try sample.parent.write("a file", to: "occupied")
        await #expect(throws: BackupError.self) { _ = try await restore(sample, to: file) }
        #expect(try Data(contentsOf: file) == Data("a file".utf8))
    }

    @Test func `puts a folder aside when it is told to, but none that is in use`() async throws {
        let sample = try await SampleFolder()
        _ = try await FolderBackup(sample.source, to: sample.repository()).run()
        try sample.parent.write("precious", to: "restored/mine.txt")
        let outcome = try await restore(sample, to: sample.target, replacing: true)
        let old = try #require(outcome.replacedFolder)
        #expect(old.hasPrefix(sample.target.path + ".before-restore-"))
        #expect(try String(contentsOfFile: old + "/mine.txt", encoding: .utf8) == "precious")
        #expect(try await FolderContents(sample.target).documents.count == 20)

        // The sample's own folder is open, in this process as in any other.
        await #expect(throws: BackupError.targetInUse(path: sample.data.path, processID: getpid())) {
            _ = try await restore(sample, to: sample.data, replacing: true)
        }
        #expect(try await sample.corpus.storedVersions().count == 20)
    }

    @Test func `clears up what a killed one has left, and nothing that is being made`() async throws {
        let sample = try await SampleFolder()
        _ = try await FolderBackup(sample.source, to: sample.repository()).run()
        try sample.parent.write("half", to: ".restored.restoring-dead/corpus.sqlite")
        let alive = sample.parent.url.appendingPathComponent(".restored.restoring-alive")
        let lock = try DataFolder(alive)
        _ = try await restore(sample, to: sample.target)
        let names = try FileManager.default.contentsOfDirectory(atPath: sample.parent.url.path)
        #expect(!names.contains(".restored.restoring-dead") && names.contains(alive.lastPathComponent))
        withExtendedLifetime(lock) {}
    }

    @Test func `of what there is not names it`() async throws {
        let sample = try await SampleFolder()
        let repository = sample.repository()
        await #expect(throws: BackupError.noBackups(place: sample.place.path)) {
            _ = try await repository.find()
        }
        for name in ["20260101T000000Z-00000000", "../x", ""] {
            await #expect(throws: BackupError.unknownBackup(id: name, place: sample.place.path)) {
                _ = try await repository.find(name)
            }
        }
    }
}
