import HTTPTypes

/// The one content coding that is spoken besides none: gzip (RFC 9110, section 8.4.1.3).
enum ContentCoding {
    static let name = "gzip"

    /// Whether a response may come packed, and would rather. A client that says nothing gets it as it is.
    static func isWanted(by request: APIRequest) -> Bool {
        let list = WeightedList(request.headers[values: .acceptEncoding])
        guard let gzip = list.weight(of: name, "x-gzip", "*"), gzip > 0 else { return false }
        return gzip >= list.weight(of: "identity") ?? 0
    }

    /// Whether the request's body is packed.
    ///
    /// - Throws: ``RequestFault/unsupportedContentCoding(_:)`` for any other coding, and for two of them.
    static func isUsed(by request: APIRequest) throws(RequestFault) -> Bool {
        let codings = request.headers[values: .contentEncoding].flatMap { $0.split(separator: ",") }
            .map { String($0.filter { $0 != " " && $0 != "\t" }).lowercased() }
            .filter { !$0.isEmpty && $0 != "identity" }
        guard let first = codings.first else { return false }
        guard codings == [first], first == name || first == "x-gzip" else {
            throw .unsupportedContentCoding(codings.joined(separator: ", "))
        }
        return true
    }
}

/// A representation's tag with and without its coding: a tag stands for exactly these bytes (RFC 9110, section 8.8.3.3).
enum CodedTag {
    private static let ending = "-\(ContentCoding.name)\""

    /// `"3f9a-gzip"` for `"3f9a"`.
    static func packed(_ tag: String) -> String {
        tag.hasSuffix("\"") ? String(tag.dropLast()) + ending : tag
    }

    /// A list of tags without their codings.
    static func plain(_ tags: String) -> String { tags.replacing(ending, with: "\"") }
}
