import Concurrency
import Foundation
import Logging
import Synchronization
import VectorIndex

/// The map of the index, drawn when somebody looks and the vectors have changed.
///
/// It is drawn in the background, and kept on disk by what the vectors' ids are: after a restart nobody waits for the
/// same map again. What is shown meanwhile is the one before.
final class IndexMaps: Sendable {
    /// A map with what it was drawn of.
    struct Drawn: Sendable {
        var map: EmbeddingMap
        var fingerprint: IndexFingerprint
        var at: Date
        var took: Duration
    }

    /// How it stands.
    struct Reading: Sendable {
        var drawn: Drawn?
        /// Whether the map is of what the index holds now.
        var isCurrent: Bool
        /// 0…1 while one is drawn.
        var progress: Double?
    }

    /// An index that keeps changing is drawn no more often.
    static let pause = Duration.seconds(60)

    private struct State: Sendable {
        var drawn: Drawn?
        var progress: Double?
        var begun: ContinuousClock.Instant?
        var hasLooked = false
        var seen: (revision: UInt64, fingerprint: IndexFingerprint)?
    }

    private let index: ServedIndex
    private let logger: Logger
    private let state = Mutex(State())
    /// Held while it is worked out what the index holds, by threads that may wait.
    private let measuring = Mutex(())

    init(_ index: ServedIndex, logger: Logger) {
        (self.index, self.logger) = (index, logger)
    }

    /// The map as it stands; begins to draw where it is missing or of the past.
    ///
    /// - Throws: ``RequestFault/vectorsElsewhere`` where this process has no vectors.
    func reading() async throws -> Reading {
        guard index.vectors.local != nil else { throw RequestFault.vectorsElsewhere }
        return try await ServedIndex.looking.run { [self] in try look() }
    }

    private func look() throws -> Reading {
        let fingerprint = currentFingerprint()
        if state.withLock({ !$0.hasLooked }) {
            let kept = index.mapFolder.flatMap { MapFile.read(in: $0) }
            state.withLock { state in
                if !state.hasLooked { state.drawn = state.drawn ?? kept }
                state.hasLooked = true
            }
        }
        let (drawn, progress) = state.withLock { ($0.drawn, $0.progress) }
        let isCurrent = drawn?.fingerprint == fingerprint
        if !isCurrent { begin(fingerprint) }
        return Reading(
            drawn: drawn, isCurrent: isCurrent,
            progress: isCurrent ? nil : progress ?? state.withLock(\.progress))
    }

    /// What the index holds now, worked out anew only after a change, and once for all who look meanwhile. While a change
    /// is under way, it is what was there before it.
    private func currentFingerprint() -> IndexFingerprint {
        measuring.withLock { _ in
            let revision = index.revision()
            let seen = state.withLock { $0.seen }
            if let seen, revision == nil || seen.revision == revision { return seen.fingerprint }
            let fingerprint = IndexFingerprint(of: index.vectors.local?.ids() ?? [])
            if let revision { state.withLock { $0.seen = (revision, fingerprint) } }
            return fingerprint
        }
    }

    private func begin(_ fingerprint: IndexFingerprint) {
        let now = ContinuousClock.now
        let begins = state.withLock { state in
            if state.progress != nil { return false }
            // Neither is one that came to nothing begun again at once.
            if let begun = state.begun, now - begun < Self.pause { return false }
            (state.progress, state.begun) = (0, now)
            return true
        }
        guard begins else { return }
        Task.detached { await self.draw(fingerprint) }
    }

    private func draw(_ fingerprint: IndexFingerprint) async {
        let start = ContinuousClock.now
        do {
            let drawn = try await ServedIndex.thread.run { [self] () -> Drawn? in
                let map = try index.vectors.local?.map { share in
                    state.withLock { $0.progress = share }
                    return true
                }
                guard let map else { return nil }
                let drawn = Drawn(
                    map: map, fingerprint: fingerprint, at: Date(), took: ContinuousClock.now - start)
                if let folder = index.mapFolder { keep(drawn, in: folder) }
                return drawn
            }
            state.withLock { state in
                state.progress = nil
                state.drawn = drawn ?? state.drawn
            }
        } catch {
            state.withLock { $0.progress = nil }
            logger.warning(
                "no map of the index could be drawn", metadata: ["millrace.reason": "\(error)"])
        }
    }

    private func keep(_ drawn: Drawn, in folder: URL) {
        do {
            try MapFile.write(drawn, in: folder)
        } catch {
            // It is drawn again after the next start.
            logger.warning(
                "the map of the index could not be kept", metadata: ["millrace.reason": "\(error)"])
        }
    }
}

/// Tells the content of an index from another: how many ids there are, and what all of them come to. A vector that
/// changes gets another id with every ingest.
struct IndexFingerprint: Sendable, Hashable, CustomStringConvertible {
    let count: Int
    let sum: UInt64

    init(of ids: [UInt64]) {
        count = ids.count
        sum = ids.reduce(0) { $0 &+ Self.mixed($1) }
    }

    init(count: Int, sum: UInt64) {
        (self.count, self.sum) = (count, sum)
    }

    var description: String { "\(count)-\(String(sum, radix: 16))" }

    /// The finaliser of MurmurHash3: sums of mixed ids of two sets are rarely alike.
    private static func mixed(_ id: UInt64) -> UInt64 {
        var hash = id &+ 0x9e37_79b9_7f4a_7c15
        hash = (hash ^ (hash >> 33)) &* 0xff51_afd7_ed55_8ccd
        hash = (hash ^ (hash >> 33)) &* 0xc4ce_b9fe_1a85_ec53
        return hash ^ (hash >> 33)
    }
}
