import JSONValue
import Corpus
import Foundation
import HTTPTypes
import QA
import VectorIndex
import Workspace

/// `/v1/index/map`: the vectors of what the caller may read as points of a plane, and what the points are.
struct MapOperations: Sendable {
    static let contentType = "application/vnd.millrace.map"

    let maps: IndexMaps
    let qa: QuestionAnswering
    let corpus: any ServedCorpus
    let bodies = MapBodies()

    var operations: [Operation] { [map, points] }

    private var map: Operation {
        .scoped(
            .search, "indexMap", .get, "/v1/index/map",
            summary: "a map of the vectors of what the caller may read", section: "map",
            inputs: Inputs.header(.ifNoneMatch, .text, "the tag of the map that the client has"),
            responses: [
                .bytes(Self.contentType, "the map, packed"),
                .json(MapProgressDocument.self, status: 202, "it is being drawn; ask again soon"),
                .notModified,
            ]
        ) { known, caller in
            let reading = try await maps.reading()
            guard let drawn = reading.drawn else {
                return try .json(
                    MapProgressDocument(
                        state: reading.progress == nil ? "waiting" : "computing",
                        progress: reading.progress ?? 0), status: .accepted)
            }
            let body = try await bodies.body(
                drawn, isCurrent: reading.isCurrent, corpus, caller.scope, qa)
            guard let body else {
                return try .json(MapProgressDocument(state: "waiting", progress: 1), status: .accepted)
            }
            var headers: HTTPFields = [.contentType: Self.contentType]
            headers[.eTag] = body.tag
            headers[.cacheControl] = "private, no-cache"
            if let known, known.split(separator: ",").contains(where: { $0.trimmed == body.tag }) {
                return APIResponse(status: .notModified, headers: headers)
            }
            return APIResponse(headers: headers, body: .data(body.bytes))
        }
    }

    private var points: Operation {
        .scoped(
            .search, "indexMapPoints", .get, "/v1/index/map/points", summary: "what points of the map are",
            section: "map",
            inputs: Inputs.query(
                "ids", .passageIDs, standard: [], "passages' ids, with commas between them"),
            responses: [.json(MapPointsDocument.self, "those that the caller may read, in the order asked")]
        ) { ids, caller in
            let chunks = try await corpus.chunks(ids, scope: caller.scope)
            return try .json(MapPointsDocument(points: chunks.map { MapPointsDocument.Point($0) }))
        }
    }
}

extension ParameterType<[Int64]> {
    /// One to a hundred ids of passages.
    fileprivate static var passageIDs: ParameterType<[Int64]> {
        ParameterType(
            schema: JSONSchema(["type": "string", "pattern": "^[0-9]+(,[0-9]+){0,99}$"]),
            expectation: "1 to 100 whole numbers with commas between them"
        ) { text in
            let parts = text.split(separator: ",", omittingEmptySubsequences: false)
            let ids = parts.compactMap { Int64($0) }
            return (1...100).contains(parts.count) && ids.count == parts.count ? ids : nil
        }
    }
}

extension Substring {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespaces) }
}

/// What is told while a map is drawn.
struct MapProgressDocument: ResponseDocument {
    var state: String
    var progress: Double

    static var schema: JSONSchema {
        .object(required: ["state": .choice(["waiting", "computing"]), "progress": .number]).named(
            "MapProgress")
    }
}

/// The response of `GET /v1/index/map/points`.
struct MapPointsDocument: ResponseDocument {
    struct Point: Encodable, Sendable {
        var id: Int
        var documentId: String
        var title: String
        var spaceKey: String
        var spaceName: String
        var kind: String
        var headingPath: [String]
        @Nullable var url: String?
        var excerpt: String

        /// Characters of a passage that a point shows.
        private static let excerptLimit = 240

        init(_ chunk: StoredChunk) {
            id = Int(chunk.id)
            documentId = chunk.documentID
            title = chunk.title
            spaceKey = chunk.spaceKey
            spaceName = chunk.spaceName
            kind = chunk.kind.rawValue
            headingPath = chunk.headingPath
            _url = Nullable(wrappedValue: chunk.url)
            excerpt = String(chunk.text.prefix(Self.excerptLimit))
        }
    }

    var points: [Point]

    static var schema: JSONSchema {
        .object(required: [
            "points": .list(
                of: .object(required: [
                    "id": .integer, "document_id": .text, "title": .text, "space_key": .text,
                    "space_name": .text, "kind": .choice(Document.Kind.allCases.map(\.rawValue)),
                    "heading_path": .list(of: .text), "url": JSONSchema.text.orNull, "excerpt": .text,
                ]))
        ]).named("MapPoints")
    }
}
