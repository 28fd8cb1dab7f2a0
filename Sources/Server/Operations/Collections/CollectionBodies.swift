import JSONValue
import VectorCollections

/// Schemas that several operations of collections have.
enum CollectionSchemas {
    static let pointID = JSONSchema.anyOf([
        JSONSchema(["type": "integer", "minimum": 0]),
        JSONSchema(["type": "string", "minLength": 1, "maxLength": 256]),
    ])

    static let filter = JSONSchema.request(
        required: [:],
        optional: [
            "must": .list(of: .anyObject), "must_not": .list(of: .anyObject), "should": .list(of: .anyObject),
        ]
    ).named("CollectionFilter")

    static let point = JSONSchema.object(
        required: ["id": pointID], optional: ["payload": .anyObject, "vector": .list(of: .number)]
    ).named("StoredPoint")
}

/// The smaller bodies of collections' operations, each read from front to back.
enum CollectionBodies {
    static func filter(_ json: JSONValue, _ name: String) throws(RequestFault) -> CollectionFilter {
        do {
            return try CollectionFilter(json, place: name)
        } catch {
            throw RequestFault(error)
        }
    }

    static func ids(_ cursor: inout JSONCursor) throws(RequestFault) -> [PointID] {
        var ids: [PointID] = []
        try cursor.list("ids", limit: CollectionLimits.idsPerCall) { cursor, position throws(RequestFault) in
            ids.append(try cursor.pointID("ids[\(position)]"))
        }
        return ids
    }
}

/// Which points a deletion is of: those of these ids, or those that a filter admits.
enum PointSelection: Sendable {
    case ids([PointID])
    case filter(CollectionFilter)

    static let summary = "the points that go: either their ids, or a filter"

    static var schema: JSONSchema {
        JSONSchema.anyOf([
            .object(required: [
                "ids": .list(of: CollectionSchemas.pointID, count: 0...CollectionLimits.idsPerCall)
            ]),
            .object(required: ["filter": CollectionSchemas.filter]),
        ]).named("PointSelection")
    }

    init(_ body: JSONCursor) throws(RequestFault) {
        var cursor = body
        var (ids, filter): ([PointID]?, CollectionFilter?) = (nil, nil)
        try cursor.object("the body", known: ["ids", "filter"]) { cursor, key throws(RequestFault) in
            if key == "ids" {
                ids = try CollectionBodies.ids(&cursor)
            } else {
                filter = try CollectionBodies.filter(try cursor.value("filter"), "filter")
            }
        }
        try cursor.end()
        switch (ids, filter) {
        case (let ids?, nil): self = .ids(ids)
        case (nil, let filter?): self = .filter(filter)
        default: throw .invalidField(name: "the body", reason: "must have either “ids” or “filter”")
        }
    }
}

/// The body of `POST …/points/get`.
struct PointsBody: Sendable {
    var ids: [PointID] = []
    var parts = PointParts(payload: true)

    static let summary = "the ids of points, and what of them is wanted"

    static var schema: JSONSchema {
        JSONSchema.request(
            required: ["ids": .list(of: CollectionSchemas.pointID, count: 0...CollectionLimits.idsPerCall)],
            optional: [
                "with_payload": JSONSchema.flag.standard(true),
                "with_vector": JSONSchema.flag.standard(false),
            ]
        ).named("PointRequest")
    }

    init(_ body: JSONCursor) throws(RequestFault) {
        var cursor = body
        var read: [PointID]?
        var parts = self.parts
        try cursor.object("the body", known: ["ids", "with_payload", "with_vector"]) {
            cursor, key throws(RequestFault) in
            switch key {
            case "ids": read = try CollectionBodies.ids(&cursor)
            case _ where cursor.null(): return
            case "with_payload": parts.payload = try cursor.flag(key)
            default: parts.vector = try cursor.flag(key)
            }
        }
        try cursor.end()
        guard let read else { throw .invalidField(name: "ids", reason: "is missing") }
        (ids, self.parts) = (read, parts)
    }
}

/// The body of `POST …/scroll`.
struct ScrollBody: Sendable {
    var filter: CollectionFilter?
    var limit = 100
    /// Behind which point the page begins.
    var after: UInt64?
    var parts = PointParts(payload: true)

    static let summary = "which points, and where the page begins"

    static var schema: JSONSchema {
        JSONSchema.request(
            required: [:],
            optional: [
                "filter": CollectionSchemas.filter,
                "limit": JSONSchema.integer(in: CollectionLimits.results).standard(100),
                "after": JSONSchema.text.described("“next” of the page before"),
                "with_payload": JSONSchema.flag.standard(true),
                "with_vector": JSONSchema.flag.standard(false),
            ]
        ).named("ScrollRequest")
    }

    private static let fields = ["filter", "limit", "after", "with_payload", "with_vector"]

    init(_ body: JSONCursor) throws(RequestFault) {
        var cursor = body
        var read = (filter: filter, limit: limit, after: after, parts: parts)
        try cursor.object("the body", known: Self.fields) { cursor, key throws(RequestFault) in
            if cursor.null() { return }
            switch key {
            case "filter": read.filter = try CollectionBodies.filter(try cursor.value(key), key)
            case "limit": read.limit = try cursor.wholeNumber(key)
            case "after":
                guard case .string(let text) = try cursor.value(key), let last = UInt64(text) else {
                    throw .invalidField(name: key, reason: "must be “next” of the page before")
                }
                read.after = last
            case "with_payload": read.parts.payload = try cursor.flag(key)
            default: read.parts.vector = try cursor.flag(key)
            }
        }
        try cursor.end()
        (filter, limit, after, parts) = (read.filter, read.limit, read.after, read.parts)
    }
}

/// The body of `POST …/count`.
struct CountBody: Sendable {
    var filter: CollectionFilter?

    static let summary = "a filter, or an empty object for all points"

    static var schema: JSONSchema {
        JSONSchema.request(required: [:], optional: ["filter": CollectionSchemas.filter]).named(
            "CountRequest")
    }

    init(_ body: JSONCursor) throws(RequestFault) {
        var cursor = body
        var filter: CollectionFilter?
        try cursor.object("the body", known: ["filter"]) { cursor, key throws(RequestFault) in
            if cursor.null() { return }
            filter = try CollectionBodies.filter(try cursor.value(key), key)
        }
        try cursor.end()
        self.filter = filter
    }
}
