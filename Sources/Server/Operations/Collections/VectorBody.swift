import Concurrency
import Foundation
import HTTPTypes
import VectorCollections

/// A body of vectors, as JSON or packed, and the form that its answer is wanted in.
struct VectorBody: Sendable {
    var isPacked: Bool
    /// Whether the client accepts a packed answer.
    var wantsPacked: Bool
    fileprivate var data: Data
    fileprivate var pieces: PulledSequence<Data>

    static let contentTypes = ["application/json", PackedVectors.contentType]
    /// What may be wrong with one, beside what its operation finds.
    static let problems: [ProblemKind] = [.malformedJSON, .invalidField, .unknownField, .unsupportedType]

    /// Its bytes.
    ///
    /// - Throws: ``RequestFault``.
    func bytes() async throws -> Data {
        if !data.isEmpty { return data }
        var all = Data()
        for try await piece in pieces { all.append(piece) }
        guard !all.isEmpty else {
            throw isPacked
                ? RequestFault.invalidField(name: "the body", reason: "is empty")
                : RequestFault.malformedJSON(place: "it is empty.")
        }
        return all
    }
}

extension Inputs<VectorBody> {
    /// - Parameter streamLimitBytes: of a body that may be larger than others; `nil` for the server's own limit.
    static func vectors(_ schema: JSONSchema, streamLimitBytes: Int? = nil, _ summary: String) -> Inputs {
        Inputs(
            parameters: [],
            body: BodyDeclaration(
                contentTypes: VectorBody.contentTypes, schema: schema, summary: summary,
                streamLimitBytes: streamLimitBytes)
        ) { routed in
            let stated = routed.request.headers[.contentType]
            let essence = (stated ?? "").prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces)
                .lowercased()
            guard VectorBody.contentTypes.contains(essence) else {
                throw RequestFault.unsupportedType(
                    contentType: stated.map { String($0.prefix(100)) }, accepted: VectorBody.contentTypes)
            }
            let accepted = routed.request.headers[.accept] ?? ""
            return VectorBody(
                isPacked: essence == PackedVectors.contentType,
                wantsPacked: accepted.contains(PackedVectors.contentType), data: routed.request.body,
                pieces: routed.pieces)
        }
    }
}

extension Inputs<JSONCursor> {
    /// A JSON body that is read from front to back.
    static func cursor(_ schema: JSONSchema, _ summary: String) -> Inputs {
        Inputs(
            parameters: [],
            body: BodyDeclaration(contentTypes: ["application/json"], schema: schema, summary: summary)
        ) { routed in
            guard JSONBody.isJSON(routed.request) else {
                let stated = routed.request.headers[.contentType]
                throw RequestFault.notJSON(contentType: stated.map { String($0.prefix(100)) })
            }
            guard !routed.request.body.isEmpty else {
                throw RequestFault.malformedJSON(place: "it is empty.")
            }
            return JSONCursor(routed.request.body)
        }
    }
}
