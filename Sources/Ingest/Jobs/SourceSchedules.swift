import Corpus
import Foundation
import Logging
import Synchronization

/// Asks for the syncs of sources that come and go, each on an interval of its own.
///
/// The interval counts from the end of the sync before. Each sync in a row that fails doubles it, up to
/// ``longestPause``: a site that is down is not asked the more for it.
public final class SourceSchedules: Sendable {
    private struct Entry {
        var pause: Duration
        /// `nil` while a sync is asked for and has not ended.
        var due: Date?
        var failures = 0
    }

    /// The longest wait after failures, unless the interval itself is longer.
    public static let longestPause = Duration.seconds(86_400)
    /// How often it looks whether something is due.
    private static let tick = Duration.seconds(5)
    /// In seconds: when a sync that is under way is looked at again.
    private static let lookAgain: TimeInterval = 30
    /// Earlier jobs that are looked at for failures in a row.
    private static let historyLimit = 50

    private let jobs: IngestJobs
    private let logger: Logger
    private let now: @Sendable () -> Date
    private let entries = Mutex<[String: Entry]>([:])

    public init(jobs: IngestJobs, logger: Logger, now: @escaping @Sendable () -> Date = { Date() }) {
        self.jobs = jobs
        self.logger = logger
        self.now = now
    }

    /// When a source is synced by itself next; `nil` when it is not, or is being synced.
    public func next(of source: String) -> Date? { entries.withLock { $0[source]?.due } }

    /// Syncs in a row that failed, as far as is known.
    public func failures(of source: String) -> Int { entries.withLock { $0[source]?.failures ?? 0 } }

    /// Puts a source on an interval, or takes it off.
    ///
    /// What earlier syncs came to is read from the jobs, so that a restart neither forgets failures nor begins early.
    ///
    /// - Parameter pause: `nil` to sync it only when somebody asks.
    public func set(_ source: String, every pause: Duration?) async throws {
        guard let pause else {
            entries.withLock { $0[source] = nil }
            return
        }
        let ended = try await jobs.jobs(
            source: source, states: Set(IngestJob.State.allCases.filter(\.isFinal)), before: nil,
            limit: Self.historyLimit
        ).filter(\.isSync)
        let failures = ended.prefix { $0.state != .finished && $0.state != .cancelled }.count
        let last = ended.first?.endedAt
        entries.withLock { entries in
            entries[source] = Entry(
                pause: pause, due: last.map { Self.due(after: $0, pause, failures) } ?? now(),
                failures: failures)
        }
    }

    /// Has the next sync of a source counted from the end of this one.
    public func ended(_ job: IngestJob) {
        guard job.isSync else { return }
        let time = now()
        entries.withLock { entries in
            guard var entry = entries[job.source] else { return }
            switch job.state {
            case .finished: entry.failures = 0
            case .failed, .interrupted: entry.failures += 1
            default: break
            }
            entry.due = Self.due(after: time, entry.pause, entry.failures)
            entries[job.source] = entry
        }
    }

    /// Asks for what is due until the task is cancelled.
    public func run() async {
        while !Task.isCancelled {
            await askForDue()
            guard (try? await Task.sleep(for: Self.tick)) != nil else { return }
        }
    }

    /// Asks for every sync that is due now.
    func askForDue() async {
        let time = now()
        let due = entries.withLock { entries in
            let due = entries.filter { $0.value.due.map { $0 <= time } ?? false }.keys.sorted()
            for id in due { entries[id]?.due = nil }
            return due
        }
        for id in due {
            do {
                // The end of a sync that another process carries out is told to that one.
                if jobs.isShared {
                    entries.withLock { $0[id]?.due = time.addingTimeInterval(Self.lookAgain) }
                }
                if let later = try await dueElsewhere(id, at: time) {
                    entries.withLock { $0[id]?.due = later }
                    continue
                }
                try await jobs.submit(source: id, scope: .site, by: "schedule")
            } catch {
                entries.withLock { entries in
                    guard let pause = entries[id]?.pause else { return }
                    entries[id]?.due = time.addingTimeInterval(pause / .seconds(1))
                }
                logger.error(
                    "a sync could not be requested",
                    metadata: ["millrace.source": "\(id)", "millrace.reason": "\(error)"])
            }
        }
    }

    /// When a source is to be synced that another process has synced, or syncs now; `nil` for at once.
    private func dueElsewhere(_ source: String, at time: Date) async throws -> Date? {
        guard jobs.isShared, let pause = entries.withLock({ $0[source]?.pause }) else { return nil }
        let syncs = try await jobs.jobs(source: source, states: [], before: nil, limit: Self.historyLimit)
            .filter(\.isSync)
        guard let last = syncs.first else { return nil }
        guard last.state.isFinal, let end = last.endedAt else {
            return time.addingTimeInterval(Self.lookAgain)
        }
        let failures = syncs.prefix { $0.state != .finished && $0.state != .cancelled }.count
        let due = Self.due(after: end, pause, failures)
        return due > time ? due : nil
    }

    private static func due(after end: Date, _ pause: Duration, _ failures: Int) -> Date {
        let seconds = pause / .seconds(1)
        let grown = seconds * Double(1 << min(failures, 16))
        return end.addingTimeInterval(min(grown, max(seconds, longestPause / .seconds(1))))
    }
}

extension IngestJob {
    /// Whether it reads a whole source and stores what it reads.
    var isSync: Bool { scope == .site && !isDryRun }
}
