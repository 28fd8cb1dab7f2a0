import Synchronization

/// What one worker gets of some work.
struct WorkShare: Sendable, Hashable {
    var worker: Int
    /// Places among the items that were divided.
    var items: [Int]
    /// The sum of their sizes.
    var size: Int
}

/// Divides work among workers by what each has to do already.
///
/// Who reads alone gets all workers, so that an answer does not wait for one core while another has nothing to do;
/// where all are busy, work stays together, as one pass over the weights serves whatever is read with it.
final class WorkShares: Sendable {
    /// What each worker has to do, in the items' sizes.
    private let loads: Mutex<[Int]>

    /// Less is not worth a second thread.
    private static let leastDivided = 32

    /// - Parameter workers: at least 1.
    init(workers: Int) {
        precondition(workers >= 1, "\(workers) workers")
        loads = Mutex([Int](repeating: 0, count: workers))
    }

    /// Does work on items, each share of them on its own worker.
    ///
    /// - Parameter work: gives one result an item of its share, in their order.
    /// - Returns: one result an item, in order.
    /// - Throws: `CancellationError` if the task is cancelled; checked once a share.
    func run<Result: Sendable>(
        _ sizes: [Int], capacity: Int, _ work: @escaping @Sendable (WorkShare) async -> [Result]
    ) async throws -> [Result] {
        try Task.checkCancellation()
        var results = [Result?](repeating: nil, count: sizes.count)
        let batches = take(sizes, capacity: capacity)
        if batches.count == 1, let batch = batches.first {
            defer { finish(batch) }
            for (i, result) in zip(batch.items, await work(batch)) { results[i] = result }
            return results.compactMap(\.self)
        }
        try await withThrowingTaskGroup(of: ([Int], [Result]).self) { group in
            for batch in batches {
                group.addTask {
                    defer { self.finish(batch) }
                    try Task.checkCancellation()
                    return (batch.items, await work(batch))
                }
            }
            for try await (batch, done) in group {
                for (i, result) in zip(batch, done) { results[i] = result }
            }
        }
        return results.compactMap(\.self)
    }

    /// Takes room for items; each share is to be given back by ``finish(_:)`` when it is done.
    ///
    /// - Parameters:
    ///   - sizes: of the items, each at most `capacity`.
    ///   - capacity: the largest share.
    func take(_ sizes: [Int], capacity: Int) -> [WorkShare] {
        loads.withLock { loads in
            let idle = loads.indices.filter { loads[$0] == 0 }
            let batches =
                Self.divided(sizes, among: idle.count, capacity: capacity)
                ?? LocalEmbedder.pack(sizes, capacity: capacity)
            return batches.map { items in
                let size = items.reduce(0) { $0 + sizes[$1] }
                let worker = loads.indices.min { (loads[$0], $0) < (loads[$1], $1) } ?? 0
                loads[worker] += size
                return WorkShare(worker: worker, items: items, size: size)
            }
        }
    }

    func finish(_ share: WorkShare) { loads.withLock { $0[share.worker] -= share.size } }

    /// Shares of nearly equal size: the largest item first, each to who has least.
    ///
    /// - Returns: `nil` if the work is not worth dividing, or does not fit so.
    private static func divided(_ sizes: [Int], among count: Int, capacity: Int) -> [[Int]]? {
        guard count > 1, sizes.count > 1, sizes.reduce(0, +) >= leastDivided else { return nil }
        var shares = [(items: [Int], size: Int)](
            repeating: ([], 0), count: min(count, sizes.count))
        for item in sizes.indices.sorted(by: { (sizes[$0], $1) > (sizes[$1], $0) }) {
            guard let least = shares.indices.min(by: { (shares[$0].size, $0) < (shares[$1].size, $1) }),
                shares[least].size + sizes[item] <= capacity
            else { return nil }
            shares[least].items.append(item)
            shares[least].size += sizes[item]
        }
        return shares.map(\.items)
    }
}
