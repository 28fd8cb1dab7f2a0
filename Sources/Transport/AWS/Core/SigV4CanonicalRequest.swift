import Crypto
import Foundation

/// The text of a request whose hash is signed, as bytes: it is written for every call.
struct SigV4CanonicalRequest {
    private(set) var bytes: [UInt8] = []
    /// Where in `bytes` the names of the signed headers stand, with semicolons between them.
    private var names: Range<Int> = 0..<0

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var signedNames: String { String(decoding: bytes[names], as: UTF8.self) }

    /// - Parameters:
    ///   - keepsPath: whether the path is signed as it stands, which S3 does.
    ///   - payloadHash: in hexadecimal, or what stands for it.
    init(_ request: HTTPRequest, _ url: RequestURL, keepsPath: Bool, payloadHash: String) {
        bytes.reserveCapacity(1024)
        line(request.method.uppercased())
        if keepsPath {
            line(url.path.isEmpty ? "/" : url.path)
        } else {
            addPath(url.path)
        }
        line(Self.canonicalQuery(url.query))
        let headers = Self.signedHeaders(request, url)
        addHeaders(headers)
        newline()
        let start = bytes.count
        for (offset, header) in headers.enumerated() where !header.isRepeated(in: headers, at: offset) {
            if bytes.count > start { bytes.append(UInt8(ascii: ";")) }
            bytes.append(contentsOf: header.name.utf8)
        }
        names = start..<bytes.count
        newline()
        bytes.append(contentsOf: payloadHash.utf8)
    }

    /// Headers that proxies and clients may change on the way, and which are therefore not signed.
    private static let unsignedHeaders: Set<String> = [
        "connection", "expect", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer",
        "transfer-encoding", "upgrade", "user-agent", "x-amzn-trace-id", "authorization",
        "accept-encoding",
    ]

    private mutating func newline() { bytes.append(UInt8(ascii: "\n")) }

    private mutating func line(_ text: String) {
        bytes.append(contentsOf: text.utf8)
        newline()
    }

    // MARK: Path and query

    /// Without dot segments and doubled slashes, and encoded once more.
    private mutating func addPath(_ path: String) {
        var segments: [Substring.UTF8View] = []
        for segment in path.utf8.split(separator: UInt8(ascii: "/")) where !segment.elementsEqual(".".utf8) {
            if segment.elementsEqual("..".utf8) {
                _ = segments.popLast()
            } else {
                segments.append(segment)
            }
        }
        for segment in segments {
            bytes.append(UInt8(ascii: "/"))
            bytes.appendPercentEncoded(segment)
        }
        if segments.isEmpty || path.utf8.last == UInt8(ascii: "/") { bytes.append(UInt8(ascii: "/")) }
        newline()
    }

    /// Sorted by key and then by value, as they stand on the wire; a key without `=` gets one.
    private static func canonicalQuery(_ query: String?) -> String {
        guard let query, !query.isEmpty else { return "" }
        let pairs = query.split(separator: "&", omittingEmptySubsequences: false).map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (key: parts[0], value: parts.count > 1 ? parts[1] : "")
        }
        return pairs.sorted { ($0.key, $0.value) < ($1.key, $1.value) }
            .map { "\($0.key)=\($0.value)" }.joined(separator: "&")
    }

    // MARK: Headers

    private struct Header {
        /// In lower case.
        var name: String
        var value: String
        /// Among the request's headers: those of a name stay in their order.
        var place: Int

        func isRepeated(in headers: [Header], at offset: Int) -> Bool {
            offset > 0 && headers[offset - 1].name == name
        }
    }

    /// Those that are signed, in the order of their names.
    private static func signedHeaders(_ request: HTTPRequest, _ url: RequestURL) -> [Header] {
        var headers: [Header] = []
        headers.reserveCapacity(request.headers.count + 1)
        for (place, header) in request.headers.enumerated() {
            let name = header.name.lowercased()
            guard !unsignedHeaders.contains(name) else { continue }
            headers.append(Header(name: name, value: header.value, place: place))
        }
        if !headers.contains(where: { $0.name == "host" }) {
            headers.append(Header(name: "host", value: url.authority, place: headers.count))
        }
        headers.sort { ($0.name, $0.place) < ($1.name, $1.place) }
        return headers
    }

    /// Values trimmed, inner runs of space made one, repeats joined by commas.
    private mutating func addHeaders(_ headers: [Header]) {
        for (offset, header) in headers.enumerated() {
            if header.isRepeated(in: headers, at: offset) {
                // Over the line end of the one before.
                bytes[bytes.count - 1] = UInt8(ascii: ",")
            } else {
                bytes.append(contentsOf: header.name.utf8)
                bytes.append(UInt8(ascii: ":"))
            }
            var isFirst = true
            for word in header.value.utf8.split(whereSeparator: { $0 == 0x20 || (0x09...0x0D).contains($0) })
            {
                if !isFirst { bytes.append(UInt8(ascii: " ")) }
                isFirst = false
                bytes.append(contentsOf: word)
            }
            newline()
        }
    }
}
