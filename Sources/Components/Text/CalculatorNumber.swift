import Foundation
import JSONValue

/// A number with Python's arithmetic: whole ones stay whole until a division or a fraction makes them real.
///
/// Whole numbers are exact to 64 bits; what grows beyond is rounded to a floating-point number, where Python would
/// go on exactly. `nil` and `false` from these operations mean that there is no such result; the expression knows
/// the place and throws.
enum CalculatorNumber: Sendable, Hashable {
    case whole(Int)
    case real(Double)

    var double: Double {
        switch self {
        case .whole(let value): Double(value)
        case .real(let value): value
        }
    }

    var isZero: Bool { double == 0 }

    /// Whole where nothing is lost by it, so that 4 / 2 is told as 2.
    var json: JSONValue {
        switch self {
        case .whole(let value): .integer(value)
        case .real(let value):
            abs(value) <= 0x1p53 ? Int(exactly: value).map { .integer($0) } ?? .number(value) : .number(value)
        }
    }
}

extension CalculatorNumber {
    static func + (left: Self, right: Self) -> Self {
        combine(left, right, { $0.addingReportingOverflow($1) }, +)
    }

    static func - (left: Self, right: Self) -> Self {
        combine(left, right, { $0.subtractingReportingOverflow($1) }, -)
    }

    static func * (left: Self, right: Self) -> Self {
        combine(left, right, { $0.multipliedReportingOverflow(by: $1) }, *)
    }

    static prefix func - (value: Self) -> Self { .whole(0) - value }

    private static func combine(
        _ left: Self, _ right: Self, _ whole: (Int, Int) -> (partialValue: Int, overflow: Bool),
        _ real: (Double, Double) -> Double
    ) -> Self {
        if case .whole(let left) = left, case .whole(let right) = right {
            let (value, overflow) = whole(left, right)
            if !overflow { return .whole(value) }
        }
        return .real(real(left.double, right.double))
    }

    /// True division: always real.
    ///
    /// - Precondition: the divisor is not zero.
    func divided(by divisor: Self) -> Self { .real(double / divisor.double) }

    /// The quotient rounded down and what is left, which has the divisor's sign: `-7 // 2` is -4, `-7 % 2` is 1.
    ///
    /// - Precondition: the divisor is not zero.
    func flooredDivision(by divisor: Self) -> (quotient: Self, remainder: Self) {
        if case .whole(let left) = self, case .whole(let right) = divisor {
            let (quotient, overflow) = left.dividedReportingOverflow(by: right)
            if !overflow {
                let remainder = left % right
                // The quotient was cut toward zero; below zero, with something left, that is one too many.
                return remainder != 0 && (remainder < 0) != (right < 0)
                    ? (.whole(quotient - 1), .whole(remainder + right))
                    : (.whole(quotient), .whole(remainder))
            }
        }
        let (left, right) = (double, divisor.double)
        var remainder = fmod(left, right)
        // The difference is a multiple of the divisor, up to rounding, which the last step takes back.
        var quotient = (left - remainder) / right
        if remainder != 0, (remainder < 0) != (right < 0) {
            remainder += right
            quotient -= 1
        }
        return (.real(quotient.rounded()), .real(remainder))
    }

    /// - Returns: `nil` where the result is complex: a negative base and a fraction as exponent.
    /// - Precondition: not zero to a negative exponent.
    func raised(to exponent: Self) -> Self? {
        if case .whole(let base) = self, case .whole(let power) = exponent, power >= 0,
            let value = Self.exactPower(base, power)
        {
            return .whole(value)
        }
        let (base, power) = (double, exponent.double)
        guard base >= 0 || power == power.rounded() else { return nil }
        return .real(pow(base, power))
    }

    /// By squaring: at most 64 rounds. `nil` when it does not fit.
    private static func exactPower(_ base: Int, _ exponent: Int) -> Int? {
        var (result, factor, rest) = (1, base, exponent)
        while rest > 0 {
            if rest & 1 == 1 {
                let (product, overflow) = result.multipliedReportingOverflow(by: factor)
                if overflow { return nil }
                result = product
            }
            rest >>= 1
            if rest > 0 {
                let (square, overflow) = factor.multipliedReportingOverflow(by: factor)
                if overflow { return nil }
                factor = square
            }
        }
        return result
    }

    static func < (left: Self, right: Self) -> Bool {
        if case .whole(let left) = left, case .whole(let right) = right { return left < right }
        return left.double < right.double
    }

    /// Rounded to a whole number by `rule`; one that no 64 bits hold stays real.
    func rounded(_ rule: FloatingPointRoundingRule) -> Self {
        guard case .real(let value) = self else { return self }
        let rounded = value.rounded(rule)
        return Int(exactly: rounded).map { .whole($0) } ?? .real(rounded)
    }

    /// Rounded to so many decimal places, halves to even as they are in binary: `round(2.675, 2)` is 2.67, since
    /// no floating-point number is 2.675. Negative places round to tens, hundreds, ….
    func rounded(places: Int) -> Self {
        if places >= 0 {
            // No floating-point number has more than 1,074 binary places, and 323 decimal ones are the last that
            // differ from zero.
            guard case .real(let value) = self, places <= 323 else { return self }
            return .real(Double(String(format: "%.\(places)f", value)) ?? value)
        }
        guard places >= -308 else { return .whole(0) }
        let scale = pow(10, Double(-places))
        let value = CalculatorNumber.real((double / scale).rounded(.toNearestOrEven) * scale)
        if case .whole = self { return value.rounded(.toNearestOrEven) }
        return value
    }
}
