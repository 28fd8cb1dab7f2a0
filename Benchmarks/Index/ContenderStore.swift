import Foundation
import VectorIndex

/// How the store under test is made. Every index benchmark makes it here and nowhere else, so that all
/// measure the same thing.
struct ContenderStore {
    /// Number formats a store can walk in, by the names `--format` takes.
    static let formats = VectorFormat.allCases.map(\.description)
    /// Threads a build can be spread over.
    static let threadsAllowed = 1...64

    /// How the walk's vectors are coded.
    var format = VectorFormat.int8
    /// Links a vector gets on each layer.
    var M = 16
    /// Candidates kept while a vector is inserted.
    var efConstruction = 200
    /// Threads that build.
    var threads = 1
    /// Of the random layers.
    var seed: UInt64 = 1

    /// Reads `--format`, `--M` and `--ef-construction`.
    init(_ arguments: BenchmarkArguments) throws {
        M = try arguments.integer("M", or: M)
        efConstruction = try arguments.integer("ef-construction", or: efConstruction)
        guard let name = arguments.text("format") else { return }
        guard let format = VectorFormat.allCases.first(where: { $0.description == name }) else {
            throw BenchmarkError(
                "the index has no format \(name); it has \(Self.formats.joined(separator: ", ")).")
        }
        self.format = format
    }

    /// The options ``init(_:)`` reads.
    static let options: Set<String> = ["format", "M", "ef-construction"]

    /// An empty store, or the one saved in `directory`.
    func make(dimension: Int, directory: URL? = nil) throws -> LocalVectorStore {
        guard Self.threadsAllowed.contains(threads) else {
            throw BenchmarkError("the index builds with \(Self.threadsAllowed) threads, not \(threads).")
        }
        let parameters = try HNSWParameters(
            M: M, efConstruction: efConstruction, seed: seed, format: format, threads: threads)
        return try LocalVectorStore(
            directory: directory, dimension: dimension, metric: .cosine, parameters: parameters)
    }
}
