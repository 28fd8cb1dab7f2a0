import Foundation
import JSONValue
import VectorCollections

/// The body of `PUT /v1/collections/{name}`.
struct CollectionBody: RequestDocument {
    var settings: CollectionSettings

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case dimension, metric, format, m
        case efConstruction = "ef_construction"
        case efSearch = "ef_search"
    }

    static let summary = "what the collection's vectors are like, and how its index is built"
    private static let standard = CollectionSettings(dimension: 1)

    static var schema: JSONSchema {
        .request(
            required: ["dimension": .integer(in: CollectionSettings.dimensions)],
            optional: [
                "metric": JSONSchema.choice(CollectionSettings.Metric.allCases.map(\.rawValue)).standard(
                    .string(standard.metric.rawValue)),
                "format": JSONSchema.choice(CollectionSettings.Format.allCases.map(\.rawValue)).described(
                    "the numbers that searches compare first; the nearest are compared on the full vectors"
                ).standard(.string(standard.format.rawValue)),
                "m": JSONSchema.integer(in: CollectionSettings.links).standard(.integer(standard.m)),
                "ef_construction": JSONSchema.integer(in: CollectionSettings.widths).standard(
                    .integer(standard.efConstruction)),
                "ef_search": JSONSchema.integer(in: CollectionSettings.widths).standard(
                    .integer(standard.efSearch)),
            ]
        ).named("CollectionRequest")
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        guard let dimension = try container.wholeNumber(forKey: .dimension) else {
            throw RequestFault.invalidField(name: "dimension", reason: "is missing")
        }
        let standard = Self.standard
        settings = CollectionSettings(
            dimension: dimension, metric: try container.choice(forKey: .metric) ?? standard.metric,
            format: try container.choice(forKey: .format) ?? standard.format,
            m: try container.wholeNumber(forKey: .m) ?? standard.m,
            efConstruction: try container.wholeNumber(forKey: .efConstruction) ?? standard.efConstruction,
            efSearch: try container.wholeNumber(forKey: .efSearch) ?? standard.efSearch)
        do {
            try settings.check()
        } catch {
            throw RequestFault(error)
        }
    }
}

/// A collection as it is told.
struct CollectionDocument: ResponseDocument {
    var name: String
    var dimension: Int
    var metric: String
    var format: String
    var m: Int
    var efConstruction: Int
    var efSearch: Int
    var points: Int
    var bytes: Int
    var state: String
    var createdAt: Date

    static var schema: JSONSchema {
        .object(required: [
            "name": .text, "dimension": .integer,
            "metric": .choice(CollectionSettings.Metric.allCases.map(\.rawValue)),
            "format": .choice(CollectionSettings.Format.allCases.map(\.rawValue)), "m": .integer,
            "ef_construction": .integer, "ef_search": .integer, "points": .integer, "bytes": .integer,
            "state": .choice(["open", "closed"]), "created_at": .time,
        ]).named("Collection")
    }

    init(_ info: CollectionInfo) {
        name = info.name
        dimension = info.settings.dimension
        metric = info.settings.metric.rawValue
        format = info.settings.format.rawValue
        m = info.settings.m
        efConstruction = info.settings.efConstruction
        efSearch = info.settings.efSearch
        points = info.points
        bytes = info.bytes
        state = info.isOpen ? "open" : "closed"
        createdAt = info.createdAt
    }
}

struct CollectionListDocument: ResponseDocument {
    var collections: [CollectionDocument]

    static var schema: JSONSchema {
        .object(required: ["collections": .list(of: CollectionDocument.schema)]).named("CollectionList")
    }
}

/// What an upsert did.
struct UpsertDocument: ResponseDocument {
    var created: Int
    var replaced: Int

    static var schema: JSONSchema {
        .object(required: ["created": .integer, "replaced": .integer]).named("UpsertReport")
    }
}

/// What a deletion did.
struct DeletionDocument: ResponseDocument {
    var deleted: Int

    static var schema: JSONSchema { .object(required: ["deleted": .integer]).named("DeletionReport") }
}

struct CountDocument: ResponseDocument {
    var count: Int

    static var schema: JSONSchema { .object(required: ["count": .integer]).named("PointCount") }
}
