import Foundation

/// What an expression may call, with Python's names.
enum CalculatorFunction: String, CaseIterable {
    case abs, ceil, exp, floor, log, max, min, round, sqrt

    /// How many values it takes.
    var arguments: ClosedRange<Int> {
        switch self {
        case .abs, .ceil, .exp, .floor, .sqrt: 1...1
        case .log, .round: 1...2
        case .max, .min: 1...100
        }
    }

    /// - Parameter values: as many as ``arguments`` allows.
    /// - Throws: ``CalculatorError/undefined(_:place:reason:)`` outside of what it is defined for.
    func value(of values: [CalculatorNumber], place: Int) throws(CalculatorError) -> CalculatorNumber {
        guard let first = values.first else {
            throw .argumentCount(function: rawValue, place: place, actual: 0, allowed: arguments)
        }
        switch self {
        case .abs: return first < .whole(0) ? -first : first
        case .ceil: return first.rounded(.up)
        case .floor: return first.rounded(.down)
        case .exp: return .real(Foundation.exp(first.double))
        case .max: return values.dropFirst().reduce(first) { $0 < $1 ? $1 : $0 }
        case .min: return values.dropFirst().reduce(first) { $1 < $0 ? $1 : $0 }
        case .sqrt:
            guard first.double >= 0 else { throw undefined(place, "the value is negative") }
            return .real(first.double.squareRoot())
        case .log: return try logarithm(first, base: values.dropFirst().first, place: place)
        case .round:
            guard let places = values.dropFirst().first else { return first.rounded(.toNearestOrEven) }
            guard case .whole(let count) = places else {
                throw undefined(place, "the number of decimal places must be whole")
            }
            return first.rounded(places: count)
        }
    }

    private func logarithm(
        _ value: CalculatorNumber, base: CalculatorNumber?, place: Int
    ) throws(CalculatorError) -> CalculatorNumber {
        guard value.double > 0 else { throw undefined(place, "the value is not above zero") }
        guard let base = base?.double else { return .real(Foundation.log(value.double)) }
        guard base > 0, base != 1 else { throw undefined(place, "the base must be above zero and not 1") }
        switch base {
        // These two are exact for powers, where a quotient of logarithms is not.
        case 2: return .real(Foundation.log2(value.double))
        case 10: return .real(Foundation.log10(value.double))
        default: return .real(Foundation.log(value.double) / Foundation.log(base))
        }
    }

    private func undefined(_ place: Int, _ reason: String) -> CalculatorError {
        .undefined(rawValue, place: place, reason: reason)
    }
}
