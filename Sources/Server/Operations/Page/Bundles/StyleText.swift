/// A stylesheet without what only its readers need: comments, and white space that separates nothing
/// (CSS Syntax Module Level 3, section 4).
enum StyleText {
    /// Signs beside which white space means nothing. A colon is none of them: ` :hover` and `:hover` differ.
    private static let separating = Set("{};,".utf8)

    static func packed(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        var isApart = false
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "/"), index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "*") {
                index = end(ofComment: index, bytes)
                isApart = true
                continue
            }
            if [UInt8(ascii: " "), 9, 10, 12, 13].contains(byte) {
                isApart = true
                index += 1
                continue
            }
            if isApart, let last = result.last, !separating.contains(last), !separating.contains(byte),
                // After a colon comes a value; a selector has no white space there.
                last != UInt8(ascii: ":")
            {
                result.append(UInt8(ascii: " "))
            }
            isApart = false
            // The last declaration of a block needs no end.
            if byte == UInt8(ascii: "}"), result.last == UInt8(ascii: ";") { result.removeLast() }
            let next =
                byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
                ? end(ofString: index, bytes) : index + 1
            result += bytes[index..<next]
            index = next
        }
        return result
    }

    private static func end(ofComment start: Int, _ bytes: [UInt8]) -> Int {
        var index = start + 2
        while index + 1 < bytes.count {
            if bytes[index] == UInt8(ascii: "*"), bytes[index + 1] == UInt8(ascii: "/") { return index + 2 }
            index += 1
        }
        return bytes.count
    }

    private static func end(ofString start: Int, _ bytes: [UInt8]) -> Int {
        var index = start + 1
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\\") {
                index += 2
                continue
            }
            if bytes[index] == bytes[start] { return index + 1 }
            index += 1
        }
        return bytes.count
    }
}
