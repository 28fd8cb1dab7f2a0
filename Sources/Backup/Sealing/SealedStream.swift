import Crypto
import Foundation

/// Bytes encrypted in chunks, so that what is cut off, put in another order or taken from elsewhere is found out.
///
/// AES-256-GCM a chunk, as in the STREAM construction (Hoang, Reyhanitabar, Rogaway and Vizár, "Online
/// Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance", CRYPTO 2015). The chunk's number is its nonce,
/// and with a flag that tells the last one it is associated data, behind the context that the caller names.
///
/// | bytes | what |
/// |---|---|
/// | 1,048,576, the last chunk less | ciphertext |
/// | 16 | tag |
///
/// A key seals one stream only: nonces begin at 0 in each. Bytes that are none make one empty chunk.
enum SealedStream {
    static let chunkByteCount = 1 << 20
    static let tagByteCount = 16

    /// The stream was sealed with another key or for another context, or has been changed.
    struct Unopened: Error, Equatable {
        /// Of the first chunk that does not open, in the stream as it is stored.
        var offset: Int
    }

    static func seal(_ plain: Data, key: SymmetricKey, context: Data) throws -> Data {
        let bytes = Data(plain)
        let count = max(1, (bytes.count + chunkByteCount - 1) / chunkByteCount)
        var sealed = Data(capacity: bytes.count + count * tagByteCount)
        for number in 0..<count {
            let start = number * chunkByteCount
            let chunk = bytes[start..<min(start + chunkByteCount, bytes.count)]
            let box = try AES.GCM.seal(
                chunk, using: key, nonce: try nonce(number),
                authenticating: associated(context, number, isLast: number == count - 1))
            sealed.append(box.ciphertext)
            sealed.append(box.tag)
        }
        return sealed
    }

    /// - Throws: ``Unopened``.
    static func open(_ stored: Data, key: SymmetricKey, context: Data) throws -> Data {
        let sealed = Data(stored)
        let step = chunkByteCount + tagByteCount
        let count = max(1, (sealed.count + step - 1) / step)
        var plain = Data(capacity: sealed.count)
        for number in 0..<count {
            let start = number * step
            let chunk = sealed[min(start, sealed.count)..<min(start + step, sealed.count)]
            guard chunk.count >= tagByteCount,
                let nonce = try? nonce(number),
                let box = try? AES.GCM.SealedBox(
                    nonce: nonce, ciphertext: chunk.dropLast(tagByteCount), tag: chunk.suffix(tagByteCount)),
                let bytes = try? AES.GCM.open(
                    box, using: key, authenticating: associated(context, number, isLast: number == count - 1))
            else { throw Unopened(offset: start) }
            plain.append(bytes)
        }
        return plain
    }

    private static func nonce(_ number: Int) throws -> AES.GCM.Nonce {
        try AES.GCM.Nonce(data: Data(count: 4) + bigEndian(number))
    }

    private static func associated(_ context: Data, _ number: Int, isLast: Bool) -> Data {
        context + bigEndian(number) + Data([isLast ? 1 : 0])
    }

    private static func bigEndian(_ number: Int) -> Data {
        withUnsafeBytes(of: UInt64(number).bigEndian) { Data($0) }
    }
}
