import Concurrency
import Synchronization

/// The traces that are kept, in memory: of each operation the latest, the slowest, the latest that failed, and a fair
/// sample of all.
///
/// A trace may be kept for several of these reasons, and is then one and the same. What is kept is bounded: there are
/// as many operations as the program knows, and so many traces of each.
final class TraceStore: Sendable {
    /// Of one operation.
    static let limits = (latest: 64, slow: 32, errors: 32, sample: 32)
    /// The questions of an evaluation are looked at after it.
    static let evaluated = 2_000

    struct Kept: Sendable {
        var latest: [TraceRecording] = []
        /// With their nanoseconds, the slowest first.
        var slow: [(recording: TraceRecording, nanoseconds: UInt64)] = []
        var errors: [TraceRecording] = []
        /// A reservoir (Vitter, "Random Sampling with a Reservoir", 1985, algorithm R).
        var sample: [TraceRecording] = []
        var seen = 0
    }

    private let state = Mutex<[String: Kept]>([:])

    func add(_ recording: TraceRecording, nanoseconds: UInt64, isSlow: Bool, isError: Bool) {
        let latest = recording.operation == TraceOperation.evaluation ? Self.evaluated : Self.limits.latest
        state.withLock { all in
            all[recording.operation, default: Kept()].add(
                recording, nanoseconds: nanoseconds, isSlow: isSlow, isError: isError, latestLimit: latest)
        }
    }

    /// Every trace that is kept, each once, newest first.
    ///
    /// - Parameter operation: only its; `nil` for all.
    func traces(of operation: String?) -> [TraceRecording] {
        let kept = state.withLock { all in
            operation.map { all[$0].map { [$0] } ?? [] } ?? Array(all.values)
        }
        var seen: Set<ObjectIdentifier> = []
        return kept.flatMap(\.all).filter { seen.insert(ObjectIdentifier($0)).inserted }
            .sorted { ($0.start, $0.root.bits) > ($1.start, $1.root.bits) }
    }

    /// The traces of this id: a caller that asks twice in one trace makes two.
    func traces(_ id: TraceID) -> [TraceRecording] {
        traces(of: nil).filter { $0.trace == id }
    }

    /// By operation: how many there were, and how many are kept.
    var counts: [(operation: String, seen: Int, kept: Int)] {
        state.withLock { all in
            all.map { name, kept in
                (name, kept.seen, Set(kept.all.map { ObjectIdentifier($0) }).count)
            }
        }.sorted { $0.operation < $1.operation }
    }
}

extension TraceStore.Kept {
    var all: [TraceRecording] { latest + slow.map(\.recording) + errors + sample }

    fileprivate mutating func add(
        _ recording: TraceRecording, nanoseconds: UInt64, isSlow: Bool, isError: Bool, latestLimit: Int
    ) {
        seen += 1
        // Dropped many at a time, so that keeping one costs no move of the others.
        latest.append(recording)
        if latest.count >= 2 * latestLimit { latest.removeFirst(latest.count - latestLimit) }
        if isError {
            errors.append(recording)
            if errors.count > TraceStore.limits.errors { errors.removeFirst() }
        }
        if isSlow {
            let place = slow.firstIndex { $0.nanoseconds < nanoseconds } ?? slow.count
            slow.insert((recording, nanoseconds), at: place)
            if slow.count > TraceStore.limits.slow { slow.removeLast() }
        }
        if sample.count < TraceStore.limits.sample {
            sample.append(recording)
        } else {
            // Of 64 bits the remainder favours nobody that could be noticed.
            let place = Int(RandomReserve.shared.next() % UInt64(seen))
            if place < sample.count { sample[place] = recording }
        }
    }
}

/// Operations of traces that are no requests.
enum TraceOperation {
    /// A question of an evaluation.
    static let evaluation = "evaluation"
    /// A stored run that a worker carries out.
    static let run = "run"
}
