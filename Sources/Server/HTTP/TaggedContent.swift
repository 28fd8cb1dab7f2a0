import Foundation
import HTTPTypes

/// Bytes that stay as they are while the process runs, with a tag by which clients know them again.
struct TaggedContent: Sendable {
    let contentType: String
    let bytes: Data
    /// Changes with the bytes; a strong validator.
    let tag: String

    init(contentType: String, bytes: Data) {
        self.contentType = contentType
        self.bytes = bytes
        tag = Self.tag(of: bytes)
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
        // Always asked for again: the bytes change with the binary, and unchanged ones cost 304.
        headers[.cacheControl] = "no-cache"
        if request.matches(tag) { return APIResponse(status: .notModified, headers: headers) }
        guard let ranges = try request.ranges(of: bytes.count, tag: tag) else {
            return APIResponse(headers: headers, body: .data(bytes))
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

    /// FNV-1a of 64 bits: enough to tell two versions of one file apart.
    private static func tag(of bytes: Data) -> String {
        let hash = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        let digits = String(hash, radix: 16)
        return "\"\(String(repeating: "0", count: 16 - digits.count))\(digits)\""
    }
}
