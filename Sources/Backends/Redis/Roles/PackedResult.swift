import CZlib
import Crypto
import Foundation

/// A result as it lies in a Redis: packed (zlib, RFC 1950) and sealed (AES-256-GCM, NIST SP 800-38D), so that whoever
/// may read or write the Redis neither learns what was asked and answered nor puts anything in its place. What it is kept
/// under is authenticated with it: a result that was put under another name does not open.
///
/// | offset | bytes | |
/// |---|---|---|
/// | 0 | 1 | ``mark`` |
/// | 1 | 1 | 1, the version of this form |
/// | 2 | 12 | nonce |
/// | 14 | | ciphertext of: four bytes, the length unpacked, little-endian; then the packed bytes |
/// | the last | 16 | tag |
enum PackedResult {
    /// The first byte, by which it is told from a claim.
    static let mark = UInt8(ascii: "V")
    static let version: UInt8 = 1
    /// Bytes of a result before it is packed.
    static let plainLimit = 4 << 20
    /// Bytes of what lies in the Redis.
    static let packedLimit = 512 << 10
    private static let headLength = 2

    /// `nil` for a result that is too large.
    ///
    /// - Parameter secret: 32 bytes.
    static func packed(_ plain: Data, under key: String, with secret: Data) -> Data? {
        guard plain.count <= plainLimit, let packed = deflated(plain) else { return nil }
        let length = UInt32(plain.count)
        var content = Data((0..<4).map { UInt8(truncatingIfNeeded: length >> UInt32(8 * $0)) })
        content.append(packed)
        let head = Data([mark, version])
        guard
            let box = try? AES.GCM.seal(
                content, using: SymmetricKey(data: secret), authenticating: head + Data(key.utf8)),
            let sealed = box.combined, head.count + sealed.count <= packedLimit
        else { return nil }
        return head + sealed
    }

    /// `nil` for anything that ``packed(_:under:with:)`` did not make for this key.
    static func opened(_ value: Data, under key: String, with secret: Data) -> Data? {
        let value = Data(value)
        guard value.count <= packedLimit, value.starts(with: [mark, version]) else { return nil }
        let head = Data(value.prefix(headLength))
        guard let box = try? AES.GCM.SealedBox(combined: Data(value.dropFirst(headLength))),
            let content = try? AES.GCM.open(
                box, using: SymmetricKey(data: secret), authenticating: head + Data(key.utf8)),
            content.count >= 4
        else { return nil }
        let length = content.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length <= plainLimit else { return nil }
        return inflated(Data(content.dropFirst(4)), length: length)
    }

    private static func deflated(_ plain: Data) -> Data? {
        var length = compressBound(uLong(plain.count))
        var packed = Data(count: Int(length))
        let result = plain.withUnsafeBytes { input in
            packed.withUnsafeMutableBytes { output in
                // Bound: zlib writes at most `length` bytes, which is the room that is lent.
                compress2(
                    output.bindMemory(to: Bytef.self).baseAddress, &length,
                    input.bindMemory(to: Bytef.self).baseAddress, uLong(input.count), 5)
            }
        }
        return result == Z_OK ? packed.prefix(Int(length)) : nil
    }

    private static func inflated(_ packed: Data, length: Int) -> Data? {
        // One byte at least: zlib takes no address of nothing.
        var plain = Data(count: max(1, length))
        var made = uLong(plain.count)
        let result = packed.withUnsafeBytes { input in
            plain.withUnsafeMutableBytes { output in
                uncompress(
                    output.bindMemory(to: Bytef.self).baseAddress, &made,
                    input.bindMemory(to: Bytef.self).baseAddress, uLong(input.count))
            }
        }
        return result == Z_OK && Int(made) == length ? Data(plain.prefix(length)) : nil
    }
}
