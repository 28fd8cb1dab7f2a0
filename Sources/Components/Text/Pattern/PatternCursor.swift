/// A place in a pattern that is being read.
struct PatternCursor {
    /// How often a repetition may be asked for.
    static let countLimit = 10_000

    private let scalars: [Unicode.Scalar]
    private var offset = 0

    init(_ pattern: String) {
        scalars = Array(pattern.unicodeScalars)
    }

    /// Counted from 1.
    var place: Int { offset + 1 }

    func peek(_ distance: Int = 0) -> Unicode.Scalar? {
        offset + distance < scalars.count ? scalars[offset + distance] : nil
    }

    mutating func next() -> Unicode.Scalar? {
        guard let next = peek() else { return nil }
        offset += 1
        return next
    }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek() == scalar else { return false }
        offset += 1
        return true
    }

    mutating func skip(_ count: Int) { offset = min(scalars.count, offset + count) }

    /// Whether a group of flags alone begins here, such as `(?i)`.
    var startsFlags: Bool {
        guard peek() == "(", peek(1) == "?" else { return false }
        var distance = 2
        while let next = peek(distance), next.isWordScalar { distance += 1 }
        return distance > 2 && peek(distance) == ")"
    }

    /// A repetition, if one stands here. A brace that begins none is text, as in Python.
    mutating func counts() throws(TextPatternError) -> (least: Int, most: Int?)? {
        let start = place
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        guard peek() == "{" else { return nil }
        let before = offset
        skip(1)
        let least = number()
        let isOpen = take(",")
        let most = isOpen ? number() : least
        guard take("}"), least != nil || isOpen else {
            offset = before
            return nil
        }
        guard (least ?? 0) <= Self.countLimit, (most ?? 0) <= Self.countLimit else {
            throw .tooLarge(limit: TextPattern.instructionLimit)
        }
        guard most.map({ $0 >= least ?? 0 }) ?? true else {
            throw .badRange("{\(least ?? 0),\(most ?? 0)}", place: start)
        }
        return (least ?? 0, most)
    }

    /// Digits, as many as are there; what is beyond every limit stays beyond it.
    private mutating func number() -> Int? {
        var value: Int?
        while let next = peek(), ("0"..."9").contains(next) {
            value = min(Self.countLimit + 1, (value ?? 0) * 10 + Int(next.value - 48))
            offset += 1
        }
        return value
    }

    /// So many hexadecimal digits as a scalar; `nil` when they are none.
    mutating func hexScalar(digits: Int) -> Unicode.Scalar? {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let next = peek(), next.isASCII, let digit = Character(next).hexDigitValue else {
                return nil
            }
            // At most eight digits of four bits.
            value = value << 4 | UInt32(digit)
            offset += 1
        }
        return Unicode.Scalar(value)
    }
}
