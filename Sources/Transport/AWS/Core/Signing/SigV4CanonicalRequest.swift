import Foundation

/// The text of a request whose hash is signed, as bytes: it is written for every call.
struct SigV4CanonicalRequest {
    private(set) var bytes: [UInt8] = []
    /// Where in `bytes` the names of the signed headers stand, with semicolons between them.
    private var names: Range<Int> = 0..<0

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var signedNames: String { String(decoding: signedNameBytes, as: UTF8.self) }
    var signedNameBytes: ArraySlice<UInt8> { bytes[names] }

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
        let headers = SigV4SignedHeaders(request.headers, authority: url.authority)
        addHeaders(headers)
        newline()
        let start = bytes.count
        for header in headers.entries where !header.isRepeated {
            if bytes.count > start { bytes.append(UInt8(ascii: ";")) }
            bytes.append(contentsOf: headers.names[header.name])
        }
        names = start..<bytes.count
        newline()
        bytes.append(contentsOf: payloadHash.utf8)
    }

    private mutating func newline() { bytes.append(UInt8(ascii: "\n")) }

    private mutating func line(_ text: String) {
        bytes.append(contentsOf: text.utf8)
        newline()
    }

    // MARK: Path and query

    /// Without dot segments and doubled slashes, and encoded once more.
    private mutating func addPath(_ path: String) {
        guard path.hasPlainSegments else { return addNormalized(path) }
        bytes.appendPercentEncoded(path.utf8, keeping: Self.slash)
        newline()
    }

    private static let slash = ASCIISet("/")

    private mutating func addNormalized(_ path: String) {
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

    private mutating func addHeaders(_ headers: SigV4SignedHeaders) {
        for header in headers.entries {
            if header.isRepeated {
                // Over the line end of the one before.
                bytes[bytes.count - 1] = UInt8(ascii: ",")
            } else {
                bytes.append(contentsOf: headers.names[header.name])
                bytes.append(UInt8(ascii: ":"))
            }
            bytes.appendCollapsed(header.value)
            newline()
        }
    }
}

extension String {
    /// Whether a path has nothing that is taken out of it: doubled slashes, or segments that begin with a dot.
    fileprivate var hasPlainSegments: Bool {
        var last: UInt8 = 0
        let isPlain = hasOnlyBytes { byte in
            defer { last = byte }
            return last != UInt8(ascii: "/") || (byte != UInt8(ascii: "/") && byte != UInt8(ascii: "."))
        }
        return isPlain && utf8.first == UInt8(ascii: "/")
    }
}

extension [UInt8] {
    /// Appends a value trimmed, inner runs of space made one.
    fileprivate mutating func appendCollapsed(_ value: String) {
        guard !value.hasOnlyBytes(where: { !$0.isSpace }) else { return append(contentsOf: value.utf8) }
        var isFirst = true
        for word in value.utf8.split(whereSeparator: \.isSpace) {
            if !isFirst { append(UInt8(ascii: " ")) }
            isFirst = false
            append(contentsOf: word)
        }
    }
}
