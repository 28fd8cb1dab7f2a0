/// A regular expression that no text can make slow.
///
/// It is compiled to a program whose states are all followed at once (Thompson, “Regular Expression Search
/// Algorithm”, 1968; Pike's virtual machine), so that time grows with the text times the pattern and never
/// exponentially. What cannot be done so, back references and look-around, is refused by name. Both sizes and the
/// work of a match are limited besides.
///
/// The syntax is Python's: `.`, classes, `\d \w \s \b` and their opposites, groups, `|`, `* + ? {m,n}` greedy or
/// lazy, `^ $ \A \Z`, and the flags `i`, `m` and `s` at the beginning.
struct TextPattern: Sendable {
    /// Bytes of UTF-8.
    static let byteLimit = 4_096
    static let instructionLimit = 10_000
    /// Instructions that a match may look at: some tens of milliseconds.
    static let workLimit = 5_000_000

    /// The same for all matches of a text together: some tenths of a second.
    static let scanLimit = 20_000_000

    let program: [Instruction]
    /// Pairs of brackets whose text is kept, and those that have a name.
    let groupCount: Int
    let groupNames: [String: Int]

    enum Instruction: Sendable, Hashable {
        case scalar(ScalarSet)
        /// Go on in both ways.
        case split(Int, Int)
        case jump(Int)
        case position(Position)
        /// Note the place: where a group begins (twice its number) or ends (one more).
        case save(Int)
        case match

        var isSave: Bool {
            if case .save = self { true } else { false }
        }
    }

    /// What holds between two scalars.
    enum Position: Sendable, Hashable {
        case textStart, textEnd
        /// At the end, or before a newline that ends the text.
        case lastEnd
        case lineStart, lineEnd
        case wordEdge, noWordEdge
    }

    init(_ pattern: String, isCaseSensitive: Bool = true) throws(TextPatternError) {
        guard pattern.utf8.count <= Self.byteLimit else {
            throw .tooLong(bytes: pattern.utf8.count, limit: Self.byteLimit)
        }
        var reader = PatternReader(pattern, ignoresCase: !isCaseSensitive)
        let node = try reader.pattern()
        var compiler = PatternCompiler()
        try compiler.add(node)
        program = compiler.program + [.match]
        groupCount = reader.groupCount
        groupNames = reader.groupNames
    }
}

/// Why a pattern cannot be used. Places are counted in characters from 1.
enum TextPatternError: Error, Sendable, Hashable {
    case tooLong(bytes: Int, limit: Int)
    case unexpected(String, place: Int)
    case unclosed(Character, place: Int)
    case nothingToRepeat(place: Int)
    case badRange(String, place: Int)
    /// A feature whose matching may take exponential time.
    case refused(String, place: Int)
    case tooDeep(place: Int, limit: Int)
    case tooManyGroups(place: Int, limit: Int)
    case tooLarge(limit: Int)
    case tooMuchWork(limit: Int)
}

extension TextPatternError: CustomStringConvertible {
    var description: String {
        switch self {
        case .tooLong(let bytes, let limit): "the pattern has \(bytes) bytes; at most \(limit) are taken."
        case .unexpected(let text, let place):
            """
            the pattern has “\(text)” at character \(place), which means nothing there. Write a backslash before a sign \
            that stands for itself.
            """
        case .unclosed(let opening, let place):
            "the pattern opens “\(opening)” at character \(place) and does not close it."
        case .nothingToRepeat(let place):
            "the pattern repeats at character \(place), and nothing stands before it to be repeated."
        case .badRange(let text, let place):
            "the pattern has “\(text)” at character \(place), which is no range."
        case .refused(let feature, let place):
            "the pattern uses \(feature) at character \(place), which is not had. Write it without."
        case .tooDeep(let place, let limit):
            "the pattern nests its groups deeper than \(limit) at character \(place)."
        case .tooManyGroups(let place, let limit):
            """
            the pattern keeps the text of more than \(limit) groups at character \(place). Write (?:…) where it is not \
            needed.
            """
        case .tooLarge(let limit):
            "the pattern has more than \(limit) states, its repetitions written out. Make its counts smaller."
        case .tooMuchWork(let limit):
            """
            the pattern looks at more than \(limit) states on this text. Make the pattern simpler, or the text shorter.
            """
        }
    }
}
