import Foundation
import Workspace

/// By whose clock leases end, and what waits is due.
public enum LeaseClock: Sendable, Hashable {
    /// The database's: one for all processes, whatever their own clocks say.
    case database
    /// Each caller's own: for tests, which set the time.
    case callers
}

/// What time it is for leases and for what waits, as one transaction goes by it.
///
/// By its own clock a process that is ahead would take what others are still at, and one that is behind would leave what
/// is due. Callers give and are told times by theirs; what is kept are the database's.
struct LeaseTime: Sendable {
    /// As times are kept.
    let now: Date
    /// Seconds that the database's clock is ahead of the caller's; `nil` where the caller's counts.
    private let ahead: TimeInterval?

    /// - Parameter time: what the caller's clock says.
    init(_ clock: LeaseClock, callers time: Date, _ db: PostgresConnection) throws {
        switch clock {
        case .callers:
            now = time
            ahead = nil
        case .database:
            // Most often told as the transaction began. A lease that somebody was given while it waited for a lock ends
            // later than that, so that it is left alone.
            guard let found = try db.beganAt ?? db.int("SELECT \(PostgresConnection.clock)") else {
                throw PostgresError.unexpectedValue(
                    server: db.server, column: "clock_timestamp", expected: "time")
            }
            now = Date(microseconds: found)
            ahead = now.timeIntervalSince(time)
        }
    }

    /// When a lease ends that is given now.
    func after(_ duration: Duration) -> Date { now.addingTimeInterval(duration / .seconds(1)).stored }

    /// A caller's time as it is kept.
    func kept(_ time: Date) -> Date { ahead.map { time.addingTimeInterval($0).stored } ?? time }

    /// A kept time by the caller's clock.
    func told(_ time: Date) -> Date { ahead.map { time.addingTimeInterval(-$0) } ?? time }

    /// When something is due that may begin at once, and that is of `time` for its caller: another process's clock may have
    /// said so.
    func atOnce(_ time: Date) -> Date { ahead == nil ? time : now }
}

extension PostgresWorkspace {
    /// - Parameter time: what the caller's clock says.
    func leaseTime(_ time: Date, _ db: PostgresConnection) throws -> LeaseTime {
        try LeaseTime(leaseClock, callers: time, db)
    }
}
