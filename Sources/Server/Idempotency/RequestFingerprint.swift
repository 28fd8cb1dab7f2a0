import Concurrency
import Corpus
import Crypto
import Foundation
import HTTPTypes

/// What tells a request from another one under the same idempotency key.
enum RequestFingerprint {
    /// Tells requests apart by all that decides what they do: each part with its length, so that none runs into the
    /// next. Whose rights they are made with is part of it: with other groups, the same user is not given what was
    /// answered before.
    static func of(_ request: APIRequest, by reader: Reader, key: String) -> Data {
        var code = HMAC<SHA256>(key: SymmetricKey(data: Data(key.utf8)))
        let type = request.headers[.contentType] ?? ""
        let form = formParts(request.body, contentType: type)
        var texts = [
            request.method.rawValue, request.path, request.query ?? "",
            form == nil ? type : MultipartForm.contentType,
            request.headers[.ifMatch] ?? "", request.headers[.prefer] ?? "",
            reader.principals.sorted().map(\.description).joined(separator: "\n"),
        ]
        // Whether more of the body comes later decides what the request does.
        for name in [HTTPField.Name.uploadComplete, .uploadIncomplete, .uploadLength] {
            if let value = request.headers[name] { texts.append("\(name.canonicalName): \(value)") }
        }
        for part in texts.map({ Data($0.utf8) }) + (form ?? [request.body]) {
            withUnsafeBytes(of: UInt64(part.count).littleEndian) { code.update(data: $0) }
            code.update(data: part)
        }
        return Data(code.finalize())
    }

    /// What a form holds, but for the boundary between its parts: clients make another one whenever they send it. `nil`
    /// for whatever is no form.
    private static func formParts(_ body: Data, contentType: String) -> [Data]? {
        guard contentType.lowercased().hasPrefix(MultipartForm.contentType),
            let form = try? MultipartForm(body, contentType: contentType)
        else { return nil }
        return form.parts.flatMap { part in
            [Data(part.name.utf8), Data((part.fileName ?? "").utf8), part.data]
        }
    }
}

extension RoutedRequest {
    /// The same with its body whole, for operations that take it in pieces and read all of it before they begin.
    func gathered() async throws -> RoutedRequest {
        var routed = self
        var body = Data()
        for try await piece in pieces { body.append(piece) }
        routed.request.body = body
        routed.pieces = PulledSequence([body])
        return routed
    }
}
