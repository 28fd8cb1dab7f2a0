import Crypto
import Foundation

/// Seals the secrets that variables hold, so that a database or its backup tells none of them.
///
/// AES-256-GCM (NIST SP 800-38D) with a fresh nonce for each secret. The owner and the variable's name are
/// authenticated with it: what is sealed opens for them alone, so a row put in place of another's is of no use.
/// Whoever renames a variable opens its value and seals it anew.
///
/// A sealed value:
///
/// | offset | size | meaning |
/// |---|---|---|
/// | 0 | 4 | `MSV1` |
/// | 4 | 1 | *n*, the bytes of the key's id |
/// | 5 | *n* | the key's id |
/// | 5 + *n* | 12 | nonce |
/// | 17 + *n* | the secret's | ciphertext |
/// | the last | 16 | tag |
public struct VariableSeal: Sendable {
    private static let magic = Data("MSV1".utf8)
    private static let overhead = 12 + 16

    private let ring: SealKeyRing

    /// Seals with the newest key, and opens what any of them has sealed.
    public init(_ keys: SealKeys) {
        ring = SealKeyRing(keys)
    }

    /// With keys that are exchanged meanwhile.
    public init(_ ring: SealKeyRing) {
        self.ring = ring
    }

    /// With keys that are kept elsewhere, as several processes need them that share a database.
    ///
    /// - Parameters:
    ///   - text: keys as the file of a data folder has them, an id and 32 bytes in Base64 each, with line feeds or commas
    ///     between, the newest last.
    ///   - name: what the keys were given as, for messages.
    /// - Throws: ``WorkspaceError/keyFile(path:reason:)``.
    public init(keys text: String, from name: String) throws(WorkspaceError) {
        ring = SealKeyRing(try SealKeys(lines: text, from: name))
    }

    /// Seals a secret with the newest key.
    public func seal(_ secret: Data, name: String, owner: Owner) throws(WorkspaceError) -> Data {
        guard let key = ring.sealing, let head = Self.head(key.id) else {
            throw .sealBroken(variable: name, reason: "there is no key to seal it with")
        }
        let context = Self.context(head, name, owner)
        guard let box = try? AES.GCM.seal(secret, using: key.key, authenticating: context),
            let combined = box.combined
        else {
            throw .sealBroken(variable: name, reason: "it could not be encrypted")
        }
        return head + combined
    }

    /// The secret that was sealed for this variable and owner.
    public func open(_ sealed: Data, name: String, owner: Owner) throws(WorkspaceError) -> Data {
        guard let parts = Self.parts(of: sealed) else {
            throw .sealBroken(variable: name, reason: "it is not sealed by us, or cut off")
        }
        guard let key = ring.keys.key(parts.keyID) else {
            throw .sealBroken(
                variable: name, reason: "it is sealed with the key \(parts.keyID), which is not there")
        }
        guard let box = try? AES.GCM.SealedBox(combined: parts.box),
            let secret = try? AES.GCM.open(
                box, using: key, authenticating: Self.context(parts.head, name, owner))
        else {
            throw .sealBroken(
                variable: name, reason: "it was changed, or sealed for another variable or owner")
        }
        return secret
    }

    /// A secret for something else than sealing, made of the newest key (HKDF, RFC 5869), and of the first one where keys
    /// are exchanged by time: the same in every process that has that key, whenever it started, of which it tells nothing.
    /// `nil` where there is no key.
    ///
    /// - Parameter purpose: what it is for; another secret for each.
    public func secret(for purpose: String) -> Data? {
        guard let key = ring.keys.lasting else { return nil }
        let secret = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: key.key, info: Data("millrace \(purpose)".utf8), outputByteCount: 32)
        return secret.withUnsafeBytes { Data($0) }
    }

    /// Whether the newest key has sealed it; `false` and it is worth sealing anew.
    public func isCurrent(_ sealed: Data) -> Bool {
        guard let parts = Self.parts(of: sealed), let sealing = ring.sealing else { return false }
        return parts.keyID == sealing.id
    }

    /// What every value begins with that the newest key has sealed; `nil` where there is no key.
    public var mark: Data? { ring.sealing.flatMap { Self.head($0.id) } }

    private static func head(_ keyID: String) -> Data? {
        UInt8(exactly: keyID.utf8.count).map { magic + [$0] + Data(keyID.utf8) }
    }

    /// The id of the key that sealed a value; `nil` for what has not the form of one.
    public static func keyID(of value: Data) -> String? { parts(of: value)?.keyID }

    /// Whether it has the form of a sealed value.
    public static func isSealed(_ value: Data) -> Bool { parts(of: value) != nil }

    private static func parts(of sealed: Data) -> (head: Data, keyID: String, box: Data)? {
        // Slices count from their own start.
        let sealed = Data(sealed)
        guard sealed.count > magic.count, sealed.starts(with: magic) else { return nil }
        let headCount = magic.count + 1 + Int(sealed[magic.count])
        guard sealed.count >= headCount + overhead else { return nil }
        let head = Data(sealed.prefix(headCount))
        let keyID = String(decoding: head.dropFirst(magic.count + 1), as: UTF8.self)
        return (head, keyID, Data(sealed.dropFirst(headCount)))
    }

    /// What is authenticated. Each part with its length before it: no two owners and names give the same bytes.
    private static func context(_ head: Data, _ name: String, _ owner: Owner) -> Data {
        var context = head
        for part in [owner.tenant, owner.name, name] {
            context += Data("\(part.utf8.count):\(part)".utf8)
        }
        return context
    }
}
