import Foundation

/// CRC-32 of ISO 3309 (reflected polynomial 0xEDB88320), the one of zlib, eight bytes at a step.
struct CRC32: Sendable {
    private var state: UInt32 = ~0

    /// Table *n* is the effect of a byte that *n* bytes follow ("slicing by 8", Kounavis and Berry 2005).
    /// Entry `256 n + byte` is the effect of a byte that *n* bytes follow ("slicing by 8", Kounavis and Berry 2005).
    private static let table: [UInt32] = {
        var table = (0..<256).map { byte in
            var crc = UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? 0xEDB8_8320 ^ (crc >> 1) : crc >> 1 }
            return crc
        }
        for index in 256..<2048 {
            let last = table[index - 256]
            table.append(table[Int(last & 255)] ^ (last >> 8))
        }
        return table
    }()

    mutating func update(_ data: Data) {
        data.withUnsafeBytes { bytes in
            Self.table.withUnsafeBufferPointer { table in
                // Bounds: `table` has 2048 entries and each index is n·256 + a byte with n < 8; `offset + 8` is
                // at most `bytes.count` in the first loop, `offset` less than it in the second.
                var crc = state
                var offset = 0
                while offset + 8 <= bytes.count {
                    let low = crc ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self).littleEndian
                    let high = bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self).littleEndian
                    func entry(_ row: Int, _ word: UInt32, _ shift: UInt32) -> UInt32 {
                        table[row * 256 + Int((word >> shift) & 255)]
                    }
                    let first = entry(7, low, 0) ^ entry(6, low, 8) ^ entry(5, low, 16) ^ entry(4, low, 24)
                    let second =
                        entry(3, high, 0) ^ entry(2, high, 8) ^ entry(1, high, 16) ^ entry(0, high, 24)
                    crc = first ^ second
                    offset += 8
                }
                while offset < bytes.count {
                    crc = table[Int((crc ^ UInt32(bytes[offset])) & 255)] ^ (crc >> 8)
                    offset += 1
                }
                state = crc
            }
        }
    }

    var value: UInt32 { ~state }
}
