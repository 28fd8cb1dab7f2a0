import AWSServices
import Foundation
import JSONValue
import Synchronization
import VectorIndex

extension OpenSearchVectorStore {
    /// Stores vectors, a request after the other; when it returns all are found.
    ///
    /// A batch is not one transaction: where it throws, some of it may be stored. Storing it again mends that.
    public func upsert(_ entries: [VectorEntry]) throws(VectorIndexError) {
        let scales = try checks.scales(of: entries)
        try untold.tell()
        let index = index
        try change(count: entries.count) { range in
            range.map { place in
                let (entry, scale) = (entries[place], scales[place])
                return index.item(entry.id, scale == 1 ? entry.vector : entry.vector.map { $0 * scale })
            }
        }
    }

    public func remove(_ ids: [UInt64]) throws(VectorIndexError) {
        try untold.tell()
        // An id that comes twice would wait for a request of its own.
        let ids = Array(Set(ids)).sorted()
        try change(count: ids.count) { range in
            range.map { OpenSearchItem(OpenSearchVectorIndex.documentID(ids[$0]), .delete) }
        }
    }

    /// Makes items of so many places at a time: a vector takes several times its size until it is sent.
    private static let slice = 1_000

    /// Writes items, makes them found, and counts the change.
    private func change(
        count: Int, _ items: @escaping @Sendable (Range<Int>) -> [OpenSearchItem]
    ) throws(VectorIndexError) {
        guard count > 0 else { return }
        try waiting { try await self.write(count: count, items) }
    }

    private func write(
        count: Int, _ items: @Sendable (Range<Int>) -> [OpenSearchItem]
    ) async throws {
        var options = OpenSearchBulkOptions(
            batchBytes: max(1, index.options.batchBytes), batchCount: max(1, index.options.batchCount),
            retries: max(0, index.options.retries))
        options.requiresAlias = true
        try await finishUnfinished()
        isUnfinished.withLock { $0 = true }
        var isChange = false
        var failure: (any Error)?
        for start in stride(from: 0, to: count, by: Self.slice) {
            do throws(OpenSearchError) {
                let outcomes = try await client.bulk(
                    index.alias, items(start..<min(start + Self.slice, count)), options: options)
                isChange = isChange || outcomes.contains(where: \.isChange)
                failure = partFailure(outcomes.failures, of: count)
            } catch {
                failure = error
                // A slice is several requests, and those before the one that failed are written.
                isChange = true
            }
            if failure != nil { break }
        }
        // What was written is found and counted, whatever became of the rest.
        if isChange {
            do {
                try await finish()
            } catch {
                // Another change that ended well meanwhile may have said that all is done.
                isUnfinished.withLock { $0 = true }
                failure = failure ?? error
            }
        } else {
            isUnfinished.withLock { $0 = false }
        }
        if let failure { throw failure }
    }

    /// Makes up for an end that a change before this one did not come to.
    func finishUnfinished() async throws {
        if isUnfinished.withLock({ $0 }) { try await finish() }
    }

    /// What is searched is up to date before anybody is told that it changed.
    private func finish() async throws {
        try await client.refresh(index.alias)
        let revision = try await countChange()
        take(
            SharedVectorFigures.Reading(
                count: try await Self.count(client, index), revision: UInt64(clamping: revision)))
        isUnfinished.withLock { $0 = false }
    }

    /// Gives the document that tells of changes a version that none had before, whoever wrote it.
    ///
    /// Versions are microseconds of 1970, so that they also grow where the alias leads to another index meanwhile; and
    /// one more than the last where that came from a clock that is ahead.
    private func countChange() async throws(OpenSearchError) -> Int {
        let id = OpenSearchVectorIndex.revisionID
        var least = 0
        var attempt = 1
        while true {
            let version = max(least, Int(Date().timeIntervalSince1970 * 1_000_000))
            do throws(OpenSearchError) {
                try await client.put(index.alias, id, [:], version: version, requiresAlias: true)
                return version
            } catch {
                guard case .conflict = error, attempt < Self.countingAttempts else { throw error }
            }
            let last = try await client.document(index.alias, id)?.version ?? 0
            least = last < .max ? last + 1 : last
            attempt += 1
        }
    }

    /// Writers that may be faster, one after the other.
    private static let countingAttempts = 20

    private func partFailure(
        _ failures: [OpenSearchItemFailure], of count: Int
    ) -> OpenSearchVectorError? {
        guard let first = failures.first else { return nil }
        if first.isBlocked {
            return .blocked(host: host, index: index.alias, reason: first.reason)
        }
        if first.type == "index_not_found_exception" {
            return .indexGone(host: host, alias: index.alias)
        }
        return .partlyWritten(
            host: host, index: index.alias, failed: failures.count, of: count, reason: "\(first)",
            isTransient: failures.allSatisfy(\.isRetryable))
    }
}

extension OpenSearchItemOutcome {
    fileprivate var isChange: Bool {
        switch self {
        case .created, .updated, .deleted: true
        case .absent, .failed: false
        }
    }
}
