import Foundation

extension [UInt8] {
    /// Two lower-case digits a byte.
    mutating func appendHexadecimal(_ bytes: some ContiguousBytes) {
        bytes.withUnsafeBytes { bytes in
            for byte in bytes {
                append(Self.digit(byte >> 4))
                append(Self.digit(byte & 15))
            }
        }
    }

    fileprivate static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}

extension Sequence<UInt8> {
    /// Two lower-case digits a byte.
    package var hexadecimal: String {
        var digits: [UInt8] = []
        digits.reserveCapacity(2 * underestimatedCount)
        for byte in self {
            digits.append([UInt8].digit(byte >> 4))
            digits.append([UInt8].digit(byte & 15))
        }
        return String(decoding: digits, as: UTF8.self)
    }
}

extension ContiguousBytes where Self: Sequence<UInt8> {
    /// Two lower-case digits a byte.
    package var hexadecimal: String {
        withUnsafeBytes { bytes in
            String(unsafeUninitializedCapacity: 2 * bytes.count) { digits in
                // Bounds: two digits a byte, for which there is room.
                for (place, byte) in bytes.enumerated() {
                    digits.initializeElement(at: 2 * place, to: [UInt8].digit(byte >> 4))
                    digits.initializeElement(at: 2 * place + 1, to: [UInt8].digit(byte & 15))
                }
                return 2 * bytes.count
            }
        }
    }
}
