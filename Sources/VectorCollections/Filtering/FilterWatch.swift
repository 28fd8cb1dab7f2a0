import GRDB
import GRDBSQLite

/// Says when a filter has to stop: its time is up, or whoever wants it has left.
///
/// Read and changed by one thread: the one that runs the statement, from within SQLite.
private final class FilterWatch {
    private let deadline = ContinuousClock.now + CollectionLimits.filterTime
    private(set) var isOverdue = false

    var mustStop: Bool {
        if Task.isCancelled { return true }
        isOverdue = isOverdue || ContinuousClock.now >= deadline
        return isOverdue
    }
}

extension Database {
    /// Steps of SQLite's machine between two looks at the clock.
    private static let stepsPerLook: Int32 = 20_000

    /// Runs statements that a caller's filter makes slow, no longer than ``CollectionLimits/filterTime``.
    ///
    /// - Throws: ``CollectionError/invalid(field:reason:)`` when the time is up, and `CancellationError`.
    func withFilterWatch<Value>(_ body: () throws -> Value) throws -> Value {
        let watch = FilterWatch()
        // `watch` outlives the handler, which is taken away before this returns.
        sqlite3_progress_handler(
            sqliteConnection, Self.stepsPerLook,
            { watch in
                guard let watch else { return 1 }
                return Unmanaged<FilterWatch>.fromOpaque(watch).takeUnretainedValue().mustStop ? 1 : 0
            }, Unmanaged.passUnretained(watch).toOpaque())
        defer {
            sqlite3_progress_handler(sqliteConnection, 0, nil, nil)
            withExtendedLifetime(watch) {}
        }
        do {
            return try body()
        } catch let error as DatabaseError where error.resultCode == .SQLITE_INTERRUPT {
            guard watch.isOverdue else { throw CancellationError() }
            throw CollectionError.invalid(
                field: "filter",
                reason:
                    "takes more than \(CollectionLimits.filterTime / .seconds(1)) s here; name fewer values, or narrow it"
            )
        }
    }
}
