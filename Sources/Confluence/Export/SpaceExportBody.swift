/// Undoes what the export did to a storage-format body.
enum SpaceExportBody {
    /// The body with the ends of its CDATA sections restored.
    ///
    /// A body stands in a CDATA section itself, so Confluence writes an inner `]]>` as `]] >` (some
    /// versions put a zero-width space in between). Outside an inner section the same characters are the
    /// writer's own and stay. Inside one, only an end that is followed by what can follow a section counts:
    /// `a[b[0]] > 1` is code. If there is no such end, the first candidate is taken.
    static func repaired(_ body: String) -> String {
        repaired(Array(body.utf8))
    }

    /// Works on bytes throughout: searching a `String` compares characters and is ten times slower.
    static func repaired(_ bytes: [UInt8]) -> String {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var index = 0
        var hasGoodEnd = true
        if find(cdataStart, in: bytes, from: 0) == nil { return String(decoding: bytes, as: UTF8.self) }
        while let start = find(cdataStart, in: bytes, from: index) {
            let contentStart = start + cdataStart.count
            output.append(contentsOf: bytes[index..<contentStart])
            guard let end = sectionEnd(bytes, from: contentStart, &hasGoodEnd) else {
                index = contentStart
                break
            }
            output.append(contentsOf: bytes[contentStart..<end.lowerBound])
            output.append(contentsOf: cdataEnd)
            index = end.upperBound
        }
        output.append(contentsOf: bytes[index...])
        return String(decoding: output, as: UTF8.self)
    }

    private static let cdataStart = Array("<![CDATA[".utf8)
    private static let cdataEnd = Array("]]>".utf8)
    private static let closingTag = Array("</ac:".utf8)

    /// Where the section that begins at `start` ends: the range of its `]]>`, damaged or not.
    ///
    /// - Parameter hasGoodEnd: whether an end that is more than a candidate may lie ahead; `false` once none
    ///   was found up to the end of the body, so that not every section searches it.
    private static func sectionEnd(
        _ bytes: [UInt8], from start: Int, _ hasGoodEnd: inout Bool
    ) -> Range<Int>? {
        var fallback: Range<Int>?
        var index = start
        while index + 2 < bytes.count {
            guard bytes[index] == 0x5D, bytes[index + 1] == 0x5D,
                let end = candidateEnd(bytes, after: index + 2)
            else {
                index += 1
                continue
            }
            let isIntact = end == index + 3
            if isIntact || canFollowSection(bytes, at: end) { return index..<end }
            fallback = fallback ?? index..<end
            if !hasGoodEnd { return fallback }
            index += 1
        }
        hasGoodEnd = false
        return fallback
    }

    /// Behind `]]`: the place after white space, if any, and `>`.
    private static func candidateEnd(_ bytes: [UInt8], after start: Int) -> Int? {
        var index = start
        while index < bytes.count {
            switch bytes[index] {
            case 0x20: index += 1
            case 0xE2 where bytes[index...].starts(with: [0xE2, 0x80, 0x8B]): index += 3
            case 0x3E: return index + 1
            default: return nil
            }
        }
        return nil
    }

    private static func canFollowSection(_ bytes: [UInt8], at place: Int) -> Bool {
        var index = place
        while index < bytes.count, bytes[index] <= 0x20 { index += 1 }
        let rest = bytes[index...]
        return rest.isEmpty || rest.starts(with: closingTag) || rest.starts(with: cdataStart)
    }

    private static func find(_ pattern: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        bytes.withUnsafeBufferPointer { bytes in
            var index = start
            while index + pattern.count <= bytes.count {
                if bytes[index] == pattern[0], bytes[index...].starts(with: pattern) { return index }
                index += 1
            }
            return nil
        }
    }
}
