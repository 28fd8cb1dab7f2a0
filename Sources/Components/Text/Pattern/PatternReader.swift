/// Reads a pattern by Python's rules.
struct PatternReader {
    /// Groups within groups.
    static let depthLimit = 50
    /// Pairs of brackets whose text is kept.
    static let groupLimit = 99

    struct Flags {
        var ignoresCase: Bool
        /// `^` and `$` at every line.
        var isMultiline = false
        /// `.` is any scalar.
        var isDotAll = false
    }

    var cursor: PatternCursor
    var flags: Flags
    /// Pairs of brackets whose text is kept.
    private(set) var groupCount = 0
    private(set) var groupNames: [String: Int] = [:]
    private var depth = 0

    init(_ pattern: String, ignoresCase: Bool) {
        cursor = PatternCursor(pattern)
        flags = Flags(ignoresCase: ignoresCase)
    }

    mutating func pattern() throws(TextPatternError) -> PatternNode {
        try globalFlags()
        let node = try choice()
        if let rest = cursor.peek() { throw .unexpected(String(rest), place: cursor.place) }
        return node
    }

    private mutating func choice() throws(TextPatternError) -> PatternNode {
        var ways = [try sequence()]
        while cursor.take("|") { ways.append(try sequence()) }
        return ways.count == 1 ? ways[0] : .choice(ways)
    }

    private mutating func sequence() throws(TextPatternError) -> PatternNode {
        var nodes: [PatternNode] = []
        while let next = cursor.peek(), next != "|", next != ")" {
            let place = cursor.place
            guard !"*+?".unicodeScalars.contains(next) else { throw .nothingToRepeat(place: place) }
            guard let atom = try atom() else { continue }
            nodes.append(try repeated(atom))
        }
        return nodes.count == 1 ? nodes[0] : .sequence(nodes)
    }

    /// - Returns: `nil` for a comment.
    private mutating func atom() throws(TextPatternError) -> PatternNode? {
        let place = cursor.place
        guard let next = cursor.next() else { return nil }
        switch next {
        case "(": return try group(place)
        case "[": return .scalar(try scalarClass(place))
        case ".": return .scalar(ScalarSet(flags.isDotAll ? .any : .line))
        case "^": return .position(flags.isMultiline ? .lineStart : .textStart)
        case "$": return .position(flags.isMultiline ? .lineEnd : .lastEnd)
        case "\\": return try escaped(place)
        default: return .scalar(ScalarSet(next, ignoresCase: flags.ignoresCase))
        }
    }

    private mutating func group(_ place: Int) throws(TextPatternError) -> PatternNode? {
        depth += 1
        guard depth <= Self.depthLimit else { throw .tooDeep(place: place, limit: Self.depthLimit) }
        defer { depth -= 1 }
        let outer = flags
        var number: Int?
        if cursor.take("?") {
            if cursor.take("#") {
                while let next = cursor.next() { if next == ")" { return nil } }
                throw .unclosed("(", place: place)
            }
            number = try groupKind(place)
        } else {
            number = try nextGroup(place)
        }
        let node = try choice()
        guard cursor.take(")") else { throw .unclosed("(", place: place) }
        flags = outer
        if let number { return .group(number, node) }
        // A group may be repeated even if what is in it may not.
        return .sequence([node])
    }

    private mutating func nextGroup(_ place: Int) throws(TextPatternError) -> Int {
        groupCount += 1
        guard groupCount <= Self.groupLimit else {
            throw .tooManyGroups(place: place, limit: Self.groupLimit)
        }
        return groupCount
    }

    /// What stands behind `(?`, up to where the group's own pattern begins.
    ///
    /// - Returns: its number; `nil` for one whose text is not kept.
    private mutating func groupKind(_ place: Int) throws(TextPatternError) -> Int? {
        if cursor.take(":") { return nil }
        if cursor.take("P") {
            if cursor.take("=") { throw .refused("a back reference", place: place) }
            guard cursor.take("<") else { throw .unexpected("(?P", place: place) }
            var name = String.UnicodeScalarView()
            while let next = cursor.next(), next != ">" {
                guard next.isWordScalar else { throw .unexpected(String(next), place: cursor.place - 1) }
                name.append(next)
            }
            let number = try nextGroup(place)
            guard groupNames.updateValue(number, forKey: String(name)) == nil else {
                throw .unexpected("(?P<\(String(name).prefix(60))>", place: place)
            }
            return number
        }
        if let next = cursor.peek() {
            if "=!<".unicodeScalars.contains(next) { throw .refused("look-around", place: place) }
            if next == ">" { throw .refused("an atomic group", place: place) }
            if next == "(" { throw .refused("a condition", place: place) }
        }
        try readFlags(place)
        guard cursor.take(":") else { throw .unexpected("(?", place: place) }
        return nil
    }

    /// `(?i)` and its like, which stand at the beginning alone.
    private mutating func globalFlags() throws(TextPatternError) {
        while cursor.startsFlags {
            let place = cursor.place
            cursor.skip(2)
            try readFlags(place)
            guard cursor.take(")") else { throw .unexpected("(?", place: place) }
        }
    }

    private mutating func readFlags(_ place: Int) throws(TextPatternError) {
        while let next = cursor.peek(), next != ":", next != ")" {
            switch next {
            case "i": flags.ignoresCase = true
            case "m": flags.isMultiline = true
            case "s": flags.isDotAll = true
            case "u": break
            default: throw .refused("the flag “\(next)”", place: place)
            }
            cursor.skip(1)
        }
    }

    private mutating func repeated(_ atom: PatternNode) throws(TextPatternError) -> PatternNode {
        let place = cursor.place
        guard let (least, most) = try cursor.counts() else { return atom }
        if case .position = atom { throw .nothingToRepeat(place: place) }
        let isLazy = cursor.take("?")
        if !isLazy, cursor.take("+") { throw .refused("a possessive repetition", place: place) }
        let again = cursor.place
        if let sign = cursor.peek(), try cursor.counts() != nil {
            throw .unexpected(String(sign), place: again)
        }
        return .repetition(atom, from: least, upTo: most, isLazy: isLazy)
    }
}
