/// The vectors of an index as points of a plane, near each other where the vectors are.
///
/// A picture of neighbourhoods: which passages lie together, and which groups there are. How far apart two groups
/// lie, and how wide one is, says little: no plane holds the distances of some hundred dimensions.
public struct EmbeddingMap: Sendable, Equatable {
    /// How points got their places.
    public enum Method: String, Sendable {
        /// By the two directions in which the vectors differ most, and then by their neighbours in the graph.
        case neighbours
        /// By those two directions alone: there are too few vectors for neighbourhoods.
        case components
        /// There is nothing to see.
        case none
    }

    /// Ids of the vectors, ascending.
    public let ids: [UInt64]
    /// Coordinates from 0 to 65,535, one of each for each id. The plane is a square, so that both have one scale.
    public let x: [UInt16]
    /// As ``x``.
    public let y: [UInt16]
    /// How the places were found.
    public let method: Method
    /// Whether the index holds more vectors.
    public let isSample: Bool
    /// The same vectors, links and seed make the same map.
    public let seed: UInt64

    /// - Precondition: as many coordinates as ids.
    public init(
        ids: [UInt64], x: [UInt16], y: [UInt16], method: Method, isSample: Bool, seed: UInt64
    ) {
        precondition(
            ids.count == x.count && x.count == y.count, "\(ids.count) ids, \(x.count) and \(y.count) places")
        (self.ids, self.x, self.y) = (ids, x, y)
        (self.method, self.isSample, self.seed) = (method, isSample, seed)
    }

    /// The most points that a map has.
    public static let pointLimit = 100_000

    /// Points of the map, at most ``pointLimit``.
    public var count: Int { ids.count }
}

extension LocalVectorStore {
    /// Draws a map of the stored vectors.
    ///
    /// Searches go on meanwhile; what writers remove keeps its room while the vectors are read. Call it from a thread
    /// that may be busy for seconds.
    ///
    /// - Parameters:
    ///   - limit: points at most, 1…``EmbeddingMap/pointLimit``. Of more vectors those are drawn whose mixed ids come
    ///     first, so that a map after a change has mostly the points of the one before.
    ///   - seed: of the drawing's random numbers: the same vectors, links and seed make
    ///     the same map.
    ///   - progress: is told the share done, 0…1, now and then; `false` ends the drawing.
    /// - Returns: `nil` if `progress` ended it.
    /// - Throws: ``VectorIndexError/damaged(file:reason:)`` when a vector cannot be read.
    /// - Complexity: 100,000 vectors of 384 dimensions take some seconds of one core, and 40 MB of memory.
    public func map(
        limit: Int = EmbeddingMap.pointLimit, seed: UInt64 = 1, progress: (Double) -> Bool = { _ in true }
    ) throws(VectorIndexError) -> EmbeddingMap? {
        try VectorChecks.check("limit", limit, in: 1...EmbeddingMap.pointLimit)
        let sample = try reading { index, scratch throws(VectorIndexError) in
            try MapSample.taken(
                from: index, limit: limit, seed: seed, scratch: scratch, progress: { progress(0.4 * $0) })
        }
        guard let sample else { return nil }
        var plane = MapPlane(sample.components)
        if sample.method == .neighbours {
            let edges = NeighbourhoodEdges(sample.neighbours, count: sample.ids.count)
            guard progress(0.45) else { return nil }
            let layout = MapLayout(edges: edges, seed: seed)
            guard layout.arrange(&plane.positions, progress: { progress(0.45 + 0.55 * $0) }) else {
                return nil
            }
        }
        let (x, y) = plane.quantized()
        return EmbeddingMap(
            ids: sample.ids, x: x, y: y, method: sample.method, isSample: sample.isSample, seed: seed)
    }
}
