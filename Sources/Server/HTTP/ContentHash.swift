import Foundation

/// FNV-1a of 64 bits: enough to tell two versions of one file apart, and no proof against anybody.
enum ContentHash {
    /// Digits of each.
    static let length = 16

    /// 16 hexadecimal digits of all pieces, one after the other.
    static func of(_ pieces: [Data]) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for piece in pieces {
            for byte in piece { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
