import Foundation

/// What an encrypted value is kept as, version 1. Numbers are big-endian.
///
///     offset  size  meaning
///     0       4     "MRE1"
///     4       2     K, length of the KMS key's ARN
///     6       K     that ARN, UTF-8
///     6+K     2     N, length of the encrypted data key
///     8+K     N     the data key, encrypted by KMS under the context
///     8+K+N   12    nonce of AES-256-GCM
///     20+K+N  …     the value, encrypted with the data key
///     -16     16    tag
///
/// The tag covers, beside the value, "MRE1" and the context (keys in the order of their bytes, each key and value
/// behind its length in 4 bytes), and nothing of the data key: so that changing the KMS key leaves it valid.
struct Envelope: Sendable, Equatable {
    /// Why bytes are no envelope.
    struct Fault: Error, Equatable {
        var reason: String
    }

    static let magic = Data("MRE1".utf8)
    static let nonceBytes = 12
    static let tagBytes = 16

    var keyARN: String
    var encryptedKey: Data
    /// Nonce, ciphertext and tag.
    var sealed: Data

    init(keyARN: String, encryptedKey: Data, sealed: Data) {
        self.keyARN = keyARN
        self.encryptedKey = encryptedKey
        self.sealed = sealed
    }

    init(_ data: Data) throws(Fault) {
        var rest = data
        func take(_ count: Int) throws(Fault) -> Data {
            guard count <= rest.count else {
                throw Fault(reason: "it has \(rest.count) bytes where \(count) are due")
            }
            defer { rest = Data(rest.dropFirst(count)) }
            return Data(rest.prefix(count))
        }
        guard try take(4) == Self.magic else { throw Fault(reason: "it does not begin with MRE1") }
        func length() throws(Fault) -> Int { try take(2).reduce(0) { $0 << 8 | Int($1) } }
        guard let arn = String(validating: try take(try length()), as: UTF8.self), !arn.isEmpty else {
            throw Fault(reason: "the name of its key is no text")
        }
        keyARN = arn
        encryptedKey = try take(try length())
        sealed = rest
        guard sealed.count >= Self.nonceBytes + Self.tagBytes else {
            throw Fault(reason: "it ends before its tag")
        }
    }

    /// - Throws: for a key or an ARN longer than 65,535 bytes.
    func encoded() throws(Fault) -> Data {
        func sized(_ data: Data) throws(Fault) -> Data {
            guard let size = UInt16(exactly: data.count) else { throw Fault(reason: "its key is too long") }
            return withUnsafeBytes(of: size.bigEndian) { Data($0) } + data
        }
        return Self.magic + (try sized(Data(keyARN.utf8))) + (try sized(encryptedKey)) + sealed
    }

    /// What the tag covers beside the value.
    static func authenticated(_ context: [String: String]) -> Data {
        var data = magic
        let pairs = context.map { (Data($0.key.utf8), Data($0.value.utf8)) }
            .sorted { $0.0.lexicographicallyPrecedes($1.0) }
        for part in pairs.flatMap({ [$0.0, $0.1] }) {
            data += withUnsafeBytes(of: UInt32(part.count).bigEndian) { Data($0) } + part
        }
        return data
    }
}
