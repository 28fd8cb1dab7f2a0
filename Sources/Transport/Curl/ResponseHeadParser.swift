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
            head = HTTPResponseHead(status: Self.status(line), headers: [])
            head?.headers.reserveCapacity(16)
        } else if line.isEmpty {
            defer { head = nil }
            if let head, isFinal(head) { return .finished(head) }
        } else if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
            let name = UnsafeRawBufferPointer(rebasing: line[..<colon])
            let value = UnsafeRawBufferPointer(rebasing: line[(colon + 1)...]).withoutSurroundingSpace
            head?.headers.append(
                (name: String(decoding: name, as: UTF8.self), value: String(decoding: value, as: UTF8.self)))
        }
        return .more
    }

    /// The word behind the version; 0 where that is no number of at most four digits.
    private static func status(_ line: UnsafeRawBufferPointer) -> Int {
        let rest = line.drop { $0 != 0x20 }.drop { $0 == 0x20 }
        let digits = rest.prefix { $0 != 0x20 }
        guard (1...4).contains(digits.count),
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return 0 }
        return digits.reduce(0) { 10 * $0 + Int($1 - UInt8(ascii: "0")) }
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
        guard let first = firstIndex(where: { !$0.isSpace }), let last = lastIndex(where: { !$0.isSpace })
        else { return self[endIndex...] }
        return self[first...last]
    }
}

extension UnsafeRawBufferPointer {
    /// What is left without spaces, tabs and line ends at either side.
    fileprivate var withoutSurroundingSpace: UnsafeRawBufferPointer {
        var range = 0..<count
        while let first = range.first, self[first].isSpace { range = first + 1..<range.upperBound }
        while let last = range.last, self[last].isSpace { range = range.lowerBound..<last }
        return UnsafeRawBufferPointer(rebasing: self[range])
    }
}

extension UInt8 {
    /// A space, a tab or a line end of ASCII.
    var isSpace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}
