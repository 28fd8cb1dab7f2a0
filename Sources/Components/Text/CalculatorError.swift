/// Why an expression has no value. Places are counted in characters, from 1.
public enum CalculatorError: Error, Sendable, Hashable {
    case empty
    case tooLong(bytes: Int, limit: Int)
    case tooDeep(place: Int, limit: Int)
    /// The expression ended where something had to follow.
    case unexpectedEnd(place: Int)
    case unexpected(String, place: Int)
    case badNumber(String, place: Int)
    case unknownName(String, place: Int, known: [String])
    case argumentCount(function: String, place: Int, actual: Int, allowed: ClosedRange<Int>)
    case divisionByZero(place: Int)
    /// A result beyond the largest floating-point number.
    case tooLarge(place: Int)
    case exponentTooLarge(place: Int, limit: Int)
    /// A value for which the operation has no real result, such as the root of a negative number.
    case undefined(String, place: Int, reason: String)
}

extension CalculatorError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .empty: "The expression is empty; give one, such as 2 * (3 + 4)."
        case .tooLong(let bytes, let limit):
            "The expression has \(bytes) bytes; at most \(limit) are taken. Cut it into several."
        case .tooDeep(let place, let limit):
            """
            The expression nests more than \(limit) deep at character \(place); work out its inner parts first.
            """
        case .unexpectedEnd(let place):
            "The expression ends at character \(place), where a number, a name or a bracket must follow."
        case .unexpected("^", let place): "“^” at character \(place) is no operator; write ** for powers."
        case .unexpected(let text, let place):
            """
            “\(text)” at character \(place) is not expected there. Operators are + - * / // % ** and brackets.
            """
        case .badNumber(let text, let place):
            "“\(text.prefix(40))” at character \(place) is not a number; write it as 12, 0.5 or 1e6."
        case .unknownName(let name, let place, let known):
            """
            “\(name.prefix(40))” at character \(place) is not known; there are \(known.joined(separator: ", ")).
            """
        case .argumentCount(let function, let place, let actual, let allowed):
            """
            \(function) at character \(place) is given \(actual) values; it takes \
            \(allowed.lowerBound == allowed.upperBound
                ? "\(allowed.lowerBound)" : "\(allowed.lowerBound) to \(allowed.upperBound)").
            """
        case .divisionByZero(let place): "The divisor at character \(place) is zero."
        case .tooLarge(let place):
            "The result at character \(place) is larger than the largest number, about 1.8e308."
        case .exponentTooLarge(let place, let limit):
            "The exponent at character \(place) is too large; it may be at most \(limit)."
        case .undefined(let operation, let place, let reason):
            "\(operation) at character \(place) has no real result: \(reason)."
        }
    }
}
