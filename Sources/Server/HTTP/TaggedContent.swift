import Foundation
import HTTPTypes

/// Bytes that stay as they are while the process runs, with a tag by which clients know them again.
struct TaggedContent: Sendable {
    let contentType: String
    let bytes: Data
    /// Changes with the bytes; a strong validator.
    let tag: String
    let cacheControl: String
    /// The same, packed once; `nil` for what is packed when it is asked for, if at all.
    private let packed: Data?

    /// Of what keeps its address while its bytes change: always asked for again, and unchanged it costs 304.
    static let revalidated = "no-cache"
    /// Of what has its hash in its address: never asked for again within a year.
    static let immutable = "public, max-age=31536000, immutable"

    /// - Parameter isPacked: whether it is packed now, as small as it becomes.
    init(
        contentType: String, bytes: Data, cacheControl: String = TaggedContent.revalidated,
        isPacked: Bool = false
    ) {
        self.contentType = contentType
        self.bytes = bytes
        self.cacheControl = cacheControl
        tag = "\"\(ContentHash.of([bytes]))\""
        packed =
            isPacked ? Gzip.packed(bytes, effort: .best).flatMap { $0.count < bytes.count ? $0 : nil } : nil
    }

    /// The bytes, a part of them, or 304 to a client that has them.
    ///
    /// - Parameter headers: added to each of these.
    /// - Throws: ``RequestFault/unsatisfiableRange(length:)``.
    func response(
        to request: RequestConditions, headers: HTTPFields = [:]
    ) throws(RequestFault) -> APIResponse {
        var headers = headers
        headers[.contentType] = contentType
        headers[.eTag] = tag
        headers[.acceptRanges] = "bytes"
        headers[.cacheControl] = cacheControl
        if request.matches(tag) { return APIResponse(status: .notModified, headers: headers) }
        guard let ranges = try request.ranges(of: bytes.count, tag: tag) else {
            var response = APIResponse(headers: headers, body: .data(bytes))
            if request.wantsPacked, let packed { response.setPacked(packed) }
            return response
        }
        let layout = ByteRanges(ranges, of: bytes.count).layout(headers: headers, contentType: contentType)
        let body = layout.segments.reduce(into: Data()) { body, segment in
            switch segment {
            case .text(let text): body += Data(text.utf8)
            case .range(let range):
                body += bytes[(bytes.startIndex + range.lowerBound)..<(bytes.startIndex + range.upperBound)]
            }
        }
        return APIResponse(status: .partialContent, headers: layout.headers, body: .data(body))
    }
}
