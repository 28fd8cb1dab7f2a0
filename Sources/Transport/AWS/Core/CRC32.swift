import Foundation

/// CRC-32 of ISO 3309 (reflected polynomial 0xEDB88320), the one of zlib.
///
/// Large data is read in four lanes side by side, eight bytes of each at a step ("slicing by 8", Kounavis and Berry
/// 2005), and the lanes' remainders are joined as ``append(_:)`` joins those of two texts: a step of one lane waits
/// for the step before, and four lanes do not wait for each other.
package struct CRC32: Sendable, Hashable {
    private var state: UInt32 = ~0
    /// Bytes so far.
    package private(set) var count = 0

    /// Bytes of a lane of a block.
    private static let laneBytes = 4096
    /// What joins a lane to the one before it.
    private static let laneShift = CRC32Polynomial.power(ofBytes: laneBytes)

    /// Entry `256 n + byte` is the effect of a byte that *n* bytes follow.
    private static let table: [UInt32] = {
        var table = (0..<256).map { byte in
            var crc = UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? CRC32Polynomial.divisor ^ (crc >> 1) : crc >> 1 }
            return crc
        }
        for index in 256..<2048 {
            let last = table[index - 256]
            table.append(table[Int(last & 255)] ^ (last >> 8))
        }
        return table
    }()

    package init() {}

    package mutating func update(_ data: some ContiguousBytes) {
        data.withUnsafeBytes { bytes in
            Self.table.withUnsafeBufferPointer { table in
                // Bounds: a block has four lanes of `laneBytes`, a multiple of 8, and is read only where it ends
                // within `bytes`; in the second loop 8 bytes are left at `offset`, in the third one.
                let lane = Self.laneBytes
                var crc = state
                var offset = 0
                while bytes.count - offset >= 4 * lane {
                    var second: UInt32 = 0
                    var third: UInt32 = 0
                    var fourth: UInt32 = 0
                    for step in stride(from: offset, to: offset + lane, by: 8) {
                        crc = Self.step(crc, bytes, step, table)
                        second = Self.step(second, bytes, step + lane, table)
                        third = Self.step(third, bytes, step + 2 * lane, table)
                        fourth = Self.step(fourth, bytes, step + 3 * lane, table)
                    }
                    for next in [second, third, fourth] {
                        crc = CRC32Polynomial.product(Self.laneShift, crc) ^ next
                    }
                    offset += 4 * lane
                }
                while bytes.count - offset >= 8 {
                    crc = Self.step(crc, bytes, offset, table)
                    offset += 8
                }
                while offset < bytes.count {
                    crc = table[Int((crc ^ UInt32(bytes[offset])) & 255)] ^ (crc >> 8)
                    offset += 1
                }
                state = crc
                count += bytes.count
            }
        }
    }

    /// The remainder after the eight bytes at `offset`.
    @inline(__always)
    private static func step(
        _ crc: UInt32, _ bytes: UnsafeRawBufferPointer, _ offset: Int, _ table: UnsafeBufferPointer<UInt32>
    ) -> UInt32 {
        // Bounds: the caller has 8 bytes at `offset`; `table` has 2048 entries, and each index is 256 n + a byte
        // with n < 8.
        let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian ^ UInt64(crc)
        @inline(__always)
        func entry(_ row: Int, _ shift: UInt64) -> UInt32 {
            table[row &* 256 &+ Int(truncatingIfNeeded: (word &>> shift) & 255)]
        }
        let first = entry(7, 0) ^ entry(6, 8) ^ entry(5, 16) ^ entry(4, 24)
        let second = entry(3, 32) ^ entry(2, 40) ^ entry(1, 48) ^ entry(0, 56)
        return first ^ second
    }

    /// Makes it the checksum of its bytes followed by those of `next`, which are not read again.
    package mutating func append(_ next: CRC32) {
        let shift = CRC32Polynomial.power(ofBytes: next.count)
        state = ~(CRC32Polynomial.product(shift, value) ^ next.value)
        count += next.count
    }

    package var value: UInt32 { ~state }
}

/// Polynomials over two elements modulo CRC-32's, the highest bit being that of x⁰.
package enum CRC32Polynomial {
    static let divisor: UInt32 = 0xEDB8_8320
    private static let one: UInt32 = 1 << 31

    static func product(_ left: UInt32, _ right: UInt32) -> UInt32 {
        var sum: UInt32 = 0
        var shifted = right
        for bit in stride(from: 31, through: 0, by: -1) {
            if left & (1 << UInt32(bit)) != 0 { sum ^= shifted }
            shifted = shifted & 1 == 1 ? (shifted >> 1) ^ divisor : shifted >> 1
        }
        return sum
    }

    /// x to the power of 8 · `bytes`: what a remainder is multiplied by when so many bytes follow.
    static func power(ofBytes bytes: Int) -> UInt32 {
        var power = one
        // x⁸, squared again and again.
        var square = one >> 8
        var rest = bytes
        while rest > 0 {
            if rest & 1 == 1 { power = product(power, square) }
            square = product(square, square)
            rest >>= 1
        }
        return power
    }
}
