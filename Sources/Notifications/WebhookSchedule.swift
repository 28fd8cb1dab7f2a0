import Foundation

/// When a message is sent again that was not taken.
///
/// The waits are those that the Standard Webhooks specification 1.0 recommends, three days together; each is up to a
/// tenth longer at random, so that what failed together does not come back together.
public struct WebhookSchedule: Sendable, Hashable {
    /// The wait after each attempt but the last.
    public var waits: [Duration]
    /// The longest that a receiver's `Retry-After` is waited for.
    public var retryAfterLimit: Duration
    /// How much longer a wait may be at random, as a part of it.
    static let jitter = 0.1

    public static let standard = WebhookSchedule(
        waits: [
            .seconds(5), .seconds(300), .seconds(1_800), .seconds(7_200), .seconds(18_000),
            .seconds(36_000), .seconds(50_400), .seconds(72_000), .seconds(86_400),
        ], retryAfterLimit: .seconds(86_400))

    public init(waits: [Duration], retryAfterLimit: Duration) {
        self.waits = waits
        self.retryAfterLimit = retryAfterLimit
    }

    /// Attempts at a message, the first included.
    public var attempts: Int { waits.count + 1 }

    /// - Parameters:
    ///   - attempts: attempts that have failed, 1 or more.
    ///   - retryAfter: the least that the receiver asks for.
    /// - Returns: `nil` when the attempts are used up.
    public func wait(
        after attempts: Int, retryAfter: Duration? = nil, using numbers: inout some RandomNumberGenerator
    ) -> Duration? {
        let place = max(attempts, 1) - 1
        guard place < waits.count else { return nil }
        let own = waits[place] * Double.random(in: 1...(1 + Self.jitter), using: &numbers)
        return max(own, min(retryAfter ?? .zero, retryAfterLimit))
    }
}
