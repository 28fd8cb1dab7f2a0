import Concurrency
import Foundation
import Logging
import Synchronization
import VectorIndex

/// How much of the truth the index of vectors finds, measured now and then while somebody looks.
final class IndexRecall: Sendable {
    /// A measurement with its moment.
    struct Measured: Sendable, Hashable {
        var measurement: RecallMeasurement
        var at: Date
        var took: Duration

        static func == (a: Measured, b: Measured) -> Bool { a.at == b.at && a.measurement == b.measurement }
        func hash(into hasher: inout Hasher) { hasher.combine(at) }
    }

    enum State: String, Sendable, CaseIterable {
        case measured, measuring, waiting
    }

    /// No measurement begins sooner after the one before.
    static let pause = Duration.seconds(300)

    private struct Known: Sendable {
        var last: Measured?
        var begun: ContinuousClock.Instant?
        var isMeasuring = false
    }

    private let index: ServedIndex
    private let logger: Logger
    private let known = Mutex(Known())

    init(_ index: ServedIndex, logger: Logger) {
        (self.index, self.logger) = (index, logger)
    }

    /// What was measured last, and whether it is being measured anew.
    var reading: (last: Measured?, state: State) {
        known.withLock { known in
            (known.last, known.isMeasuring ? .measuring : known.last == nil ? .waiting : .measured)
        }
    }

    /// Begins a measurement, unless one goes on or has just been made.
    func refresh() {
        // Comparing every vector on a server is no work to be done by the way.
        guard index.vectors.local != nil else { return }
        let now = ContinuousClock.now
        let begins = known.withLock { known in
            if known.isMeasuring { return false }
            if let begun = known.begun, now - begun < Self.pause { return false }
            known.isMeasuring = true
            known.begun = now
            return true
        }
        guard begins else { return }
        Task.detached { await self.measure() }
    }

    private func measure() async {
        let start = ContinuousClock.now
        do {
            let measurement = try await ServedIndex.thread.run { [index] in
                try index.vectors.local?.measuredRecall(k: 10, efSearch: max(index.efSearch, 11))
            }
            known.withLock { known in
                known.isMeasuring = false
                if let measurement {
                    known.last = Measured(
                        measurement: measurement, at: Date(), took: ContinuousClock.now - start)
                }
            }
        } catch {
            known.withLock { $0.isMeasuring = false }
            logger.warning(
                "the recall of the index could not be measured", metadata: ["millrace.reason": "\(error)"])
        }
    }
}
