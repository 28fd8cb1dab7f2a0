import Foundation
import JSONValue
import VectorCollections

/// The body of `POST /v1/collections/{name}/query`: one query, or several under `queries`.
struct QueryBody: Sendable {
    var queries: [CollectionQuery]
    /// Whether the answer is one list of results, or a list of such.
    var isBatch: Bool

    static let summary = "a vector to look for, or several under “queries”; or packed queries"
    private static let fields = [
        "vector", "k", "ef_search", "filter", "with_payload", "with_vector", "score_threshold",
    ]

    static var schema: JSONSchema {
        let optional: [String: JSONSchema] = [
            "k": JSONSchema.integer(in: CollectionLimits.results).standard(10),
            "ef_search": JSONSchema.integer(in: CollectionSettings.widths).described(
                "how wide the search looks; at least k"),
            "filter": CollectionSchemas.filter,
            "with_payload": JSONSchema.flag.standard(false),
            "with_vector": JSONSchema.flag.standard(false),
            "score_threshold": .number,
        ]
        let query = JSONSchema.request(required: ["vector": .list(of: .number)], optional: optional).named(
            "VectorQuery")
        let batch = JSONSchema.object(required: [
            "queries": .list(of: query, count: 0...CollectionLimits.queriesPerCall)
        ])
        return JSONSchema.anyOf([query, batch]).named("VectorQueries")
    }

    /// - Throws: ``RequestFault`` or ``CollectionError`` that names the place of what is wrong.
    init(_ body: VectorBody) async throws {
        let bytes = try await body.bytes()
        if body.isPacked {
            self.init(queries: try PackedVectors.queries(bytes), isBatch: true)
        } else {
            try self.init(json: bytes)
        }
    }

    private init(queries: [CollectionQuery], isBatch: Bool) {
        (self.queries, self.isBatch) = (queries, isBatch)
    }

    init(json: Data) throws(RequestFault) {
        var cursor = JSONCursor(json)
        var draft = Draft(place: "")
        var batch: [CollectionQuery]?
        var single: String?
        try cursor.object("the body", known: Self.fields + ["queries"]) { cursor, key throws(RequestFault) in
            guard key == "queries" else {
                single = key
                return try draft.read(key, &cursor)
            }
            var read: [CollectionQuery] = []
            try cursor.list("queries", limit: CollectionLimits.queriesPerCall) {
                cursor, position throws(RequestFault) in
                read.append(try Self.query(&cursor, "queries[\(position)]"))
            }
            batch = read
        }
        try cursor.end()
        if let single, batch != nil {
            throw .invalidField(name: single, reason: "stands beside “queries”; write it into each of them")
        }
        isBatch = batch != nil
        if let batch { queries = batch } else { queries = [try draft.query()] }
    }

    private static func query(
        _ cursor: inout JSONCursor, _ name: String
    ) throws(RequestFault) -> CollectionQuery {
        var draft = Draft(place: name + ".")
        try cursor.object(name, known: fields) { cursor, key throws(RequestFault) in
            try draft.read(key, &cursor)
        }
        return try draft.query()
    }

    /// A query of which not every field has been read.
    private struct Draft {
        let place: String
        private var vector: [Float]?
        private var rest: CollectionQuery

        init(place: String) {
            self.place = place
            rest = CollectionQuery(vector: [], place: place)
        }

        mutating func read(_ key: String, _ cursor: inout JSONCursor) throws(RequestFault) {
            let name = place + key
            // What may be absent may be null as well.
            if key != "vector", cursor.null() { return }
            switch key {
            case "vector": vector = try cursor.floats(name)
            case "k": rest.k = try cursor.wholeNumber(name)
            case "ef_search": rest.efSearch = try cursor.wholeNumber(name)
            case "with_payload": rest.parts.payload = try cursor.flag(name)
            case "with_vector": rest.parts.vector = try cursor.flag(name)
            case "score_threshold":
                let threshold = Float(try cursor.number(name))
                guard threshold.isFinite else {
                    throw .invalidField(name: name, reason: "is beyond the numbers of float32")
                }
                rest.scoreThreshold = threshold
            default: rest.filter = try CollectionBodies.filter(try cursor.value(name), name)
            }
        }

        func query() throws(RequestFault) -> CollectionQuery {
            guard let vector else { throw .invalidField(name: place + "vector", reason: "is missing") }
            var query = rest
            query.vector = vector
            return query
        }
    }
}
