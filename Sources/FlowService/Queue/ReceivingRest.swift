import Synchronization
import Workspace

/// The time in which no messages are received, since the database does not say what is to become of them.
///
/// Each time that a message is received counts toward its queue's limit, behind which it is a dead letter: an outage of the
/// database is no fault of the messages.
final class ReceivingRest: Sendable {
    private let end = Mutex<ContinuousClock.Instant?>(nil)

    static let length = Duration.seconds(5)

    /// Begins a rest where `error` is the database's, and passes.
    func note(_ error: any Error, at time: ContinuousClock.Instant = .now) {
        switch error as? WorkspaceError {
        case .unavailable, .outcomeUnknown, .busy: end.withLock { $0 = time + Self.length }
        default: break
        }
    }

    var isOn: Bool { isOn(at: .now) }

    func isOn(at time: ContinuousClock.Instant) -> Bool { end.withLock { $0.map { time < $0 } ?? false } }
}
