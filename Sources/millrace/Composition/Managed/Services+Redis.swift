import Backends

extension Services {
    /// The memory that the settings have processes share; `nil` for none. Nothing is connected yet.
    func redis() throws -> RedisMemory? {
        try redisPart {
            guard let url = self.settings[\.cache.redis] else { return nil }
            return RedisMemory(
                try RedisSettings(
                    url: url, password: { [settings] in settings[\.cache.redisPassword] },
                    renewPassword: { await self.renewReference(\.cache.redisPassword, refused: $0) }),
                prefix: self.settings[\.cache.redisPrefix],
                lifetime: .seconds(self.settings[\.cache.redisLifetime]), logger: self.logger)
        }
    }
}
