import ArgumentParser
import Backends
import Ingest
import Models
import VectorIndex

struct IndexCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index",
        abstract: "Looks after the vector index of the data folder.",
        discussion: """
            The index is derived from the database: every other command rebuilds one that it finds damaged.
            These show it as it is. Where vectors lie in PostgreSQL or
            OpenSearch, only stats has something to show.
            """,
        subcommands: [Stats.self, Verify.self, Compact.self, Publish.self, Fetch.self])

    /// What the index holds and what it costs.
    struct Stats: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "stats", abstract: "Shows what the index holds and what it costs.")

        @OptionGroup var common: CommonOptions
        @OptionGroup var tenant: TenantOption

        func run() async throws {
            let services = try await tenant.services(common)
            switch services.settings[\.vectors.provider] {
            case .local: break
            case .pgvector: return try await shared(services)
            case .openSearch: return try await inOpenSearch(services)
            }
            let figures = try await services.indexAsItIs().statistics()
            if common.json {
                print(try JSONText.encode(IndexFigures(figures)))
                return
            }
            print("vectors          \(figures.count)")
            print("removed, waiting \(figures.deadCount)")
            print("layers           \(figures.layerCount)")
            print("format           \(figures.format)")
            print("memory           \(figures.bytesPerVector) bytes a vector")
            print("snapshot         \(ByteCount.text(figures.snapshotByteCount))")
            print(
                "log              \(ByteCount.text(figures.logByteCount)), \(figures.logRecordCount) changes")
            print("generation       \(figures.generation)")
        }

        /// Of vectors in PostgreSQL: this machine holds none.
        private func shared(_ services: Services) async throws {
            let store = try await services.sharedVectors(model: try await services.embedder().model)
            let figures = try await VectorWriter.waiting { () throws(VectorIndexError) in
                try store.statistics()
            }
            if common.json {
                print(try JSONText.encode(IndexFigures(figures)))
                return
            }
            let isIndexed = try await store.isIndexed()
            print("vectors          \(figures.count), in PostgreSQL")
            print("format           \(figures.format)")
            print("on the server    \(ByteCount.text(figures.snapshotByteCount)), the index included")
            print("index            \(isIndexed ? "HNSW" : "none yet: searches compare all vectors")")
        }

        /// Of vectors in OpenSearch.
        private func inOpenSearch(_ services: Services) async throws {
            let store = try await services.openSearchVectors(model: try await services.embedder().model)
            let figures = try await VectorWriter.waiting { () throws(VectorIndexError) in
                try store.statistics()
            }
            if common.json {
                print(try JSONText.encode(IndexFigures(figures)))
                return
            }
            print("vectors          \(figures.count), in OpenSearch at \(store.host)")
            print("format           \(figures.format)")
            print("on the cluster   \(ByteCount.text(figures.snapshotByteCount)), copies included")
            print("index            HNSW by \(store.options.engine.rawValue), alias \(store.alias)")
        }
    }

    /// Whether every byte is as it was written.
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Reads the index's files and compares them with their checksums.",
            discussion: "Exit code 1, and what is damaged, if anything is.")

        @OptionGroup var common: CommonOptions
        @OptionGroup var tenant: TenantOption

        func run() async throws {
            let index = try await tenant.services(common).indexAsItIs()
            try index.verify()
            let figures = index.statistics()
            if common.json {
                print(try JSONText.encode(IndexFigures(figures)))
            } else {
                print("\(figures.count) vectors; every byte is as it was written.")
            }
        }
    }

    /// A smaller, faster index.
    struct Compact: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "compact",
            abstract: "Writes the index anew, without what was removed, and empties its log.",
            discussion: "Millrace does it by itself when the log has grown long.")

        @OptionGroup var common: CommonOptions
        @OptionGroup var tenant: TenantOption

        func run() async throws {
            let index = try await tenant.services(common).indexAsItIs()
            let before = index.statistics()
            try index.compact()
            let after = index.statistics()
            if common.json {
                print(try JSONText.encode(IndexFigures(after)))
                return
            }
            let (old, new) = (before.diskByteCount, after.diskByteCount)
            print(
                "\(after.count) vectors; \(ByteCount.text(old)) on disk before, \(ByteCount.text(new)) now.")
        }
    }
}

extension IndexStatistics {
    fileprivate var diskByteCount: Int { snapshotByteCount + logByteCount }
}

/// An index's figures as `--json` shows them.
private struct IndexFigures: Encodable {
    var count: Int
    var deadCount: Int
    var layerCount: Int
    var format: String
    var bytesPerVector: Int
    var snapshotBytes: Int
    var logBytes: Int
    var logRecords: Int
    var generation: UInt64

    init(_ figures: IndexStatistics) {
        (count, deadCount) = (figures.count, figures.deadCount)
        (layerCount, format) = (figures.layerCount, figures.format.description)
        bytesPerVector = figures.bytesPerVector
        (snapshotBytes, logBytes) = (figures.snapshotByteCount, figures.logByteCount)
        (logRecords, generation) = (figures.logRecordCount, figures.generation)
    }
}
