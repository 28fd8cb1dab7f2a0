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
        let line = bytes.withoutSurroundingSpace
        if line.starts(with: "HTTP/".utf8) {
            let fields = String(decoding: line, as: UTF8.self).split(separator: " ", maxSplits: 2)
            head = HTTPResponseHead(status: fields.count > 1 ? Int(fields[1]) ?? 0 : 0, headers: [])
        } else if line.isEmpty {
            defer { head = nil }
            if let head, isFinal(head) { return .finished(head) }
        } else if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
            let value = line[line.index(after: colon)...].withoutSurroundingSpace
            head?.headers.append(
                (
                    name: String(decoding: line[..<colon], as: UTF8.self),
                    value: String(decoding: value, as: UTF8.self)
                ))
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
        String(decoding: Substring(self).utf8.withoutSurroundingSpace, as: UTF8.self)
    }
}

extension BidirectionalCollection<UInt8> {
    /// What is left without spaces, tabs and line ends at either side.
    fileprivate var withoutSurroundingSpace: SubSequence {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        guard let first = firstIndex(where: { !isSpace($0) }), let last = lastIndex(where: { !isSpace($0) })
        else { return self[endIndex...] }
        return self[first...last]
    }
}
