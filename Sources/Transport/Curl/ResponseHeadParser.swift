/// Header lines, as they come, to the head of the response proper.
///
/// Interim responses (1xx), redirects that are being followed and trailers are passed over.
struct ResponseHeadParser: Sendable {
    /// Largest sum of all header lines.
    static let limitBytes = 256 << 10

    let followsRedirects: Bool
    private var head: HTTPResponseHead?
    private var byteCount = 0

    init(followsRedirects: Bool) {
        self.followsRedirects = followsRedirects
    }

    /// What a line meant.
    enum Step {
        case more
        case finished(HTTPResponseHead)
        case tooLarge
    }

    mutating func add(_ bytes: UnsafeRawBufferPointer) -> Step {
        byteCount += bytes.count
        guard byteCount <= Self.limitBytes else { return .tooLarge }
        let line = String(decoding: bytes, as: UTF8.self).trimmingASCIISpace()
        if line.hasPrefix("HTTP/") {
            let fields = line.split(separator: " ", maxSplits: 2)
            head = HTTPResponseHead(status: fields.count > 1 ? Int(fields[1]) ?? 0 : 0, headers: [])
        } else if line.isEmpty {
            defer { head = nil }
            if let head, isFinal(head) { return .finished(head) }
        } else if let colon = line.firstIndex(of: ":") {
            let value = line[line.index(after: colon)...].trimmingASCIISpace()
            head?.headers.append((name: String(line[..<colon]), value: value))
        }
        return .more
    }

    private func isFinal(_ head: HTTPResponseHead) -> Bool {
        if head.status < 200 { return false }
        return !(followsRedirects && (300..<400).contains(head.status) && head["location"] != nil)
    }
}

extension StringProtocol {
    /// Without spaces, tabs and line ends at either side.
    func trimmingASCIISpace() -> String {
        func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }
        let bytes = Array(utf8)
        guard let first = bytes.firstIndex(where: { !isSpace($0) }),
            let last = bytes.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }
}
