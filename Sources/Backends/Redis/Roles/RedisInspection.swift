/// What a Redis says of itself; for whoever looks whether it fits.
public struct RedisInspection: Sendable, Hashable {
    /// `7.0.15`.
    public var version: String
    /// `master`, `slave`.
    public var role: String
    /// `standalone`, `cluster`, `sentinel`.
    public var mode: String
    /// What it drops when its memory is full: `noeviction`, `allkeys-lru`, ….
    public var maxmemoryPolicy: String
    /// Bytes that it may take; 0 for as many as there are.
    public var maxmemory: Int

    /// The oldest version whose scripts may ask for the time and write.
    public static let oldestMajorVersion = 6

    public var isRecentEnough: Bool {
        (version.split(separator: ".").first.flatMap { Int($0) } ?? 0) >= Self.oldestMajorVersion
    }

    /// Asks the server; changes nothing.
    ///
    /// - Throws: ``RedisError``, `CancellationError`.
    public static func read(_ pool: RedisPool) async throws -> RedisInspection {
        let limit = pool.settings.connectTimeout + pool.settings.commandTimeout
        guard try await pool.send(RedisCommand(["PING"]), within: limit).text == "PONG" else {
            throw RedisError.unexpectedReply(server: pool.settings.name, expected: "PONG")
        }
        guard let text = try await pool.send(RedisCommand(["INFO"]), within: limit).text else {
            throw RedisError.unexpectedReply(server: pool.settings.name, expected: "what INFO tells")
        }
        return RedisInspection(info: text)
    }

    /// Reads what INFO tells, a fact a line.
    public init(info text: String) {
        var facts: [Substring: Substring] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            facts[line[..<colon]] = line[line.index(after: colon)...]
        }
        func fact(_ name: Substring) -> String { String(facts[name] ?? "") }
        version = fact("redis_version")
        role = fact("role")
        mode = fact("redis_mode")
        maxmemoryPolicy = fact("maxmemory_policy")
        maxmemory = Int(fact("maxmemory")) ?? 0
    }
}
