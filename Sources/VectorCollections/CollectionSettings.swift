import VectorIndex

/// What a collection is made with, and keeps for as long as it is there.
public struct CollectionSettings: Sendable, Hashable, Codable {
    /// What “near” means, and how a score comes of it. Larger is better in each.
    public enum Metric: String, Sendable, Hashable, Codable, CaseIterable {
        /// The cosine of the angle, −1…1. The zero vector has none and is refused.
        case cosine
        /// The inner product.
        case dot
        /// The Euclidean distance with a minus before it, so that larger is better here too; 0 is the same vector.
        case euclidean
    }

    /// The numbers that searches compare first; the nearest are compared again on the full vectors.
    public enum Format: String, Sendable, Hashable, Codable, CaseIterable {
        case float32, float16, int8, int4
    }

    /// Floats of each vector.
    public var dimension: Int
    public var metric: Metric
    public var format: Format
    /// Links of a vector in the graph; see `HNSWParameters`.
    public var m: Int
    /// How wide the graph is searched while it is built.
    public var efConstruction: Int
    /// How wide a search looks that does not say so itself.
    public var efSearch: Int

    public static let dimensions = 1...4_096
    public static let links = 2...128
    public static let widths = 1...4_096

    public init(
        dimension: Int, metric: Metric = .cosine, format: Format = .int8, m: Int = 16,
        efConstruction: Int = 200, efSearch: Int = 64
    ) {
        self.dimension = dimension
        self.metric = metric
        self.format = format
        self.m = m
        self.efConstruction = efConstruction
        self.efSearch = efSearch
    }

    /// - Throws: ``CollectionError/invalid(field:reason:)`` for a number out of its range.
    public func check() throws(CollectionError) {
        let numbers = [
            ("dimension", dimension, Self.dimensions), ("m", m, Self.links),
            ("ef_construction", efConstruction, Self.widths), ("ef_search", efSearch, Self.widths),
        ]
        for (name, value, allowed) in numbers where !allowed.contains(value) {
            throw .invalid(
                field: name,
                reason: "is \(value); it must be from \(allowed.lowerBound) to \(allowed.upperBound)")
        }
    }

    /// What is different in `other`, for people.
    func differences(from other: CollectionSettings) -> [String] {
        var found: [String] = []
        func compare(
            _ name: String, _ own: some CustomStringConvertible, _ wanted: some CustomStringConvertible
        ) {
            if own.description != wanted.description { found.append("\(name) is \(own), not \(wanted)") }
        }
        compare("dimension", dimension, other.dimension)
        compare("metric", metric.rawValue, other.metric.rawValue)
        compare("format", format.rawValue, other.format.rawValue)
        compare("m", m, other.m)
        compare("ef_construction", efConstruction, other.efConstruction)
        compare("ef_search", efSearch, other.efSearch)
        return found
    }
}

extension CollectionSettings {
    var indexMetric: VectorIndex.Metric {
        switch metric {
        case .cosine: .cosine
        case .dot: .innerProduct
        case .euclidean: .squaredL2
        }
    }

    var parameters: HNSWParameters {
        get throws(VectorIndexError) {
            let format: VectorFormat =
                switch self.format {
                case .float32: .float32
                case .float16: .float16
                case .int8: .int8
                case .int4: .int4
                }
            return try HNSWParameters(
                M: m, efConstruction: efConstruction, efSearch: efSearch, format: format)
        }
    }

    /// The score of a distance as the index measures it.
    @inline(__always)
    func score(of distance: Float) -> Float {
        switch metric {
        case .cosine: 1 - distance
        case .dot: 0 - distance
        case .euclidean: 0 - distance.squareRoot()
        }
    }
}
