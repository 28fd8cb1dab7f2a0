import Backends

extension Keys {
    /// A memory that several processes share.
    struct Cache: Sendable {
        let redis = Setting<String?>(
            "cache.redis", standard: "",
            "a Redis, 6 or later, that processes share, such as redis://USER@HOST:6379/0; empty for none",
            isSecret: true
        ) { text in
            if text.isEmpty { return .value(nil) }
            do throws(RedisError) {
                _ = try RedisSettings(url: text)
                return .value(text)
            } catch {
                // The sentence goes on in a message that ends with a full stop of its own.
                return .refused(expected: String("\(error)".dropLast()))
            }
        }
        let redisPassword = Setting<String?>(
            "cache.redis_password",
            "its password; better given as MILLRACE_CACHE_REDIS_PASSWORD, or as what it is kept as in AWS, and asked for anew with each connection",
            isSecret: true)
        let redisPrefix = Setting<String>(
            "cache.redis_prefix", "millrace",
            "what every key begins with; another one for each installation that shares the Redis")
        let redisLifetime = Setting<Int>(
            "cache.redis_ttl", 86_400, in: 60...31_536_000, "seconds that a question's vector is kept there")
        let redisResultsLifetime = Setting<Int>(
            "cache.redis_results_ttl", 3_600, in: 0...31_536_000,
            "seconds that what searches found, and answers, are kept there, sealed with database.seal_keys, for processes that share a PostgreSQL; 0 for not at all"
        )
    }
}
