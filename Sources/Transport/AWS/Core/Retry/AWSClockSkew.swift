import Foundation
import Synchronization

/// How far this machine's clock is from AWS's, learnt from the `Date` of an answer that refuses a signature.
///
/// AWS takes no signature that is more than five minutes off. One value serves all services of a program.
public final class AWSClockSkew: Sendable {
    /// Differences below this are not the reason of a refusal: seconds.
    static let tolerance: TimeInterval = 240
    /// Codes with which a signature is refused whose time is off, or which are told for that among others.
    static let codes: Set<String> = [
        "RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture", "InvalidSignatureException",
        "SignatureDoesNotMatch", "AuthFailure",
    ]

    private let offset = Mutex<TimeInterval>(0)
    private let local: @Sendable () -> Date

    /// - Parameter local: this machine's clock.
    public init(local: @escaping @Sendable () -> Date = { Date() }) {
        self.local = local
    }

    /// The time by AWS's clock, as far as it is known.
    public var now: Date { local().addingTimeInterval(offset.withLock { $0 }) }

    /// Seconds that AWS's clock is ahead.
    public var seconds: TimeInterval { offset.withLock { $0 } }

    /// Takes over the time of a refusal; `true` when that is far from what the request was signed with, so that
    /// signing it again helps.
    ///
    /// - Parameter isBare: whether the refusal can have no code, as that of a HEAD.
    func note(_ head: HTTPResponseHead, code: String, isBare: Bool = false, signedAt: Date) -> Bool {
        guard Self.codes.contains(code) || (isBare && head.status == 403), let text = head["date"],
            let theirs = HTTPDate.parse(text),
            abs(theirs.timeIntervalSince(signedAt)) > Self.tolerance
        else { return false }
        offset.withLock { $0 = theirs.timeIntervalSince(local()) }
        return true
    }
}
