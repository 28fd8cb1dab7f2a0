/// A vector, what it is found by, and what it carries.
public struct Point: Sendable, Hashable {
    public var id: PointID
    /// As many floats as the collection has dimensions, finite. Kept as it comes, not normalised.
    public var vector: [Float]
    public var payload: Payload

    public init(id: PointID, vector: [Float], payload: Payload = .empty) {
        self.id = id
        self.vector = vector
        self.payload = payload
    }
}

/// A point as it is given back, with the parts that were asked for.
public struct StoredPoint: Sendable, Hashable {
    public var id: PointID
    public var payload: Payload?
    public var vector: [Float]?

    public init(id: PointID, payload: Payload? = nil, vector: [Float]? = nil) {
        self.id = id
        self.payload = payload
        self.vector = vector
    }
}

/// A result of a query.
public struct ScoredPoint: Sendable, Hashable {
    public var id: PointID
    /// Larger is better; see ``CollectionSettings/Metric``.
    public var score: Float
    public var payload: Payload?
    public var vector: [Float]?

    public init(id: PointID, score: Float, payload: Payload? = nil, vector: [Float]? = nil) {
        self.id = id
        self.score = score
        self.payload = payload
        self.vector = vector
    }
}

/// Which parts of points are given back beside their ids.
public struct PointParts: Sendable, Hashable {
    public var payload: Bool
    public var vector: Bool

    public init(payload: Bool = false, vector: Bool = false) {
        self.payload = payload
        self.vector = vector
    }

    var needsDatabase: Bool { payload || vector }
}
