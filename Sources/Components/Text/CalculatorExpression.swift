import Foundation

/// Works out an arithmetic expression, by the grammar and precedence of Python's:
///
/// ```
/// sum     = product (("+" | "-") product)*
/// product = signed (("*" | "/" | "//" | "%") signed)*
/// signed  = ("+" | "-") signed | power
/// power   = operand ["**" signed]
/// operand = number | name | name "(" [sum ("," sum)*] ")" | "(" sum ")"
/// ```
///
/// A power binds stronger than the sign before it and groups to the right: `-2**2` is -4, `2**3**2` is 512. It is
/// evaluated while it is read; the work is linear in its length, which is limited, and so is how deep it nests.
struct CalculatorExpression {
    /// Bytes of UTF-8.
    static let byteLimit = 1_000
    /// Brackets, signs and exponents within each other.
    static let depthLimit = 64
    static let exponentLimit = 1_000_000

    static let constants: [String: CalculatorNumber] = ["pi": .real(.pi), "e": .real(M_E)]
    static var names: [String] {
        (constants.keys + CalculatorFunction.allCases.map(\.rawValue)).sorted()
    }

    private let characters: [Character]
    private var offset = 0
    private var depth = 0

    /// The value of `text`.
    static func value(of text: String) throws(CalculatorError) -> CalculatorNumber {
        let bytes = text.utf8.count
        guard bytes <= byteLimit else { throw .tooLong(bytes: bytes, limit: byteLimit) }
        var expression = CalculatorExpression(characters: Array(text))
        guard expression.peek() != nil else { throw .empty }
        let value = try expression.sum()
        if let rest = expression.peek() { throw .unexpected(String(rest), place: expression.place) }
        return value
    }

    private init(characters: [Character]) {
        self.characters = characters
    }

    /// Of the next character, from 1.
    private var place: Int { offset + 1 }

    /// The next character that is no space.
    private mutating func peek() -> Character? {
        while offset < characters.count, characters[offset].isWhitespace { offset += 1 }
        return offset < characters.count ? characters[offset] : nil
    }

    /// Passes over `symbol` when it comes next.
    private mutating func take(_ symbol: String) -> Bool {
        guard peek() != nil, characters[offset...].starts(with: symbol) else { return false }
        offset += symbol.count
        return true
    }

    private mutating func sum() throws(CalculatorError) -> CalculatorNumber {
        var value = try product()
        while let next = peek(), next == "+" || next == "-" {
            let place = place
            offset += 1
            let right = try product()
            value = try finite(next == "+" ? value + right : value - right, place)
        }
        return value
    }

    private mutating func product() throws(CalculatorError) -> CalculatorNumber {
        var value = try signed()
        while peek() != nil {
            let place = place
            // The longer operator is tried first. No power is left here: it binds stronger.
            if take("//") {
                value = try finite(value.flooredDivision(by: try divisor()).quotient, place)
            } else if take("/") {
                value = try finite(value.divided(by: try divisor()), place)
            } else if take("%") {
                value = try finite(value.flooredDivision(by: try divisor()).remainder, place)
            } else if take("*") {
                value = try finite(value * (try signed()), place)
            } else {
                break
            }
        }
        return value
    }

    private mutating func divisor() throws(CalculatorError) -> CalculatorNumber {
        _ = peek()
        let place = place
        let value = try signed()
        guard !value.isZero else { throw .divisionByZero(place: place) }
        return value
    }

    private mutating func signed() throws(CalculatorError) -> CalculatorNumber {
        depth += 1
        defer { depth -= 1 }
        let next = peek()
        guard depth <= Self.depthLimit else { throw .tooDeep(place: place, limit: Self.depthLimit) }
        switch next {
        case "-":
            offset += 1
            return -(try signed())
        case "+":
            offset += 1
            return try signed()
        default: return try power()
        }
    }

    private mutating func power() throws(CalculatorError) -> CalculatorNumber {
        _ = peek()
        let start = place
        let base = try operand()
        guard take("**") else { return base }
        _ = peek()
        let place = place
        let exponent = try signed()
        guard abs(exponent.double) <= Double(Self.exponentLimit) else {
            throw .exponentTooLarge(place: place, limit: Self.exponentLimit)
        }
        guard !base.isZero || exponent.double >= 0 else { throw .divisionByZero(place: start) }
        guard let value = base.raised(to: exponent) else {
            throw .undefined("**", place: start, reason: "the base is negative and the exponent a fraction")
        }
        return try finite(value, start)
    }

    private mutating func operand() throws(CalculatorError) -> CalculatorNumber {
        guard let next = peek() else { throw .unexpectedEnd(place: place) }
        if next == "(" {
            offset += 1
            let value = try sum()
            try close()
            return value
        }
        if Self.isDigit(next) || next == "." { return try number() }
        if Self.isLetter(next) { return try named() }
        throw .unexpected(String(next), place: place)
    }

    private mutating func close() throws(CalculatorError) {
        guard !take(")") else { return }
        guard let next = peek() else { throw .unexpectedEnd(place: place) }
        throw .unexpected(String(next), place: place)
    }

    /// A constant, or a function with its values in brackets.
    private mutating func named() throws(CalculatorError) -> CalculatorNumber {
        let start = place
        let name = word { Self.isLetter($0) || Self.isDigit($0) }
        if let constant = Self.constants[name] { return constant }
        guard let function = CalculatorFunction(rawValue: name) else {
            throw .unknownName(name, place: start, known: Self.names)
        }
        guard take("(") else {
            guard let next = peek() else { throw .unexpectedEnd(place: place) }
            throw .unexpected(String(next), place: place)
        }
        var values: [CalculatorNumber] = []
        if peek() != ")" {
            repeat { values.append(try sum()) } while take(",")
        }
        try close()
        guard function.arguments.contains(values.count) else {
            throw .argumentCount(
                function: name, place: start, actual: values.count, allowed: function.arguments)
        }
        return try finite(try function.value(of: values, place: start), start)
    }

    /// `12`, `1_000`, `0.5`, `.5`, `5.`, `1e-3`. Whole only without point and exponent.
    private mutating func number() throws(CalculatorError) -> CalculatorNumber {
        let start = place
        var written = word { Self.isDigit($0) || Self.isLetter($0) || $0 == "." }
        // The sign of an exponent belongs to the number; the word ended before it.
        if let last = written.last, last == "e" || last == "E", offset < characters.count,
            characters[offset] == "+" || characters[offset] == "-"
        {
            let sign = characters[offset]
            offset += 1
            written += String(sign) + word { Self.isDigit($0) || Self.isLetter($0) || $0 == "." }
        }
        guard let digits = Self.digits(of: written) else { throw .badNumber(written, place: start) }
        if digits.allSatisfy(Self.isDigit), let value = Int(digits) { return .whole(value) }
        guard let value = Double(digits) else { throw .badNumber(written, place: start) }
        return try finite(.real(value), start)
    }

    /// The number without its underscores, in the form that Swift reads; `nil` for what Python refuses.
    private static func digits(of written: String) -> String? {
        guard !written.hasPrefix("_"), !written.hasSuffix("_"), !written.contains("__") else { return nil }
        let text = written.replacing("_", with: "").lowercased()
        let halves = text.split(separator: "e", maxSplits: 1, omittingEmptySubsequences: false)
        guard let mantissa = halves.first, mantissa.contains(where: isDigit),
            mantissa.allSatisfy({ isDigit($0) || $0 == "." }), mantissa.filter({ $0 == "." }).count <= 1
        else { return nil }
        // 007 is an error in Python, where it once was octal; 0 and 007.5 are not.
        let isWhole = halves.count == 1 && !mantissa.contains(".")
        guard !isWhole || mantissa.first != "0" || mantissa.allSatisfy({ $0 == "0" }) else { return nil }
        guard halves.count == 2 else { return (mantissa.first == "." ? "0" : "") + text.trimmingPoint }
        let exponent = halves[1].drop { $0 == "+" || $0 == "-" }
        guard !exponent.isEmpty, exponent.allSatisfy(isDigit), halves[1].count - exponent.count <= 1 else {
            return nil
        }
        return (mantissa.first == "." ? "0" : "") + String(mantissa).trimmingPoint + "e" + String(halves[1])
    }

    private mutating func word(_ belongs: (Character) -> Bool) -> String {
        let start = offset
        while offset < characters.count, belongs(characters[offset]) { offset += 1 }
        return String(characters[start..<offset])
    }

    private func finite(_ value: CalculatorNumber, _ place: Int) throws(CalculatorError) -> CalculatorNumber {
        guard value.double.isFinite else { throw .tooLarge(place: place) }
        return value
    }

    private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }

    private static func isLetter(_ character: Character) -> Bool {
        character.isASCII && character.isLetter || character == "_"
    }
}

extension String {
    /// Without a point at its end: `5.` is 5.0 in Python and no number to Swift.
    fileprivate var trimmingPoint: String { hasSuffix(".") ? self + "0" : self }
}
