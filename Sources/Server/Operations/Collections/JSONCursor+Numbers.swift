import VectorCollections

extension JSONCursor {
    /// A list of floats: the hot path of every query.
    ///
    /// - Parameter name: what the list is called in errors.
    mutating func floats(_ name: @autoclosure () -> String) throws(RequestFault) -> [Float] {
        guard peek() == UInt8(ascii: "[") else { throw mismatch(name(), "a list of numbers") }
        advance(to: place + 1)
        var floats: [Float] = []
        floats.reserveCapacity(512)
        if peek() == UInt8(ascii: "]") {
            advance(to: place + 1)
            return floats
        }
        let limit = CollectionSettings.dimensions.upperBound
        repeat {
            guard floats.count < limit else {
                throw .invalidField(
                    name: name(), reason: "has more than \(limit) numbers, which is the limit")
            }
            _ = peek()
            let value = Float(try double { "\(name())[\(floats.count)]" })
            guard value.isFinite else {
                throw .invalidField(
                    name: "\(name())[\(floats.count)]", reason: "is beyond the numbers of float32")
            }
            floats.append(value)
        } while try continues(until: UInt8(ascii: "]"))
        return floats
    }

    mutating func number(_ name: @autoclosure () -> String) throws(RequestFault) -> Double {
        _ = peek()
        return try double { name() }
    }

    mutating func wholeNumber(_ name: @autoclosure () -> String) throws(RequestFault) -> Int {
        _ = peek()
        guard let whole = Int(exactly: try double { name() }) else {
            throw .invalidField(name: name(), reason: "must be a whole number")
        }
        return whole
    }

    /// The id of a point: any whole number of 64 bits without a sign, or a text.
    mutating func pointID(_ name: @autoclosure () -> String) throws(RequestFault) -> PointID {
        let id: PointID
        if peek() == UInt8(ascii: "\"") {
            id = .name(try text())
        } else {
            id = .integer(try unsigned(name()))
        }
        if let fault = id.fault { throw .invalidField(name: name(), reason: fault) }
        return id
    }

    private mutating func unsigned(_ name: @autoclosure () -> String) throws(RequestFault) -> UInt64 {
        let start = place
        var (value, isWhole, at) = (UInt64(0), true, place)
        while at < bytes.count, let digit = Self.digit(bytes[at]) {
            let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, isTooLargeToo) = product.addingReportingOverflow(digit)
            if isTooLarge || isTooLargeToo { isWhole = false }
            value = sum
            at += 1
        }
        if at < bytes.count, bytes[at] == UInt8(ascii: ".") || bytes[at] | 0x20 == UInt8(ascii: "e") {
            isWhole = false
        }
        guard isWhole, at > start, at - start == 1 || bytes[start] != UInt8(ascii: "0") else {
            throw mismatch(name(), "a text, or a whole number from 0 to \(UInt64.max)")
        }
        advance(to: at)
        return value
    }

    /// The number that begins here, to the last bit but one.
    ///
    /// Nineteen digits and a power of ten from a table: what is left out is smaller than the rounding of a double, and
    /// a float has 29 bits less than that. ±infinity where the exponent is beyond a double's.
    private mutating func double(_ name: () -> String) throws(RequestFault) -> Double {
        var at = place
        let isNegative = at < bytes.count && bytes[at] == UInt8(ascii: "-")
        if isNegative { at += 1 }
        let first = at
        var (digits, exponent, significant) = (UInt64(0), 0, 0)
        while at < bytes.count, let digit = Self.digit(bytes[at]) {
            if significant < Self.significantLimit {
                digits = digits * 10 + digit
                if digits > 0 { significant += 1 }
            } else {
                exponent += 1
            }
            at += 1
        }
        guard at > first else {
            throw isNegative ? malformed("a digit is expected behind “-”") : mismatch(name(), "a number")
        }
        guard at == first + 1 || bytes[first] != UInt8(ascii: "0") else {
            throw malformed("a number begins with a needless 0")
        }
        if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
            at += 1
            let point = at
            while at < bytes.count, let digit = Self.digit(bytes[at]) {
                if significant < Self.significantLimit {
                    digits = digits * 10 + digit
                    if digits > 0 { significant += 1 }
                    exponent -= 1
                }
                at += 1
            }
            guard at > point else { throw malformed("a number has no digit behind its point") }
        }
        if at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") {
            exponent += try self.exponent(from: &at)
        }
        advance(to: at)
        let size = Self.scaled(Double(digits), exponent)
        return isNegative ? -size : size
    }

    private func exponent(from at: inout Int) throws(RequestFault) -> Int {
        at += 1
        var isNegative = false
        if at < bytes.count, bytes[at] == UInt8(ascii: "-") || bytes[at] == UInt8(ascii: "+") {
            isNegative = bytes[at] == UInt8(ascii: "-")
            at += 1
        }
        let start = at
        var value = 0
        while at < bytes.count, let digit = Self.digit(bytes[at]) {
            // Past every double, however many digits follow.
            if value < 100_000 { value = value * 10 + Int(digit) }
            at += 1
        }
        guard at > start else { throw malformed("a number has no digit in its exponent") }
        return isNegative ? -value : value
    }

    private static func scaled(_ digits: Double, _ exponent: Int) -> Double {
        if exponent == 0 || digits == 0 { return digits }
        guard (-powerLimit...powerLimit).contains(exponent) else { return exponent < 0 ? 0 : .infinity }
        return exponent > 0 ? digits * powers[exponent] : digits / powers[-exponent]
    }

    /// As many digits as always fit into 64 bits.
    private static let significantLimit = 19
    /// A float ends at 10^±45, and nineteen digits are before it.
    private static let powerLimit = 100
    private static let powers: [Double] = (0...powerLimit).map { Double("1e\($0)") ?? .infinity }

    private static func digit(_ byte: UInt8) -> UInt64? {
        let digit = byte &- UInt8(ascii: "0")
        return digit < 10 ? UInt64(digit) : nil
    }
}
