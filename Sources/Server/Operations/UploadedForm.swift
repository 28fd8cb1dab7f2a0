import Concurrency
import Foundation
import HTTPTypes
import JSONValue

/// An upload that is read whole, within a limit of its own: a form with a file, or the file itself.
struct UploadedForm: Sendable {
    /// What may be wrong with one, for the operations that take it.
    static let problems: [ProblemKind] = [.originNotAllowed, .invalidField]

    private let pieces: PulledSequence<Data>
    private let contentType: String

    fileprivate init(_ pieces: PulledSequence<Data>, contentType: String) {
        self.pieces = pieces
        self.contentType = contentType
    }

    /// The bytes of the form's part `file`, or of the body, with the name that the client gives them.
    ///
    /// - Throws: ``RequestFault``.
    func file() async throws -> (data: Data, name: String) {
        var body = Data()
        for try await piece in pieces { body.append(piece) }
        guard contentType.lowercased().hasPrefix("multipart/form-data") else { return (body, "the upload") }
        let form: MultipartForm
        do {
            form = try MultipartForm(body, contentType: contentType)
        } catch {
            throw RequestFault.invalidField(name: "the form", reason: "cannot be read: \(error)")
        }
        guard let part = form["file"] ?? form.parts.first(where: { $0.fileName != nil }) else {
            throw RequestFault.invalidField(name: "file", reason: "is missing from the form")
        }
        return (part.data, part.fileName ?? "the upload")
    }
}

extension Inputs<UploadedForm> {
    static func form(limitBytes: Int, _ summary: String) -> Inputs {
        let bytes = Inputs<PulledSequence<Data>>.stream(
            contentTypes: ["multipart/form-data", "application/json", "application/octet-stream"],
            limitBytes: limitBytes, summary)
        return Inputs(parameters: bytes.parameters, body: bytes.body) { routed in
            return UploadedForm(
                try bytes.read(routed), contentType: routed.request.headers[.contentType] ?? "")
        }
    }
}

extension Inputs<[String]> {
    /// A JSON array of ids.
    static func ids(_ summary: String, limit: Int = 500) -> Inputs {
        Inputs(
            parameters: [],
            body: BodyDeclaration(
                contentTypes: ["application/json"], schema: .list(of: .text, count: 0...limit),
                summary: summary)
        ) { routed in
            let ids = try JSONBody.decode([String].self, from: routed.request)
            guard ids.count <= limit else {
                throw RequestFault.invalidField(
                    name: "the body", reason: "has \(ids.count) ids; the limit is \(limit)")
            }
            return ids
        }
    }
}
