import Foundation
import TestSupport
import Testing

@testable import Backup

@Suite(.timeLimit(.minutes(3))) struct `Damage to a backup` {
    private static let passphrases: [String?] = [nil, "correct horse battery"]

    private func objectFile(_ name: String, _ sample: SampleFolder) -> URL {
        sample.place.appendingPathComponent("objects/\(name.prefix(2))/\(name)")
    }

    /// Changes the bytes of a file, has `body` look, and puts them back.
    private func damaging(
        _ file: URL, _ change: (inout Data) -> Void, _ body: () async throws -> Void
    ) async throws {
        let sound = try Data(contentsOf: file)
        var bytes = sound
        change(&bytes)
        try bytes.write(to: file)
        try await body()
        try sound.write(to: file)
    }

    @Test(arguments: passphrases)
    func `is found by verify and by restore, and named with file and place`(passphrase: String?) async throws
    {
        let sample = try await SampleFolder()
        try sample.parent.write(
            Data((0..<50_000).map { UInt8(truncatingIfNeeded: $0) }), to: "data/index/index.log")
        let repository = sample.repository(secret: try passphrase.map { try BackupSecret($0) })
        let manifest = try await FolderBackup(sample.source, to: repository).run().manifest
        let found = try await repository.find()
        for kind in [BackupManifest.File.Kind.database, .index, .plain] {
            let file = try #require(manifest.files.last { $0.kind == kind && !$0.blocks.isEmpty })
            let place = file.blocks.count - 1
            let object = objectFile(file.blocks[place], sample)
            let changes: [(inout Data) -> Void] = [
                { $0[$0.count / 2] ^= 1 }, { $0[0] ^= 0x80 }, { $0.removeLast() }, { $0.append(0) },
                { $0 = Data() },
            ]
            for change in changes {
                try await damaging(object, change) {
                    let damage = try await repository.verify(found)
                    let isNamed = damage.contains { error in
                        guard case .damagedBlock(let name, _, _, _) = error else { return false }
                        return name == file.blocks[place]
                    }
                    #expect(isNamed, "\(kind): \(damage)")
                    let error = await #expect(throws: BackupError.self) {
                        _ = try await FolderRestoration(from: repository).restore(found, to: sample.target)
                    }
                    #expect(error?.isDamage == true)
                    #expect(!FileManager.default.fileExists(atPath: sample.target.path))
                }
            }
            let bytes = try Data(contentsOf: object)
            try FileManager.default.removeItem(at: object)
            #expect(
                try await repository.verify(found).contains { error in
                    guard case .missingBlock(let name, _, _) = error else { return false }
                    return name == file.blocks[place]
                })
            try bytes.write(to: object)
        }
        #expect(try await repository.verify(found).isEmpty)
        // Nothing is left of the restores that failed.
        let names = try FileManager.default.contentsOfDirectory(atPath: sample.parent.url.path)
        #expect(!names.contains { $0.contains("restoring") }, "\(names)")
    }

    @Test(arguments: passphrases)
    func `in any bit of the manifest is found`(passphrase: String?) async throws {
        let sample = try await SampleFolder()
        let repository = sample.repository(secret: try passphrase.map { try BackupSecret($0) })
        let manifest = try await FolderBackup(sample.source, to: repository).run().manifest
        let found = try await repository.find()
        let name = passphrase == nil ? "manifest.json" : "manifest.sealed"
        let file = sample.place.appendingPathComponent("backups/\(manifest.id)/\(name)")
        let count = try Data(contentsOf: file).count
        // scrypt takes its tenth of a second for each salt that a flipped bit makes.
        let places = stride(from: 0, to: count, by: passphrase == nil ? 23 : max(37, count / 60))
        for place in places {
            try await damaging(file, { $0[place] ^= UInt8(1 << (place % 8)) }) {
                await #expect(throws: (any Error).self, "byte \(place)") {
                    _ = try await repository.manifest(of: found)
                }
            }
        }
        #expect(try await repository.manifest(of: found).files == manifest.files)
    }

    @Test func `of the newest manifest does not keep the next backup from being written`() async throws {
        let sample = try await SampleFolder()
        let repository = sample.repository()
        let backup = FolderBackup(sample.source, to: repository)
        _ = try await backup.run()
        let second = try await backup.run().manifest
        let file = sample.place.appendingPathComponent("backups/\(second.id)/manifest.json")
        try Data("{}".utf8).write(to: file)
        _ = try await backup.run()
        #expect(try await repository.list().count == 3)
    }

    @Test func `by a manifest that names files elsewhere is refused`() async throws {
        let sample = try await SampleFolder()
        let repository = sample.repository()
        var manifest = try await FolderBackup(sample.source, to: repository).run().manifest
        let file = sample.place.appendingPathComponent("backups/\(manifest.id)/manifest.json")
        for path in ["../escaped", "/etc/escaped", "a/../../escaped", "", "a//b"] {
            manifest.files[0].path = path
            try manifest.encoded().write(to: file)
            let error = await #expect(throws: BackupError.self) {
                _ = try await repository.manifest(of: try await repository.find())
            }
            #expect(error?.isDamage == true, "\(path)")
        }
    }

    @Test func `of an object that is written again in its full length is mended by the next backup`()
        async throws
    {
        let sample = try await SampleFolder()
        let repository = sample.repository()
        let backup = FolderBackup(sample.source, to: repository)
        let manifest = try await backup.run().manifest
        let name = try #require(manifest.files.first { $0.kind == .database }?.blocks.first)
        try Data("short".utf8).write(to: objectFile(name, sample))
        let outcome = try await backup.run()
        #expect(outcome.newObjectCount == 1)
        #expect(try await repository.verify(try await repository.find(manifest.id)).isEmpty)
    }
}
