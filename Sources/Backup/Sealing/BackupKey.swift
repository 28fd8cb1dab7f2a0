import Crypto
import CryptoExtras
import Foundation

/// How a passphrase becomes a key: scrypt (RFC 7914). It stands in the open beside each encrypted manifest.
struct KeyDerivation: Hashable, Sendable, Codable {
    /// *N*: 2¹⁵ with *r* = 8 takes 32 MiB and about a tenth of a second.
    var rounds = 1 << 15
    /// *r*.
    var blockSize = 8
    /// *p*.
    var parallelism = 1
    var salt: Data

    /// With a salt of its own.
    init() {
        salt = SymmetricKey(size: .bits128).withUnsafeBytes { Data($0) }
    }

    /// Whether the numbers are ones that may be computed with: they are read from a place that others may write to, and
    /// must not ask for more than 256 MiB.
    var isPossible: Bool {
        rounds.nonzeroBitCount == 1 && (1 << 14...1 << 17).contains(rounds) && (1...16).contains(blockSize)
            && parallelism == 1 && (8...64).contains(salt.count)
    }

    private enum CodingKeys: String, CodingKey {
        case salt
        case rounds = "n"
        case blockSize = "r"
        case parallelism = "p"
    }
}

/// The keys that a passphrase gives: one for names of objects, one for each object, one for each manifest.
///
/// An object's name is the HMAC of its content, so that equal blocks have one name without telling what they hold. Its
/// key follows from its name: the same key seals the same bytes only, and a nonce that begins at 0 is never used for
/// two of them.
struct BackupKey: Sendable {
    let derivation: KeyDerivation
    private let master: SymmetricKey
    private let naming: SymmetricKey

    /// Takes about a tenth of a second and 32 MiB.
    init(_ secret: BackupSecret, _ derivation: KeyDerivation) throws {
        guard derivation.isPossible else {
            throw BackupError.badKey(reason: "the manifest names numbers for scrypt that are out of range")
        }
        self.derivation = derivation
        do {
            master = try KDF.Scrypt.deriveKey(
                from: secret.bytes, salt: derivation.salt, outputByteCount: 32, rounds: derivation.rounds,
                blockSize: derivation.blockSize, parallelism: derivation.parallelism)
        } catch {
            throw BackupError.badKey(reason: "scrypt failed, perhaps for want of memory")
        }
        naming = Self.derived(master, salt: Data(), "millrace backup: names of objects")
    }

    func name(of block: Data) -> String {
        HMAC<SHA256>.authenticationCode(for: block, using: naming).hexadecimal
    }

    func key(ofObject name: String) -> SymmetricKey {
        Self.derived(master, salt: Data(name.utf8), "millrace backup: object")
    }

    func key(ofManifest salt: Data) -> SymmetricKey {
        Self.derived(master, salt: salt, "millrace backup: manifest")
    }

    private static func derived(_ master: SymmetricKey, salt: Data, _ use: String) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: master, salt: salt, info: Data(use.utf8), outputByteCount: 32)
    }
}

extension HashedAuthenticationCode {
    fileprivate var hexadecimal: String { hexadecimalText(of: self) }
}
