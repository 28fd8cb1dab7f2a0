import Backup
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(3))) struct `A backup that is interrupted` {
    @Test func `by a kill at any write is none, and the next one goes on from it`() async throws {
        let sample = try await SampleFolder()
        var writes = 0
        var isWhole = false
        while !isWhole {
            let place = sample.parent.url.appendingPathComponent("backups-\(writes)")
            let store = FaultyStore(BackupFolder(place), writes: writes, then: .killed)
            let repository = BackupRepository(store: store, place: place.path, blockByteCount: 1 << 14)
            let result = await Result {
                try await FolderBackup(sample.source, to: repository).run(check: .none)
            }
            let left = BackupRepository(
                store: BackupFolder(place), place: place.path, blockByteCount: 1 << 14)
            isWhole = !store.hasStopped
            if isWhole {
                #expect(throws: Never.self) { try result.get() }
                break
            }
            #expect(throws: BackupError.self) { try result.get() }
            await #expect(throws: BackupError.noBackups(place: place.path)) { _ = try await left.find() }
            let states = try await left.list().map(\.state)
            #expect(states.allSatisfy { $0 != .finished } && states.count == min(writes, 1))
            let next = try await FolderBackup(sample.source, to: left).run()
            #expect(try await left.find().id.text == next.manifest.id)
            writes += max(1, writes / 2)
        }
        #expect(writes > 5)
    }

    @Test func `by a full disk leaves nothing behind`() async throws {
        let sample = try await SampleFolder()
        let full = BackupError.diskFull(path: sample.place.path)
        let store = FaultyStore(BackupFolder(sample.place), writes: 12, then: .writes(full))
        await #expect(throws: full) {
            _ = try await FolderBackup(sample.source, to: sample.repository(store)).run()
        }
        let rest = try FileManager.default.subpathsOfDirectory(atPath: sample.place.path)
            .filter { $0.split(separator: "/").last?.count == 64 || $0.hasSuffix("started") }
        #expect(rest.isEmpty, "\(rest)")
        #expect(try await sample.repository().list().isEmpty)
    }

    @Test func `by a refusal of the destination says what it said`() async throws {
        struct Refused: Error, CustomStringConvertible { let description = "AccessDenied: not for you" }
        let sample = try await SampleFolder()
        let store = FaultyStore(BackupFolder(sample.place), writes: 3, then: .writes(Refused()))
        await #expect(
            throws: BackupError.destination(place: sample.place.path, reason: "AccessDenied: not for you")
        ) {
            _ = try await FolderBackup(sample.source, to: sample.repository(store)).run()
        }
        #expect(try await sample.repository().list().isEmpty)
    }

    @Test func `by a destination that is no folder names it`() async throws {
        let sample = try await SampleFolder()
        let file = try sample.parent.write("a file", to: "occupied")
        let place = file.appendingPathComponent("backups")
        let repository = BackupRepository(store: BackupFolder(place), place: place.path)
        let error = await #expect(throws: BackupError.self) {
            _ = try await FolderBackup(sample.source, to: repository).run()
        }
        #expect("\(String(describing: error))".contains(file.path), "\(String(describing: error))")
    }
}

extension Result where Failure == any Error {
    /// The outcome of what may throw.
    fileprivate init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
