/// Where the password of a session that is being opened comes from.
enum SessionPassword: Sendable {
    /// Settled before; hosts that are not named have none.
    case known([PostgresHost: String])
    /// Asked of the settings for the host that is tried, and anew when the server refuses it.
    case asked

    /// What to show `host`. The calling thread waits for it, so it must be one that may.
    ///
    /// - Throws: ``PostgresError/noPassword(server:reason:)``.
    func current(
        for host: PostgresHost, _ settings: PostgresSettings, until end: ContinuousClock.Instant
    ) throws(PostgresError) -> String? {
        if case .known(let passwords) = self { return passwords[host] }
        let begin = ContinuousClock.now
        let result = Self.wait(until: end) { try await settings.password(for: host) }
        switch result {
        case .success(let password): return password
        case .failure(let error):
            throw .noPassword(server: settings.name(of: host), reason: "\(error)".withoutEndMark)
        case nil:
            let waited = Duration.milliseconds((ContinuousClock.now - begin).wholeMilliseconds)
            throw .noPassword(server: settings.name(of: host), reason: "there was none within \(waited)")
        }
    }

    /// Another one than `refused`, where it was changed in the place that it is kept in.
    ///
    /// - Returns: `nil` where there is no other.
    func renewed(
        for host: PostgresHost, refused: String?, _ settings: PostgresSettings,
        until end: ContinuousClock.Instant
    ) throws(PostgresError) -> String? {
        guard case .asked = self, settings.hostPassword == nil, let refused,
            let renew = settings.renewPassword
        else { return nil }
        let found = Self.wait(until: end) { await renew(refused) }
        guard case .success(true) = found else { return nil }
        let password = try current(for: host, settings, until: end)
        return password == refused ? nil : password
    }

    /// What something asynchronous brings; `nil` when it has not by then, and is given up.
    private static func wait<Value: Sendable>(
        until end: ContinuousClock.Instant, _ work: @escaping @Sendable () async throws -> Value
    ) -> Result<Value, any Error>? {
        let errand = WaitedErrand<Value>()
        let task = Task.detached {
            let result: Result<Value, any Error>
            do { result = .success(try await work()) } catch { result = .failure(error) }
            errand.settle(result)
        }
        guard let result = errand.result(until: end) else {
            task.cancel()
            return nil
        }
        return result
    }
}
