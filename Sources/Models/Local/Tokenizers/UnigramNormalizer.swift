import Foundation

/// How a text is changed and cut into words before Unigram sees it.
struct UnigramNormalizer: Sendable {
    enum Step: Sendable {
        case precompiled(PrecompiledCharacters)
        case nfkc, nfc, lowercase
        /// White space off the ends.
        case strip(left: Bool, right: Bool)
        /// Two or more blanks become this.
        case squeeze(String)
    }

    var steps: [Step]
    /// Whether words end at every white space, and not only at blanks and before `▁`.
    var splitsAtWhiteSpace: Bool
    /// Whether `▁` is put before every part of a text between special tokens, or before the first only.
    var prependsAlways: Bool

    /// `▁`.
    private static let mark: [UInt8] = [0xE2, 0x96, 0x81]

    /// The words of `text`, each with its `▁`, as UTF-8.
    func words(_ text: String, isFirst: Bool) -> [[UInt8]] {
        let normal = steps.reduce(text) { $1.apply(to: $0) }
        let parts =
            splitsAtWhiteSpace
            ? normal.unicodeScalars.split(whereSeparator: \.properties.isWhitespace).map {
                Array(String($0).utf8)
            }
            : [Array(normal.utf8)]
        return parts.flatMap { part -> [[UInt8]] in
            if part.isEmpty { return [] }
            // By bytes: a mark on a blank does not keep it from being one.
            var marked = part.flatMap { $0 == UInt8(ascii: " ") ? Self.mark : [$0] }
            if prependsAlways || isFirst, !marked.starts(with: Self.mark) { marked = Self.mark + marked }
            return Self.split(marked)
        }
    }

    /// Cuts before every `▁`.
    private static func split(_ bytes: [UInt8]) -> [[UInt8]] {
        var words: [[UInt8]] = []
        var start = 0
        for at in bytes.indices where at > start && bytes[at...].starts(with: mark) {
            words.append(Array(bytes[start..<at]))
            start = at
        }
        words.append(Array(bytes[start...]))
        return words
    }
}

extension UnigramNormalizer.Step {
    fileprivate func apply(to text: String) -> String {
        switch self {
        case .precompiled(let characters): return characters.normalize(text)
        case .nfkc: return text.precomposedStringWithCompatibilityMapping
        case .nfc: return text.precomposedStringWithCanonicalMapping
        case .lowercase: return text.lowercased()
        case .strip(let left, let right):
            var scalars = Substring(text).unicodeScalars
            while left, let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
            while right, let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
            return String(Substring(scalars))
        case .squeeze(let replacement):
            var result = ""
            var blanks = 0
            func flush() {
                if blanks == 1 { result.unicodeScalars.append(" ") }
                if blanks > 1 { result.append(replacement) }
                blanks = 0
            }
            for scalar in text.unicodeScalars {
                if scalar == " " {
                    blanks += 1
                } else {
                    flush()
                    result.unicodeScalars.append(scalar)
                }
            }
            flush()
            return result
        }
    }
}
