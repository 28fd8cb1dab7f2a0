import Crypto
import Foundation
import Synchronization

/// Results that processes share, and claims to work them out: a lock for each result, which ends by itself.
///
/// A result and the claim to make it lie under one key. The key is a keyed hash (HMAC-SHA256) of the result's name, so
/// that nobody who lacks the secret can try names out. A claim is `C` and a token of its holder; a result is sealed and
/// packed (``PackedResult``). Whatever else lies there counts as damaged, and is written over.
public final class RedisResults: Sendable {
    public enum Look: Sendable, Hashable {
        case kept(Data)
        /// The asker has the claim.
        case granted
        /// Another one has it.
        case underWay
    }

    public struct Counts: Sendable, Hashable {
        public var found = 0
        /// Looks that found nothing and were given the claim.
        public var missing = 0
        /// Looks that found another's claim.
        public var underWay = 0
        public var damaged = 0
        public var kept = 0
        /// Results that were not kept as they are too large.
        public var tooLarge = 0

        public init() {}
    }

    private let pool: RedisPool
    private let prefix: String
    private let naming: SymmetricKey
    private let sealing: Data
    private let lifetime: Duration
    private let patience: Duration
    private let tally = Mutex(Counts())

    /// - Parameters:
    ///   - prefix: what every key begins with.
    ///   - secret: 16 bytes or more that all processes have which share results, and nobody else.
    ///   - lifetime: how long a result is kept after it was written; a second or more.
    ///   - patience: how long a request waits for the server.
    public init(
        _ pool: RedisPool, prefix: String, secret: Data, lifetime: Duration,
        patience: Duration = .milliseconds(50)
    ) {
        self.pool = pool
        self.prefix = prefix
        let key = SymmetricKey(data: secret)
        func derived(_ purpose: String) -> SymmetricKey {
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: key, info: Data("millrace shared results \(purpose)".utf8),
                outputByteCount: 32)
        }
        naming = derived("names")
        sealing = derived("values").withUnsafeBytes { Data($0) }
        self.lifetime = lifetime
        self.patience = patience
    }

    public var counts: Counts { tally.withLock { $0 } }

    /// What is kept under a name; where nothing is, the asker is given the claim in the same step.
    ///
    /// - Parameters:
    ///   - kind: what it is, such as `answer`; part of the key as it stands.
    ///   - token: names the asker, and nobody else.
    ///   - claim: how long the claim lasts.
    /// - Throws: ``RedisError``, `CancellationError`.
    public func look(
        _ kind: String, _ name: Data, token: String, claim: Duration
    ) async throws -> Look {
        let key = key(kind, name)
        let claiming = [RedisWord.text("C\(token)"), .int(max(1, claim.wholeMilliseconds))]
        let reply = try await pool.evaluate(Self.looking, key: key, claiming, within: patience)
        guard let value = reply.data else {
            tally.withLock { $0.missing += 1 }
            return .granted
        }
        if value.first == UInt8(ascii: "C") {
            // One's own, as when the reply to an earlier look was lost.
            if value.dropFirst().elementsEqual(token.utf8) { return .granted }
            tally.withLock { $0.underWay += 1 }
            return .underWay
        }
        if let plain = PackedResult.opened(value, under: key, with: sealing) {
            tally.withLock { $0.found += 1 }
            return .kept(plain)
        }
        // Whoever finds it works it out, without a claim, and writes it anew.
        tally.withLock { $0.damaged += 1 }
        return .granted
    }

    /// Keeps a result in place of whatever is there.
    ///
    /// - Returns: whether it is not too large.
    /// - Throws: ``RedisError``, `CancellationError`.
    @discardableResult
    public func keep(_ kind: String, _ name: Data, _ plain: Data) async throws -> Bool {
        let key = key(kind, name)
        guard let value = PackedResult.packed(plain, under: key, with: sealing) else {
            tally.withLock { $0.tooLarge += 1 }
            return false
        }
        let milliseconds = max(1_000, lifetime.wholeMilliseconds)
        _ = try await pool.send(
            RedisCommand(["SET", .text(key), .bytes(value), "PX", .int(milliseconds)], key: key))
        tally.withLock { $0.kept += 1 }
        return true
    }

    /// Lets a claim last for `claim` from now on.
    ///
    /// - Returns: whether it is still the asker's.
    /// - Throws: ``RedisError``, `CancellationError`.
    @discardableResult
    public func renew(_ kind: String, _ name: Data, token: String, claim: Duration) async throws -> Bool {
        let words = [RedisWord.text("C\(token)"), .int(max(1, claim.wholeMilliseconds))]
        return try await pool.evaluate(
            Self.renewing, key: key(kind, name), words, within: pool.settings.commandTimeout
        ).integer == 1
    }

    /// Gives a claim up, if it is still the asker's.
    ///
    /// - Throws: ``RedisError``, `CancellationError`.
    public func release(_ kind: String, _ name: Data, token: String) async throws {
        _ = try await pool.evaluate(
            Self.releasing, key: key(kind, name), [.text("C\(token)")],
            within: pool.settings.commandTimeout)
    }

    func key(_ kind: String, _ name: Data) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: name, using: naming)
        return "\(prefix):\(kind):\(code.map { String(format: "%02x", $0) }.joined())"
    }

    private static let looking = RedisScript(
        """
        local kept = redis.call('GET', KEYS[1])
        if kept then return kept end
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        return false
        """)

    private static let renewing = RedisScript(
        """
        if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
        return redis.call('PEXPIRE', KEYS[1], ARGV[2])
        """)

    private static let releasing = RedisScript(
        """
        if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
        return redis.call('DEL', KEYS[1])
        """)
}
