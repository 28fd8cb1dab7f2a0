import Foundation
import Synchronization
import Transport

/// Keys that are renewed before they are over, by one renewal at a time.
///
/// In the last quarter of an hour (or of the keys' life, if that is shorter: a quarter of it) a call begins the
/// renewal and goes on with the keys that there are. In the last two thirds of that time calls wait for it. If it
/// fails, the keys that there are serve as long as they last, and renewal is tried again after some seconds.
public actor RefreshingCredentials: AWSCredentialsProvider {
    /// Seconds before the end in which keys are renewed beside the calls.
    static let advisory: TimeInterval = 900
    /// Seconds after a failed renewal in which the keys that there are do.
    static let pause: TimeInterval = 10

    private struct Known {
        var keys: AWSCredentials
        var fetched: Date

        /// Seconds before the end in which they are renewed.
        var window: TimeInterval {
            guard let end = keys.expiration else { return 0 }
            return min(RefreshingCredentials.advisory, max(0, end.timeIntervalSince(fetched)) / 4)
        }
    }

    private let fetch: @Sendable () async throws(AWSError) -> AWSCredentials
    private let now: @Sendable () -> Date
    private var known: Known? { didSet { publish() } }
    /// The keys until their renewal comes near: what almost every call takes, without a turn of the actor's.
    private let fresh = Mutex<(keys: AWSCredentials, until: Date)?>(nil)
    private var renewal: Task<Result<AWSCredentials, AWSError>, Never>?
    private var nextRenewal = Date.distantPast

    /// - Parameter now: AWS's time, which keys end by.
    public init(
        now: @escaping @Sendable () -> Date = { Date() },
        fetch: @escaping @Sendable () async throws(AWSError) -> AWSCredentials
    ) {
        self.now = now
        self.fetch = fetch
    }

    public nonisolated func credentials() async throws(AWSError) -> AWSCredentials {
        if let (keys, end) = fresh.withLock(\.self), now() < end { return keys }
        return try await renewedNearTheEnd()
    }

    private func renewedNearTheEnd() async throws(AWSError) -> AWSCredentials {
        guard let known else { return try await renewed() }
        guard let end = known.keys.expiration else { return known.keys }
        let window = known.window
        let rest = end.timeIntervalSince(now())
        if rest > window { return known.keys }
        if rest <= 0 { return try await renewed() }
        guard now() >= nextRenewal else { return known.keys }
        if rest > window * 2 / 3 {
            begin()
            return known.keys
        }
        do throws(AWSError) {
            return try await renewed()
        } catch {
            // They last a little yet.
            guard end > now() else { throw error }
            return known.keys
        }
    }

    public func discard(_ credentials: AWSCredentials) async {
        if known?.keys == credentials { known = nil }
    }

    private func publish() {
        let now = known.map { known in
            (
                keys: known.keys,
                until: known.keys.expiration?.addingTimeInterval(-known.window) ?? .distantFuture
            )
        }
        fresh.withLock { $0 = now }
    }

    /// The outcome of the renewal that is under way, or of one begun now. A caller that is cancelled leaves it be.
    private func renewed() async throws(AWSError) -> AWSCredentials {
        try await begin().value.get()
    }

    @discardableResult
    private func begin() -> Task<Result<AWSCredentials, AWSError>, Never> {
        if let renewal { return renewal }
        let task = Task { await renew() }
        renewal = task
        return task
    }

    private func renew() async -> Result<AWSCredentials, AWSError> {
        defer { renewal = nil }
        do throws(AWSError) {
            let keys = try await fetch()
            if let end = keys.expiration, end <= now() {
                throw AWSError.credentialsFailed(
                    AWSCredentialPlace("the keys' source", "it gave keys that are over already"),
                    isRetryable: true)
            }
            known = Known(keys: keys, fetched: now())
            return .success(keys)
        } catch {
            nextRenewal = now().addingTimeInterval(Self.pause)
            return .failure(error)
        }
    }
}
