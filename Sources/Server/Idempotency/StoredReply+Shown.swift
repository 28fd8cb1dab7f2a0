import Foundation
import Workspace

extension StoredReply {
    /// Kept among the header's fields, and never sent.
    static let shownField = "millrace-shown-documents"
    /// Kept among the header's fields, and never sent.
    static let bodyField = "millrace-request-body"
    /// Fields that are none of the response's.
    static let ownFields: Set = [shownField, bodyField]

    /// The documents of which the response shows something.
    ///
    /// A right to read may be taken away while a response is kept; then it is not given again.
    var shownDocuments: Set<String> {
        get { kept(Self.shownField) ?? [] }
        set { keep(newValue.isEmpty ? nil : newValue.sorted(), as: Self.shownField) }
    }

    /// The body of the request, where that came in pieces: what it was is known only when they have come.
    var requestBody: StreamedBodyDigest.Mark? {
        get { kept(Self.bodyField) }
        set { keep(newValue, as: Self.bodyField) }
    }

    private func kept<Value: Decodable>(_ field: String) -> Value? {
        guard let value = headers.first(where: { $0.name == field })?.value else { return nil }
        return try? JSONDecoder().decode(Value.self, from: Data(value.utf8))
    }

    private mutating func keep(_ value: (some Encodable)?, as field: String) {
        headers.removeAll { $0.name == field }
        guard let value, let data = try? JSONEncoder().encode(value) else { return }
        headers.append(Header(name: field, value: String(decoding: data, as: UTF8.self)))
    }
}
