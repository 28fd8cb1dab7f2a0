import Backends

/// Tries the Redis that the settings name, and changes nothing in it.
struct RedisDiagnosis: Sendable {
    private static let part = "shared memory"

    let services: Services

    func finding() async -> Finding {
        do {
            guard let pool = try services.redis()?.pool else { return .fine(Self.part, "not used") }
            let found = try await RedisInspection.read(pool)
            let place = "Redis \(found.version) at \(pool.settings.name)"
            guard found.isRecentEnough else {
                return .fails(
                    Self.part,
                    "\(place) is too old; \(RedisInspection.oldestMajorVersion) or later is needed")
            }
            // A cluster's replica sends commands on.
            guard found.role == "master" || found.mode == "cluster" else {
                return .fails(Self.part, "\(place) is a replica (\(found.role)); name the primary")
            }
            return .fine(Self.part, "\(place), \(found.mode), \(found.role); \(memory(found))")
        } catch {
            return .fails(Self.part, "\(error)")
        }
    }

    private func memory(_ found: RedisInspection) -> String {
        guard found.maxmemory > 0 else { return "no bound of its memory (maxmemory)" }
        let bound = "maxmemory \(found.maxmemory >> 20) MB, \(found.maxmemoryPolicy)"
        // What is kept here may all be dropped; without that, writes fail once the memory is full.
        return found.maxmemoryPolicy == "noeviction"
            ? "\(bound): once it is full nothing more is shared; allkeys-lru suits better" : bound
    }
}
