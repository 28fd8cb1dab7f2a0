extension PatternReader {
    /// What stands behind a backslash, outside of a class.
    mutating func escaped(_ place: Int) throws(TextPatternError) -> PatternNode {
        guard let next = cursor.next() else { throw .unexpected("\\", place: place) }
        switch next {
        case "b": return .position(.wordEdge)
        case "B": return .position(.noWordEdge)
        case "A": return .position(.textStart)
        case "Z": return .position(.textEnd)
        case "1"..."9": throw .refused("a back reference", place: place)
        default:
            if let kind = Self.kind(next) {
                return .scalar(ScalarSet(kind.kind, isNegated: kind.isNegated))
            }
            return .scalar(ScalarSet(try scalar(behind: next, place), ignoresCase: flags.ignoresCase))
        }
    }

    /// A class in brackets, behind the opening one.
    mutating func scalarClass(_ place: Int) throws(TextPatternError) -> ScalarSet {
        var set = ScalarSet(isNegated: cursor.take("^"), ignoresCase: flags.ignoresCase)
        var isFirst = true
        while true {
            let start = cursor.place
            guard let next = cursor.next() else { throw .unclosed("[", place: place) }
            if next == "]", !isFirst { return set }
            isFirst = false
            guard let lower = try bound(next, start, &set) else { continue }
            guard cursor.peek() == "-", let end = cursor.peek(1), end != "]" else {
                set.ranges.append(lower.value...lower.value)
                continue
            }
            cursor.skip(1)
            let upperPlace = cursor.place
            cursor.skip(1)
            guard let upper = try bound(end, upperPlace, &set), upper.value >= lower.value else {
                throw .badRange("\(lower)-\(end)", place: start)
            }
            set.ranges.append(lower.value...upper.value)
        }
    }

    /// A scalar of a class; `nil` for a class within it, which is added.
    private mutating func bound(
        _ next: Unicode.Scalar, _ place: Int, _ set: inout ScalarSet
    ) throws(TextPatternError) -> Unicode.Scalar? {
        guard next == "\\" else { return next }
        guard let behind = cursor.next() else { throw .unexpected("\\", place: place) }
        if behind == "b" { return "\u{8}" }
        if let kind = Self.kind(behind) {
            set.classes.append(kind)
            return nil
        }
        return try scalar(behind: behind, place)
    }

    private static func kind(_ letter: Unicode.Scalar) -> ScalarSet.Member? {
        switch letter {
        case "d": ScalarSet.Member(kind: .digit, isNegated: false)
        case "D": ScalarSet.Member(kind: .digit, isNegated: true)
        case "w": ScalarSet.Member(kind: .word, isNegated: false)
        case "W": ScalarSet.Member(kind: .word, isNegated: true)
        case "s": ScalarSet.Member(kind: .space, isNegated: false)
        case "S": ScalarSet.Member(kind: .space, isNegated: true)
        default: nil
        }
    }

    /// The scalar that a backslash and `next` stand for. A letter without a meaning is an error, as in Python: a later
    /// version may give it one.
    private mutating func scalar(
        behind next: Unicode.Scalar, _ place: Int
    ) throws(TextPatternError) -> Unicode.Scalar {
        let digits: Int
        switch next {
        case "n": return "\n"
        case "t": return "\t"
        case "r": return "\r"
        case "f": return "\u{c}"
        case "v": return "\u{b}"
        case "a": return "\u{7}"
        case "0": return "\0"
        case "x": digits = 2
        case "u": digits = 4
        case "U": digits = 8
        case _ where next.isASCII && next.properties.isAlphabetic:
            throw .unexpected("\\\(next)", place: place)
        default: return next
        }
        guard let scalar = cursor.hexScalar(digits: digits) else {
            throw .unexpected("\\\(next)", place: place)
        }
        return scalar
    }
}
