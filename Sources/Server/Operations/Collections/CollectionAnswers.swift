import Foundation
import HTTPTypes
import JSONValue
import VectorCollections

/// Points and results as JSON, written straight into bytes: an encoder would take longer than the search.
struct CollectionAnswers {
    private(set) var bytes: [UInt8] = []

    static var querySchema: JSONSchema {
        let result = JSONSchema.object(
            required: ["id": CollectionSchemas.pointID, "score": .number],
            optional: ["payload": .anyObject, "vector": .list(of: .number)]
        ).named("ScoredPoint")
        let metric = JSONSchema.choice(CollectionSettings.Metric.allCases.map(\.rawValue))
        let results = JSONSchema.list(of: result)
        return JSONSchema.anyOf([
            .object(required: ["metric": metric, "results": results]),
            .object(required: [
                "metric": metric, "queries": .list(of: .object(required: ["results": results])),
            ]),
        ]).named("QueryAnswer")
    }

    static var pointsSchema: JSONSchema {
        .object(required: ["points": .list(of: CollectionSchemas.point)]).named("PointList")
    }

    static var pageSchema: JSONSchema {
        .object(required: ["points": .list(of: CollectionSchemas.point), "next": JSONSchema.text.orNull])
            .named(
                "PointPage")
    }

    /// The answer to one query, or to several.
    static func answer(_ answer: QueryAnswer, isBatch: Bool) -> APIResponse {
        var writer = CollectionAnswers()
        writer.bytes.reserveCapacity(64 + 48 * answer.results.reduce(0) { $0 + $1.count })
        writer.write("{\"metric\":\"")
        writer.write(answer.metric.rawValue)
        writer.write("\",")
        if isBatch { writer.write("\"queries\":[") }
        for (position, results) in answer.results.enumerated() {
            if isBatch { writer.write(position > 0 ? ",{" : "{") }
            writer.write(results)
            if isBatch { writer.write("}") }
        }
        writer.write(isBatch ? "]}" : "}")
        return writer.response
    }

    /// - Parameter next: where the next page begins; the outer `nil` for an answer that has no pages.
    static func points(_ points: [StoredPoint], next: UInt64?? = nil) -> APIResponse {
        var writer = CollectionAnswers()
        writer.write("{")
        if let next {
            writer.write("\"next\":")
            writer.write(next.map { "\"\($0)\"" } ?? "null")
            writer.write(",")
        }
        writer.write("\"points\":[")
        for (position, point) in points.enumerated() {
            if position > 0 { writer.write(",") }
            writer.write("{\"id\":")
            writer.write(point.id)
            writer.write(point.payload, point.vector)
            writer.write("}")
        }
        writer.write("]}")
        return writer.response
    }

    private var response: APIResponse {
        APIResponse(headers: [.contentType: "application/json"], body: .data(Data(bytes)))
    }

    private mutating func write(_ results: [ScoredPoint]) {
        write("\"results\":[")
        for (position, result) in results.enumerated() {
            write(position > 0 ? ",{\"id\":" : "{\"id\":")
            write(result.id)
            write(",\"score\":")
            write(result.score)
            write(result.payload, result.vector)
            write("}")
        }
        write("]")
    }

    private mutating func write(_ payload: Payload?, _ vector: [Float]?) {
        if let payload {
            write(",\"payload\":")
            write(payload.text)
        }
        if let vector {
            write(",\"vector\":[")
            for (position, value) in vector.enumerated() {
                if position > 0 { write(",") }
                write(value)
            }
            write("]")
        }
    }

    private mutating func write(_ id: PointID) {
        switch id {
        case .integer(let number): write(number.description)
        case .name(let name):
            // A text can always be written; the empty one stands for what cannot happen.
            bytes += (try? JSONValue.string(name).utf8()) ?? Array("\"\"".utf8)
        }
    }

    /// The shortest digits that are read as the same float. Vectors and scores are finite.
    private mutating func write(_ value: Float) { write(value.isFinite ? value.description : "null") }

    private mutating func write(_ text: String) { bytes.append(contentsOf: text.utf8) }
}
