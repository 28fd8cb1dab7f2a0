import Foundation
import HTTPTypes

extension APIResponse {
    /// Bytes below which packing is not worth its head.
    static let packedFromBytes = 1_024

    /// Packs the body where the client would rather have it so, and tells caches that this depends on who asks.
    ///
    /// Left as they are: streams, which are sent as they are made; parts of something; what is small or packed
    /// already; and what a page of another site asks for with whatever the browser adds of its own. Such a page
    /// could put guesses beside what it may not read, and see by the length whether they repeat something there
    /// (BREACH).
    ///
    /// - Parameter isForeign: whether another site's page asks that may not read the answer.
    mutating func pack(for request: APIRequest, isForeign: Bool) {
        guard let type = headers.value(of: .contentType), Self.packs(type) else { return }
        headers.add(vary: "Accept-Encoding")
        if status == .notModified {
            // The client knows it by the tag that it sent.
            if let tag = headers[.eTag], request.headers[.ifNoneMatch]?.contains(CodedTag.packed(tag)) == true
            {
                headers[.eTag] = CodedTag.packed(tag)
            }
            return
        }
        guard case .data(let data) = body, data.count >= Self.packedFromBytes, !isForeign,
            status != .partialContent, headers[.contentEncoding] == nil, headers[.contentRange] == nil,
            ContentCoding.isWanted(by: request), let packed = Gzip.packed(data, effort: .quick),
            packed.count < data.count
        else { return }
        setPacked(packed)
    }

    /// - Parameter packed: stands for the body.
    mutating func setPacked(_ packed: Data) {
        body = .data(packed)
        headers[.contentEncoding] = ContentCoding.name
        headers[.acceptRanges] = nil
        if let tag = headers[.eTag] { headers[.eTag] = CodedTag.packed(tag) }
    }

    /// Whether a type is of text.
    private static func packs(_ contentType: String) -> Bool {
        if contentType == "application/json" { return true }
        let essence = contentType.prefix { $0 != ";" }.lowercased()
        return essence.hasPrefix("text/") && essence != "text/event-stream" || essence.hasSuffix("+json")
            || essence.hasSuffix("+xml")
            || ["application/json", "application/x-ndjson", "application/xml", "application/javascript"]
                .contains(essence)
    }
}

extension HTTPFields {
    /// Says that the response depends on a header of the request.
    mutating func add(vary name: String) {
        guard let known = value(of: .vary) else {
            append(HTTPField(name: .vary, value: name))
            return
        }
        let named = known.split(separator: ",").map { $0.filter { $0 != " " }.lowercased() }
        guard !named.contains(name.lowercased()) else { return }
        self[.vary] = "\(known), \(name)"
    }
}
