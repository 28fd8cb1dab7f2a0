import Crypto
import Foundation
import TestSupport
import Testing

@testable import Backup

@Suite(.timeLimit(.minutes(2))) struct `Sealed streams` {
    private let key = SymmetricKey(size: .bits256)
    private let context = Data("context".utf8)
    private static let chunk = SealedStream.chunkByteCount
    private static let sizes = [0, 1, chunk - 1, chunk, chunk + 1, 2 * chunk, 2 * chunk + 5]

    private func bytes(_ count: Int) -> Data {
        Data((0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) })
    }

    @Test(arguments: sizes) func `open with their key and context, and with no other`(count: Int) throws {
        let plain = bytes(count)
        let sealed = try SealedStream.seal(plain, key: key, context: context)
        #expect(sealed.count == plain.count + 16 * max(1, (count + Self.chunk - 1) / Self.chunk))
        #expect(try SealedStream.open(sealed, key: key, context: context) == plain)
        #expect(throws: SealedStream.Unopened(offset: 0)) {
            try SealedStream.open(sealed, key: SymmetricKey(size: .bits256), context: context)
        }
        #expect(throws: SealedStream.Unopened(offset: 0)) {
            try SealedStream.open(sealed, key: key, context: Data("other".utf8))
        }
    }

    @Test func `that were cut off, lengthened or put in another order do not open`() throws {
        let step = Self.chunk + SealedStream.tagByteCount
        let sealed = try SealedStream.seal(bytes(3 * Self.chunk), key: key, context: context)
        let parts = (0..<3).map { sealed[($0 * step)..<(($0 + 1) * step)] }
        let changed: [Data] = [
            Data(), sealed.dropLast(), sealed.dropLast(step), Data(parts[0]), sealed + Data([0]),
            sealed + parts[2], parts[1] + parts[0] + parts[2], parts[0] + parts[2],
            parts[0] + parts[0] + parts[2],
        ]
        for (index, data) in changed.enumerated() {
            #expect(throws: SealedStream.Unopened.self, "change \(index)") {
                try SealedStream.open(data, key: key, context: context)
            }
        }
    }
}

@Suite(.timeLimit(.minutes(2))) struct `Encrypted backups` {
    private let secret: BackupSecret

    init() throws { secret = try BackupSecret("correct horse battery") }

    @Test func `hold nothing of their content, not even its digest`() async throws {
        let sample = try await SampleFolder()
        let repository = sample.repository(secret: secret)
        let manifest = try await FolderBackup(sample.source, to: repository).run().manifest
        let names = try FileManager.default.subpathsOfDirectory(atPath: sample.place.path)
        for name in names where !name.hasSuffix("/") {
            let file = sample.place.appendingPathComponent(name)
            guard let bytes = try? Data(contentsOf: file) else { continue }
            for word in ["mill race", "SQLite format 3", "corpus.sqlite", "notes"] {
                #expect(bytes.range(of: Data(word.utf8)) == nil, "\(word) in \(name)")
            }
        }
        let file = try #require(manifest.files.first { $0.path.hasSuffix("a0000000") })
        #expect(file.blocks != [file.sha256])
        #expect(!names.contains { $0.contains(file.sha256) })
    }

    @Test func `go on with the same key, and share what has not changed`() async throws {
        let sample = try await SampleFolder()
        _ = try await FolderBackup(sample.source, to: sample.repository(secret: secret)).run()
        // As by another process, which has derived no key yet.
        let next = try await FolderBackup(sample.source, to: sample.repository(secret: secret)).run()
        #expect(next.newObjectCount == 0)
    }

    @Test func `refuse another key and none, at every step, and take nothing from it`() async throws {
        let sample = try await SampleFolder()
        let repository = sample.repository(secret: secret)
        let id = try await FolderBackup(sample.source, to: repository).run().manifest.id
        let before = try FolderState(sample.place)
        let wrong = sample.repository(secret: try BackupSecret("wrong horse battery"))
        let none = sample.repository()
        let place = sample.place.path
        for (other, refusal) in [
            (wrong, BackupError.wrongKey(id: id, place: place)), (none, .keyNeeded(place: place)),
        ] {
            let found = try await other.find()
            await #expect(throws: refusal) { _ = try await other.verify(found) }
            await #expect(throws: refusal) { _ = try await other.prune(keeping: 1) }
            await #expect(throws: refusal) {
                _ = try await FolderRestoration(from: other).restore(found, to: sample.target)
            }
            await #expect(throws: refusal) { _ = try await FolderBackup(sample.source, to: other).run() }
        }
        #expect(try FolderState(sample.place) == before)
        #expect(!FileManager.default.fileExists(atPath: sample.target.path))
    }

    @Test func `do not mix with plain ones`() async throws {
        let sample = try await SampleFolder()
        _ = try await FolderBackup(sample.source, to: sample.repository()).run()
        await #expect(throws: BackupError.keyNotUsed(place: sample.place.path)) {
            _ = try await FolderBackup(sample.source, to: sample.repository(secret: secret)).run()
        }
    }

    @Test func `take a passphrase from a file that its owner alone may read`() throws {
        let folder = try TemporaryDirectory()
        let file = try folder.write("correct horse battery\n", to: "passphrase")
        #expect(chmod(file.path, 0o600) == 0)
        #expect(try BackupSecret(file: file.path).bytes == secret.bytes)
        #expect(chmod(file.path, 0o640) == 0)
        #expect(throws: BackupError.self) { try BackupSecret(file: file.path) }
        for text in ["", "\n\n", "short\n"] {
            try folder.write(text, to: "passphrase")
            #expect(chmod(file.path, 0o600) == 0)
            #expect(throws: BackupError.self) { try BackupSecret(file: file.path) }
        }
        #expect(throws: BackupError.self) { try BackupSecret(file: folder.path("absent")) }
    }
}
