import Dispatch
import Foundation
import Synchronization
import VectorIndex

/// What a round of searches took.
struct SearchTiming {
    /// Queries answered in a second, over the whole round.
    var queriesPerSecond: Double
    /// Microseconds of each search, ascending.
    var microseconds: [Double]

    /// The latency that `share` of the searches stayed within.
    func percentile(_ share: Double) -> Double {
        guard !microseconds.isEmpty else { return 0 }
        return microseconds[min(Int(Double(microseconds.count) * share), microseconds.count - 1)]
    }

    /// Rounds a figure is at least the best of: other work on the machine only ever slows a round down.
    static let rounds = 3
    /// Rounds go on for so long, or else short ones would all fall into the same disturbance.
    static let shortest = Duration.seconds(0.5)

    /// Calls `round` as often as a figure needs.
    static func repeatedly(_ round: () throws -> Void) rethrows {
        let clock = ContinuousClock()
        let start = clock.now
        var done = 0
        while done < rounds || clock.now - start < shortest {
            try round()
            done += 1
        }
    }

    /// One thread, one query after the other; the fastest round and the results of the last.
    static func oneThread(
        _ queries: [[Float]], search: ([Float]) throws -> [Neighbor]
    ) throws -> (timing: SearchTiming, results: [[Neighbor]]) {
        let clock = ContinuousClock()
        var best = SearchTiming(queriesPerSecond: 0, microseconds: [])
        var results: [[Neighbor]] = []
        try repeatedly {
            results.removeAll(keepingCapacity: true)
            results.reserveCapacity(queries.count)
            var instants = [clock.now]
            instants.reserveCapacity(queries.count + 1)
            for query in queries {
                results.append(try search(query))
                instants.append(clock.now)
            }
            let total = instants[0].duration(to: instants[queries.count]) / .seconds(1)
            let speed = Double(queries.count) / total
            guard speed > best.queriesPerSecond else { return }
            let each = zip(instants, instants.dropFirst()).map { $0.duration(to: $1) / .microseconds(1) }
            best = SearchTiming(queriesPerSecond: speed, microseconds: each.sorted())
        }
        return (best, results)
    }

    /// Queries a second by `threads` threads that search at the same time; the best round.
    static func concurrent(
        _ queries: [[Float]], threads: Int, search: @escaping @Sendable ([Float]) throws -> [Neighbor]
    ) throws -> Double {
        let clock = ContinuousClock()
        var best = 0.0
        try repeatedly {
            let failure = Mutex<(any Error)?>(nil)
            let found = Atomic<Int>(0)
            let elapsed = clock.measure {
                DispatchQueue.concurrentPerform(iterations: threads) { thread in
                    do {
                        var count = 0
                        for i in stride(from: thread, to: queries.count, by: threads) {
                            count += try search(queries[i]).count
                        }
                        found.add(count, ordering: .relaxed)
                    } catch {
                        failure.withLock { $0 = error }
                    }
                }
            }
            if let error = failure.withLock({ $0 }) { throw error }
            guard found.load(ordering: .relaxed) > 0 else {
                throw BenchmarkError("no search found anything.")
            }
            best = max(best, Double(queries.count) / (elapsed / .seconds(1)))
        }
        return best
    }
}

/// Seconds that `body` takes.
func seconds(_ body: () throws -> Void) rethrows -> Double {
    try ContinuousClock().measure(body) / .seconds(1)
}
