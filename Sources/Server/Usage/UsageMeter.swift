import Foundation
import Logging
import Synchronization
import Workspace

/// Counts what everybody uses by day, and writes it down in batches.
///
/// What was counted and not yet written is lost with the process: at most ``pause`` of it, also of work that goes on for
/// long, which is counted while it does.
public final class UsageMeter: Sendable {
    /// Days that are kept.
    public static let days = 90
    static let pause = Duration.seconds(10)
    /// Counts that wait at most; beyond them they are written at once.
    private static let limit = 4_096

    private let store: any UsageStore
    private let logger: Logger
    private let now: @Sendable () -> Date
    private let waiting = Mutex<[UsageKey: UsageCounts]>([:])
    /// What of costs is less than a millionth of a dollar, so that many small ones come to something.
    private let fractions = Mutex<[UsageKey: Int]>([:])
    /// Work that goes on, and whether nobody writes from time to time any more.
    private let works = Mutex<(underWay: [ObjectIdentifier: RequestUsage], isOver: Bool)>(([:], false))

    public init(
        store: any UsageStore, logger: Logger, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.store = store
        self.logger = logger
        self.now = now
    }

    /// Today, in days since 1970.
    var today: Int { UsageKey.day(of: now()) }

    /// Counts a request that is over.
    func ended(_ usage: RequestUsage, _ ending: RequestUsage.Ending) {
        if add(usage.counts(on: today, ending)) { Task { await write() } }
    }

    /// Work has begun whose use is counted while it goes on.
    func begun(_ work: RequestUsage) {
        works.withLock { $0.underWay[ObjectIdentifier(work)] = work }
    }

    /// Work is over: what it used and is not counted yet is.
    func over(_ work: RequestUsage) async {
        works.withLock { $0.underWay[ObjectIdentifier(work)] = nil }
        let isFull = add(work.taken(on: today))
        // Asked behind that: where it is not over yet, the last writing comes later and finds what was added.
        let isLast = works.withLock { $0.isOver }
        // In a task of its own, as that of the work may be cancelled.
        if isFull || isLast { await Task { await write() }.value }
    }

    /// - Returns: whether so much waits that it is to be written at once.
    private func add(_ counts: [UsageKey: RequestUsage.Counted]) -> Bool {
        guard !counts.isEmpty else { return false }
        return waiting.withLock { waiting in
            for (key, counted) in counts {
                var count = counted.counts
                count.microdollars = microdollars(counted.picodollars, of: key)
                waiting[key, default: UsageCounts()] += count
            }
            return waiting.count >= Self.limit
        }
    }

    /// Whole millionths; what is left over waits for more.
    private func microdollars(_ picodollars: Int, of key: UsageKey) -> Int {
        guard picodollars > 0 else { return 0 }
        return fractions.withLock { fractions in
            // Of yesterday, or of too many: none is worth a millionth.
            if fractions.count >= Self.limit { fractions = [:] }
            let (sum, overflow) = (fractions[key] ?? 0).addingReportingOverflow(picodollars)
            guard !overflow else { return 0 }
            let rest = sum % 1_000_000
            fractions[key] = rest == 0 ? nil : rest
            return sum / 1_000_000
        }
    }

    /// Writes down what was counted.
    public func write() async {
        for work in works.withLock({ Array($0.underWay.values) }) { _ = add(work.taken(on: today)) }
        let counts = waiting.withLock { waiting in
            defer { waiting = [:] }
            return waiting
        }
        guard !counts.isEmpty else { return }
        do {
            try await store.add(counts, forgettingBefore: today - Self.days)
        } catch {
            logger.warning(
                "what was used could not be written down", metadata: ["millrace.reason": "\(error)"])
            waiting.withLock { waiting in
                // Kept for the next time, unless that goes on for long.
                guard waiting.count < Self.limit else { return }
                for (key, count) in counts { waiting[key, default: UsageCounts()] += count }
            }
        }
    }

    /// Writes again and again until the task is cancelled, and then once more.
    public func run() async {
        while (try? await Task.sleep(for: Self.pause)) != nil { await write() }
        works.withLock { $0.isOver = true }
        await Task { await write() }.value
    }

    /// What was used, with what is not yet written.
    func usage(
        tenant: String, days: ClosedRange<Int>, caller: String?
    ) async throws(WorkspaceError) -> [UsageKey: UsageCounts] {
        await write()
        return try await store.usage(tenant: tenant, days: days, caller: caller)
    }
}
