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

    /// What the body is made of, in order.
    enum Segment: Sendable, Hashable {
        case text(String)
        case range(Range<Int>)

        var count: Int {
            switch self {
            case .text(let text): text.utf8.count
            case .range(let range): range.count
            }
        }
    }

    /// The body's layout, with the headers that tell of it added to `headers`.
    func layout(headers: HTTPFields, contentType: String) -> (headers: HTTPFields, segments: [Segment]) {
        var headers = headers
        if ranges.count == 1 {
            headers[.contentRange] = contentRange(ranges[0])
            return (headers, [.range(ranges[0])])
        }
        headers[.contentType] = "multipart/byteranges; boundary=\(Self.boundary)"
        let parts = ranges.flatMap { range -> [Segment] in
            let head = """
                --\(Self.boundary)\r\nContent-Type: \(contentType)\r\n\
                Content-Range: \(contentRange(range))\r\n\r\n
                """
            return [.text(head), .range(range), .text("\r\n")]
        }
        return (headers, parts + [.text("--\(Self.boundary)--\r\n")])
    }

    private func contentRange(_ range: Range<Int>) -> String {
        "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(length)"
    }
}
