import Backup
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct `Pruning` {
    @Test func `keeps the newest and all that they need, and takes the rest`() async throws {
        let sample = try await SampleFolder()
        let repository = sample.repository()
        let backup = FolderBackup(sample.source, to: repository)
        var ids: [String] = []
        for number in 20..<24 {
            try await sample.say(number)
            ids.append(try await backup.run(check: .written).manifest.id)
        }
        // Of one second, ids are in no order.
        let newest = try await repository.list().map(\.id.text)
        #expect(Set(newest) == Set(ids))
        let outcome = try await repository.prune(keeping: 2)
        #expect(Set(outcome.removed.map(\.text)) == Set(newest.dropFirst(2)))
        #expect(outcome.removedObjectCount > 0 && !outcome.isWaitingForBackup)
        let left = try await repository.list()
        #expect(left.map(\.id.text) == Array(newest.prefix(2)))
        var needed: Set<String> = []
        for summary in left {
            #expect(try await repository.verify(summary).isEmpty)
            needed.formUnion(try await repository.manifest(of: summary).blocks)
        }
        let objects = try FileManager.default.subpathsOfDirectory(atPath: sample.place.path)
            .compactMap { $0.split(separator: "/").last.map(String.init) }.filter { $0.count == 64 }
        #expect(Set(objects) == needed)
        let again = try await repository.prune(keeping: 2)
        #expect(again.removed.isEmpty && again.removedObjectCount == 0)
    }

    @Test func `leaves a backup that is being written its blocks, and clears up after a dead one`()
        async throws
    {
        let sample = try await SampleFolder()
        let killed = FaultyStore(BackupFolder(sample.place), writes: 8, then: .killed)
        await #expect(throws: BackupError.self) {
            _ = try await FolderBackup(sample.source, to: sample.repository(killed)).run()
        }
        let early = try await sample.repository().prune(keeping: 1)
        #expect(early.isWaitingForBackup && early.removed.isEmpty && early.removedObjectCount == 0)
        let later = sample.repository(now: {
            Date(timeIntervalSinceNow: BackupRepository.unfinishedSeconds + 5)
        })
        let outcome = try await later.prune(keeping: 1)
        #expect(outcome.removed.count == 1 && (1...7).contains(outcome.removedObjectCount))
        #expect(try await later.list().isEmpty)
    }

    @Test func `removes nothing when one that is to stay cannot be read`() async throws {
        let sample = try await SampleFolder()
        let repository = sample.repository()
        let backup = FolderBackup(sample.source, to: repository)
        for _ in 0..<2 { _ = try await backup.run(check: .none) }
        let newest = try await repository.find().id
        try Data("{}".utf8).write(
            to: sample.place.appendingPathComponent("backups/\(newest)/manifest.json"))
        let before = try FolderState(sample.place)
        await #expect(throws: BackupError.self) { _ = try await repository.prune(keeping: 1) }
        #expect(try FolderState(sample.place) == before)
    }
}
