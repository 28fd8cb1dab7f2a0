/// What is put in place of a match: a text in which `\1` and `\g<name>` stand for what a group found.
///
/// As `re.sub` of Python reads it: `\n`, `\t` and their like are those characters, `\0` and three octal digits are one by
/// its number, and another letter behind a backslash is an error.
struct PatternReplacement: Sendable, Hashable {
    enum Piece: Sendable, Hashable {
        case text([Unicode.Scalar])
        /// 0 is all of the match.
        case group(Int)
    }

    private(set) var pieces: [Piece] = []

    /// - Throws: ``PatternReplacementError``.
    init(_ template: String, for pattern: TextPattern) throws(PatternReplacementError) {
        let scalars = Array(template.unicodeScalars)
        var text: [Unicode.Scalar] = []
        var place = 0
        while place < scalars.count {
            guard scalars[place] == "\\" else {
                text.append(scalars[place])
                place += 1
                continue
            }
            let start = place
            place += 1
            switch try Self.escape(scalars, &place, start: start, pattern) {
            case .text(let more): text += more
            case .group(let number):
                if !text.isEmpty { pieces.append(.text(text)) }
                text = []
                pieces.append(.group(number))
            }
        }
        if !text.isEmpty { pieces.append(.text(text)) }
    }

    /// What stands behind a backslash.
    private static func escape(
        _ scalars: [Unicode.Scalar], _ place: inout Int, start: Int, _ pattern: TextPattern
    ) throws(PatternReplacementError) -> Piece {
        guard place < scalars.count else { throw .unexpected("\\", place: start + 1) }
        let next = scalars[place]
        place += 1
        switch next {
        case "g": return .group(try named(scalars, &place, start: start, pattern))
        case "0"..."9":
            var digits = [octal(next)]
            let isOctal = next == "0"
            while place < scalars.count, digits.count < 3, ("0"..."9").contains(scalars[place]) {
                let digit = octal(scalars[place])
                if digits.count == 2 || isOctal, digit > 7 { break }
                if digits.count == 2, !isOctal, digits[0] > 7 || digits[1] > 7 { break }
                digits.append(digit)
                place += 1
            }
            if isOctal || digits.count == 3 {
                guard let value = UInt8(exactly: digits.reduce(0) { $0 * 8 + $1 }) else {
                    throw .unexpected("\\\(next)", place: start + 1)
                }
                return .text([Unicode.Scalar(value)])
            }
            return .group(try known(digits.reduce(0) { $0 * 10 + $1 }, start: start, pattern))
        case "n": return .text(["\n"])
        case "t": return .text(["\t"])
        case "r": return .text(["\r"])
        case "f": return .text(["\u{c}"])
        case "v": return .text(["\u{b}"])
        case "a": return .text(["\u{7}"])
        case "b": return .text(["\u{8}"])
        case "\\": return .text(["\\"])
        case _ where next.isASCII && next.properties.isAlphabetic:
            throw .unexpected("\\\(next)", place: start + 1)
        default: return .text(["\\", next])
        }
    }

    /// A decimal digit's value.
    private static func octal(_ digit: Unicode.Scalar) -> Int { Int(digit.value) - 48 }

    /// The group of `<name>` or `<number>`.
    private static func named(
        _ scalars: [Unicode.Scalar], _ place: inout Int, start: Int, _ pattern: TextPattern
    ) throws(PatternReplacementError) -> Int {
        guard place < scalars.count, scalars[place] == "<",
            let end = scalars[place...].firstIndex(of: ">"), end > place + 1
        else { throw .unexpected("\\g", place: start + 1) }
        var name = String.UnicodeScalarView()
        name.append(contentsOf: scalars[(place + 1)..<end])
        place = end + 1
        let text = String(name)
        if text.unicodeScalars.allSatisfy({ ("0"..."9").contains($0) }) {
            return try known(Int(text) ?? .max, start: start, pattern)
        }
        guard let number = pattern.groupNames[text] else {
            throw .unknownGroup(String(text.prefix(60)), place: start + 1)
        }
        return number
    }

    private static func known(
        _ number: Int, start: Int, _ pattern: TextPattern
    ) throws(PatternReplacementError) -> Int {
        guard number <= pattern.groupCount else { throw .unknownGroup("\(number)", place: start + 1) }
        return number
    }

    /// What stands in place of a match; nothing for a group that took no part.
    func scalars(for match: PatternMatch, in text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        pieces.flatMap { piece -> [Unicode.Scalar] in
            switch piece {
            case .text(let scalars): scalars
            case .group(0): Array(text[match.range])
            case .group(let number): match.groups[number - 1].map { Array(text[$0]) } ?? []
            }
        }
    }

    /// How many scalars that are.
    func count(for match: PatternMatch) -> Int {
        pieces.reduce(0) { sum, piece in
            switch piece {
            case .text(let scalars): sum + scalars.count
            case .group(0): sum + match.range.count
            case .group(let number): sum + (match.groups[number - 1]?.count ?? 0)
            }
        }
    }
}

/// Why a replacement cannot be used. Places are counted in characters from 1.
enum PatternReplacementError: Error, Sendable, Hashable {
    case unexpected(String, place: Int)
    case unknownGroup(String, place: Int)
}

extension PatternReplacementError: CustomStringConvertible {
    var description: String {
        switch self {
        case .unexpected(let text, let place):
            """
            the replacement has “\(text)” at character \(place), which means nothing there. Write a backslash twice for \
            one that stands for itself.
            """
        case .unknownGroup(let name, let place):
            """
            the replacement names the group “\(name)” at character \(place), which the pattern does not have.
            """
        }
    }
}

extension TextPattern {
    /// The text with every match replaced: `re.sub` of Python.
    ///
    /// - Throws: ``TextPatternError/tooMuchWork(limit:)``, or ``TextsTooLong`` for a result beyond
    ///   ``TextTemplate/byteLimit``.
    func replacing(matchesIn text: String, with replacement: PatternReplacement) throws -> String {
        let scalars = Array(text.unicodeScalars)
        let found = try matches(in: scalars)
        var result = String.UnicodeScalarView()
        // A scalar has at least one byte, so what is too many scalars is too many bytes, too.
        var count = scalars.count
        for match in found { count += replacement.count(for: match) - match.range.count }
        guard count <= TextTemplate.byteLimit else {
            throw TextsTooLong(bytes: count, limit: TextTemplate.byteLimit)
        }
        var end = 0
        for match in found {
            result.append(contentsOf: scalars[end..<match.range.lowerBound])
            result.append(contentsOf: replacement.scalars(for: match, in: scalars))
            end = match.range.upperBound
        }
        result.append(contentsOf: scalars[end...])
        let written = String(result)
        guard written.utf8.count <= TextTemplate.byteLimit else {
            throw TextsTooLong(bytes: written.utf8.count, limit: TextTemplate.byteLimit)
        }
        return written
    }

    /// What the pattern finds in a text: `re.findall` of Python.
    ///
    /// - Parameter limit: how many are wanted; `nil` for all.
    func found(in text: String, limit: Int? = nil) throws(TextPatternError) -> [FoundText] {
        let scalars = Array(text.unicodeScalars)
        func part(_ range: Range<Int>?) -> String {
            var view = String.UnicodeScalarView()
            if let range { view.append(contentsOf: scalars[range]) }
            return String(view)
        }
        return try matches(in: scalars, limit: limit).map { match in
            switch groupCount {
            case 0: .text(part(match.range))
            case 1: .text(part(match.groups[0]))
            default: .groups(match.groups.map(part))
            }
        }
    }
}

/// One thing that a pattern found.
enum FoundText: Sendable, Hashable {
    /// The match, or its only group.
    case text(String)
    /// Its groups, where the pattern has several.
    case groups([String])
}
