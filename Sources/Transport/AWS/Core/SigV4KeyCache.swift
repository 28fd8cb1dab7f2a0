import Crypto
import Foundation
import Synchronization

/// The keys that a signer signs with: deriving one takes four HMACs, and it serves for a day.
///
/// A secret is known here by its digest alone. A few keys are kept, the oldest goes first: a role's keys change by
/// the hour, and several callers may take turns.
final class SigV4KeyCache: Sendable {
    static let capacity = 8

    private struct Entry {
        var day: Substring
        var secret: SHA256.Digest
        var key: SymmetricKey
    }

    private let entries = Mutex<[Entry]>([])

    /// How many keys are kept now.
    var count: Int { entries.withLock { $0.count } }

    /// The key of a day, in the one region and service of the cache's signer.
    func key(_ secret: String, day: Substring, region: String, service: String) -> SymmetricKey {
        let digest = SHA256.hash(data: Array(secret.utf8))
        let known = entries.withLock { entries in
            entries.first { $0.day == day && $0.secret == digest }?.key
        }
        if let known { return known }
        var key = SymmetricKey(data: Array("AWS4\(secret)".utf8))
        for part in [String(day), region, service, "aws4_request"] {
            key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key))
        }
        let entry = Entry(day: day, secret: digest, key: key)
        entries.withLock { entries in
            if entries.count >= Self.capacity { entries.removeFirst() }
            entries.append(entry)
        }
        return key
    }
}
