import Crypto
import Foundation
import Synchronization

/// The keys that a signer signs with: deriving one takes four HMACs, and it serves for a day. What is kept is the code's
/// state after the key, from which each signature goes on.
///
/// A secret is known here by its digest alone. A few keys are kept, the oldest goes first: a role's keys change by
/// the hour, and several callers may take turns.
final class SigV4KeyCache: Sendable {
    static let capacity = 8

    private struct Entry {
        var day: Substring
        var secret: SHA256.Digest
        var code: HMAC<SHA256>
    }

    private let entries = Mutex<[Entry]>([])

    /// How many keys are kept now.
    var count: Int { entries.withLock { $0.count } }

    /// What signs with the key of a day, in the one region and service of the cache's signer.
    func code(_ secret: String, day: Substring, region: String, service: String) -> HMAC<SHA256> {
        let digest = Self.digest(secret)
        let known = entries.withLock { entries in
            entries.first { $0.day == day && $0.secret == digest }?.code
        }
        if let known { return known }
        var key = SymmetricKey(data: Array("AWS4\(secret)".utf8))
        for part in [String(day), region, service, "aws4_request"] {
            key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key))
        }
        // The day is a text of its own: a slice would keep the whole time that it is of.
        let entry = Entry(day: Substring(String(day)), secret: digest, code: HMAC<SHA256>(key: key))
        entries.withLock { entries in
            if entries.count >= Self.capacity { entries.removeFirst() }
            entries.append(entry)
        }
        return entry.code
    }

    private static func digest(_ secret: String) -> SHA256.Digest {
        var secret = secret
        return secret.withUTF8 { bytes in
            var hash = SHA256()
            hash.update(bufferPointer: UnsafeRawBufferPointer(bytes))
            return hash.finalize()
        }
    }
}
