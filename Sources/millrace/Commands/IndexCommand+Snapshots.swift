import ArgumentParser
import Foundation
import Ingest
import Models
import TextIndex
import VectorIndex

extension IndexCommand {
    /// What other machines begin from.
    struct Publish: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "publish",
            abstract: "Publishes a snapshot of the indexes where index.snapshots says.",
            discussion: """
                Brings the indexes of the data folder level with the database first. `serve` and `work` do it by
                themselves every index.snapshot_minutes; while one of them has this data folder, name another with --data.
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var tenant: TenantOption

        func run() async throws {
            let services = try await tenant.services(common)
            try services.requireDataFolder()
            guard let follower = try await services.indexFollower(),
                let publisher = try await services.snapshotPublisher(follower)
            else { throw SnapshotOutput.noPlace }
            let outcome = try await Interruption.cancelling { try await publisher.publish() }
            switch outcome {
            case .published(let snapshot, let figures):
                try SnapshotOutput.print(
                    SnapshotOutput(
                        sequence: snapshot.sequence, generation: snapshot.generation, isNew: true,
                        bytes: figures.byteCount, movedBytes: figures.newByteCount), "uploaded", common.json)
            case .isThere(let snapshot):
                try SnapshotOutput.print(
                    SnapshotOutput(
                        sequence: snapshot.sequence, generation: snapshot.generation, isNew: false, bytes: 0,
                        movedBytes: 0), "uploaded", common.json)
            }
        }
    }

    /// A beginning that another machine has made.
    struct Fetch: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "fetch",
            abstract: "Takes the newest snapshot in place of the indexes of the data folder.",
            discussion: """
                What is fetched is brought level with the database. `serve` and `work` do it by themselves when they start
                with indexes that are missing, damaged or far behind. Exit code 1, and the reason, if the snapshot
                cannot be used; an index that could not be taken is then as it was.
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var tenant: TenantOption

        func run() async throws {
            let services = try await tenant.services(common)
            guard let snapshots = try await services.indexSnapshots() else { throw SnapshotOutput.noPlace }
            let manifest = try await snapshots.fetcher.find()
            let folders = (
                vectors: try await services.indexFolder(), words: try await services.wordsFolder()
            )
            let (vectors, words) = try await Interruption.cancelling {
                (
                    try await snapshots.fetcher.fetch(.vectors, of: manifest, reusing: folders.vectors),
                    try await snapshots.fetcher.fetch(.words, of: manifest, reusing: folders.words)
                )
            }
            // All of it is here. Each index is exchanged in one step, or stays as it was.
            if let vectors {
                let dimension = try await services.embedder().model.dimension
                try await VectorWriter.waiting {
                    try Self.takeVectors(from: vectors.folder, into: folders.vectors, dimension: dimension)
                }
            }
            if let words {
                try await WordIndex.waiting { try Self.takeWords(from: words.folder, into: folders.words) }
            }
            for part in SnapshotManifest.Part.allCases { try await snapshots.fetcher.discard(part) }
            let fetched = (vectors?.figures.fetchedByteCount ?? 0) + (words?.figures.fetchedByteCount ?? 0)
            // Opening them brings them level.
            _ = try await services.index()
            _ = try await services.words()
            try SnapshotOutput.print(
                SnapshotOutput(
                    sequence: manifest.sequence, generation: manifest.generation, isNew: true,
                    bytes: manifest.byteCount, movedBytes: fetched), "downloaded", common.json)
        }

        private static func takeVectors(from fetched: URL, into folder: URL, dimension: Int) throws {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            func open() throws(VectorIndexError) -> LocalVectorStore {
                try LocalVectorStore(directory: folder, dimension: dimension, metric: .cosine)
            }
            let index: LocalVectorStore
            do throws(VectorIndexError) {
                index = try open()
            } catch {
                // One that cannot be used is of no use to anybody, and would be made anew by the next command.
                guard error.isCuredByRebuilding else { throw error }
                try LocalVectorStore.reset(directory: folder)
                index = try open()
            }
            try index.adopt(snapshotIn: fetched)
        }

        private static func takeWords(from fetched: URL, into folder: URL) throws {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let index: LocalTextStore
            do throws(TextIndexError) {
                index = try LocalTextStore(directory: folder)
            } catch {
                guard error.isCuredByRebuilding else { throw error }
                try LocalTextStore.reset(directory: folder)
                index = try LocalTextStore(directory: folder)
            }
            try index.adopt(filesIn: fetched)
        }
    }
}

/// What both commands say.
private struct SnapshotOutput: Encodable {
    var sequence: Int64
    var generation: Int64
    var isNew: Bool
    var bytes: Int
    var movedBytes: Int

    static let noPlace = CommandError(
        "Say where snapshots of the indexes lie with the setting index.snapshots: a folder or s3://BUCKET/PREFIX."
    )

    static func print(_ output: SnapshotOutput, _ moved: String, _ asJSON: Bool) throws {
        if asJSON { return Swift.print(try JSONText.encode(output)) }
        guard output.isNew else {
            return Swift.print("The newest snapshot, of change \(output.sequence), is up to date.")
        }
        Swift.print(
            "Snapshot of change \(output.sequence): \(ByteCount.text(output.bytes)), of which "
                + "\(ByteCount.text(output.movedBytes)) \(moved).")
    }
}
