import Concurrency
import Foundation
import TextIndex
import VectorIndex

/// What the server needs to tell of its indexes, and to draw a map of their vectors.
public struct ServedIndex: Sendable {
    public var vectors: ServedVectors
    /// A number that grows with each change of the vectors; `nil` while one is under way.
    public var revision: @Sendable () -> UInt64?
    /// What the index of words holds; `nil` where it does not say.
    public var words: (@Sendable () -> TextIndexStatistics)?
    /// The last change that the database knows.
    public var databaseGeneration: @Sendable () async throws -> Int64
    /// Breadth of the searches that are answered.
    public var efSearch: Int
    /// Where maps are kept from one process to the next; `nil` for nowhere.
    public var mapFolder: URL?

    public init(
        vectors: ServedVectors, revision: @escaping @Sendable () -> UInt64?,
        words: (@Sendable () -> TextIndexStatistics)?,
        databaseGeneration: @escaping @Sendable () async throws -> Int64, efSearch: Int, mapFolder: URL?
    ) {
        self.vectors = vectors
        self.revision = revision
        self.words = words
        self.databaseGeneration = databaseGeneration
        self.efSearch = efSearch
        self.mapFolder = mapFolder
    }

    /// Measures and draws, one after the other: both are a core's work for seconds, and neither is urgent.
    static let thread = BlockingExecutor(label: "millrace.index.figures", width: 1)
    /// Looks at what there is, which is soon done.
    static let looking = BlockingExecutor(label: "millrace.index.look", width: 2)
}
