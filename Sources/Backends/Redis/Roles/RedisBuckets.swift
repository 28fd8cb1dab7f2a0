import Crypto
import Foundation

/// Token buckets that every process takes from: so many requests a minute for each caller, whatever process they ask.
///
/// A bucket holds a minute's requests, as each process's own does. It is read, filled, taken from and written by one
/// script, which no other command interrupts, by the server's own clock. The key is a hash of the caller's name, and it
/// expires when the bucket is full again, which is what a bucket that is not there is.
public struct RedisBuckets: Sendable {
    /// What was taken.
    public struct Taken: Sendable, Hashable {
        public var isAllowed: Bool
        /// Requests that may follow at once.
        public var remaining: Int
        /// Until the next request is allowed, or the bucket is full again.
        public var seconds: Int
    }

    /// Requests a minute at most, so that every number of the script is a whole one below 2⁵³.
    public static let perMinuteLimit = 1_000_000

    private let pool: RedisPool
    private let prefix: String
    private let patience: Duration

    /// - Parameters:
    ///   - prefix: what every key begins with.
    ///   - patience: how long a request waits before whoever asks has to decide alone.
    public init(_ pool: RedisPool, prefix: String, patience: Duration = .milliseconds(50)) {
        self.pool = pool
        self.prefix = prefix
        self.patience = patience
    }

    /// Takes one request of `caller`'s.
    ///
    /// - Throws: ``RedisError``, `CancellationError`. It is not known then whether one was taken.
    public func take(_ caller: String, perMinute: Int) async throws -> Taken {
        let perMinute = min(max(1, perMinute), Self.perMinuteLimit)
        let reply = try await pool.evaluate(
            Self.script, key: key(of: caller), [.int(perMinute)], within: patience)
        guard let numbers = reply.array, numbers.count == 2, let allowed = numbers[0].integer,
            let level = numbers[1].integer, (0...Int64(perMinute) * Self.unit).contains(level)
        else {
            throw RedisError.unexpectedReply(server: pool.settings.name, expected: "a bucket’s level")
        }
        let missing = allowed == 1 ? Int64(perMinute) * Self.unit - level : max(0, Self.unit - level)
        // As many units come back in a second.
        let perSecond = Int64(perMinute) * 1_000_000
        return Taken(
            isAllowed: allowed == 1, remaining: Int(level / Self.unit),
            seconds: max(1, Int((missing + perSecond - 1) / perSecond)))
    }

    private func key(of caller: String) -> String {
        let hash = SHA256.hash(data: Data(caller.utf8)).prefix(16)
        return "\(prefix):pace:{\(hash.map { String(format: "%02x", $0) }.joined())}"
    }

    /// Units of a level that are one request: in one microsecond as many come back as there are requests a minute.
    private static let unit: Int64 = 60_000_000

    /// A bucket is `LEVEL TIME`: units, and the microsecond of the server's clock to which it was filled. A clock that
    /// went back, as that of a server that took over may have, fills nothing.
    private static let script = RedisScript(
        """
        local perMinute = tonumber(ARGV[1])
        local unit = 60000000
        local full = perMinute * unit
        local clock = redis.call('TIME')
        local now = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
        local level, filled = full, now
        local kept = redis.call('GET', KEYS[1])
        if kept then
          local l, f = string.match(kept, '^(%d+) (%d+)$')
          if l then level, filled = tonumber(l), tonumber(f) end
        end
        local passed = math.min(math.max(now - filled, 0), unit)
        level = math.min(level + passed * perMinute, full)
        local allowed = 0
        if level >= unit then
          level = level - unit
          allowed = 1
        end
        local wait = math.ceil((full - level) / perMinute / 1000) + 1
        redis.call('SET', KEYS[1], string.format('%.0f %.0f', level, now), 'PX', wait)
        return {allowed, level}
        """)
}
