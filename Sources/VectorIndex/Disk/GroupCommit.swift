import Foundation

/// Lets many callers wait for one flush that serves them all.
///
/// Whoever commits while nobody flushes becomes the leader: it flushes everything appended until then, while
/// others append and wait. When it is done, one of those whose records came too late leads the next flush.
///
/// After a flush that failed nothing may be written any more. The kernel reports a failed write-back once, and
/// may then take the lost pages for clean ("fsyncgate": the PostgreSQL developers' discussion of 2018, and
/// Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC 2020). A second flush that
/// succeeds would say nothing about what the first one lost. Opening the log anew reads what is there and
/// writes anew what may not have been flushed.
package final class GroupCommit: @unchecked Sendable {
    // Sendable proof: the variables are read and written only between `lock` and `unlock` of `condition`,
    // which is constant.
    private let condition = NSCondition()
    private var appended: UInt64
    private var flushedRecord: UInt64
    private var isFlushing = false
    private var failure: VectorIndexError?

    /// Begins with `record` records that are on the device.
    package init(flushed record: UInt64) {
        (appended, flushedRecord) = (record, record)
    }

    /// The last record known to be on the device.
    package var flushed: UInt64 { condition.withLock { flushedRecord } }

    /// Throws what ended the writing, if something did.
    package func check() throws(VectorIndexError) {
        if let failure = condition.withLock({ failure }) { throw failure }
    }

    /// Says that `record`, and all before it, are written but not flushed.
    package func noteAppended(_ record: UInt64) {
        condition.withLock { appended = record }
    }

    /// Ends all writing. What ended it first is what everybody gets.
    package func stop(_ error: VectorIndexError) {
        condition.withLock {
            failure = failure ?? error
            condition.broadcast()
        }
    }

    /// Ends all writing because everything appended has been made safe elsewhere.
    package func finish(_ error: VectorIndexError) {
        condition.withLock {
            flushedRecord = appended
            failure = failure ?? error
            condition.broadcast()
        }
    }

    /// Returns once `record`, and all before it, are on the device.
    ///
    /// - Parameters:
    ///   - flush: flushes what is written. Called without the lock, by one thread at a time.
    ///   - failed: what to tell everybody from then on if it throws.
    package func commit(
        through record: UInt64, flush: () throws(VectorIndexError) -> Void,
        failed: (VectorIndexError) -> VectorIndexError
    ) throws(VectorIndexError) {
        condition.lock()
        defer { condition.unlock() }
        precondition(record <= appended, "record \(record) of \(appended)")
        while flushedRecord < record {
            if let failure { throw failure }
            if isFlushing {
                condition.wait()
                continue
            }
            isFlushing = true
            let target = appended
            condition.unlock()
            let outcome = Result(catching: flush)
            condition.lock()
            isFlushing = false
            switch outcome {
            case .success: flushedRecord = max(flushedRecord, target)
            case .failure(let error): failure = failure ?? failed(error)
            }
            condition.broadcast()
        }
    }
}
