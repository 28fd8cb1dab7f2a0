import Foundation
import VectorCollections

/// The body of `POST /v1/collections/{name}/points`.
enum UpsertBody {
    /// Points of a body of JSON; a packed one may have as many as an upsert may.
    static let jsonLimit = 1_000
    static let limitBytes = 32 << 20
    static let summary = "points, each with its id, its vector and what it carries; or packed vectors"

    static var schema: JSONSchema {
        let point = JSONSchema.request(
            required: ["id": CollectionSchemas.pointID, "vector": .list(of: .number)],
            optional: ["payload": .anyObject])
        return JSONSchema.object(required: ["points": .list(of: point, count: 0...jsonLimit)]).named(
            "PointUpsert")
    }

    /// - Throws: ``RequestFault`` that names the point and the field, or ``CollectionError``.
    static func points(_ body: VectorBody) async throws -> [Point] {
        let bytes = try await body.bytes()
        return body.isPacked ? try PackedVectors.points(bytes) : try points(json: bytes)
    }

    static func points(json: Data) throws -> [Point] {
        var cursor = JSONCursor(json)
        var points: [Point]?
        try cursor.object("the body", known: ["points"]) { cursor, _ throws(RequestFault) in
            var read: [Point] = []
            try cursor.list("points", limit: jsonLimit) { cursor, position throws(RequestFault) in
                read.append(try point(&cursor, position))
            }
            points = read
        }
        try cursor.end()
        guard let points else { throw RequestFault.invalidField(name: "points", reason: "is missing") }
        return points
    }

    private static func point(_ cursor: inout JSONCursor, _ position: Int) throws(RequestFault) -> Point {
        var (id, vector, payload): (PointID?, [Float]?, Payload) = (nil, nil, .empty)
        try cursor.object("points[\(position)]", known: ["id", "vector", "payload"]) {
            cursor, key throws(RequestFault) in
            switch key {
            case "id": id = try cursor.pointID("points[\(position)].id")
            case "vector": vector = try cursor.floats("points[\(position)].vector")
            default: payload = try Self.payload(&cursor, "points[\(position)].payload")
            }
        }
        guard let id else {
            throw .invalidField(name: "points[\(position)].id", reason: "is missing")
        }
        guard let vector else {
            throw .invalidField(name: "points[\(position)].vector", reason: "is missing")
        }
        return Point(id: id, vector: vector, payload: payload)
    }

    private static func payload(_ cursor: inout JSONCursor, _ name: String) throws(RequestFault) -> Payload {
        if cursor.null() { return .empty }
        do {
            return try Payload(try cursor.value(name), place: name)
        } catch let error as CollectionError {
            throw RequestFault(error)
        } catch let error as RequestFault {
            throw error
        } catch {
            throw .invalidField(name: name, reason: "cannot be read")
        }
    }
}

extension RequestFault {
    /// A refusal of a field, as the server tells its own.
    init(_ error: CollectionError) {
        guard case .invalid(let field, let reason) = error else {
            self = .invalidField(name: "the body", reason: "is refused: \(error)")
            return
        }
        self = .invalidField(name: field, reason: reason)
    }
}
