import Foundation
import HTTPTypes

/// Parts of something as a 206 response carries them: one as itself, several as `multipart/byteranges`
/// (RFC 9110, section 14).
struct ByteRanges: Sendable, Hashable {
    private let ranges: [Range<Int>]
    private let length: Int
    /// A line that no content of ours holds; it need only differ from what stands between.
    private static let boundary = "millrace-byteranges-3f1c9a7e"

    /// - Precondition: at least one range, each within `0..<length`.
    init(_ ranges: [Range<Int>], of length: Int) {
        precondition(!ranges.isEmpty && ranges.allSatisfy { $0.upperBound <= length }, "a range outside")
        self.ranges = ranges
        self.length = length
    }

    /// - Parameter bytes: lends the bytes of a range.
    func response(
        headers: HTTPFields, contentType: String, _ bytes: (Range<Int>) -> Data
    ) -> APIResponse {
        var headers = headers
        if ranges.count == 1 {
            headers[.contentRange] = contentRange(ranges[0])
            return APIResponse(status: .partialContent, headers: headers, body: .data(bytes(ranges[0])))
        }
        headers[.contentType] = "multipart/byteranges; boundary=\(Self.boundary)"
        var body = Data()
        for range in ranges {
            let head = """
                --\(Self.boundary)\r\nContent-Type: \(contentType)\r\n\
                Content-Range: \(contentRange(range))\r\n\r\n
                """
            body += Data(head.utf8) + bytes(range) + Data("\r\n".utf8)
        }
        body += Data("--\(Self.boundary)--\r\n".utf8)
        return APIResponse(status: .partialContent, headers: headers, body: .data(body))
    }

    private func contentRange(_ range: Range<Int>) -> String {
        "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(length)"
    }
}
