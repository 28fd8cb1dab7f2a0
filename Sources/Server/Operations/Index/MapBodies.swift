import Corpus
import QA
import Synchronization

/// Maps as callers of some rights get them: made once for all who ask meanwhile, and given again afterwards.
///
/// One is made at a time. It is made to its end though whoever asked has gone, so that asking anew begins nothing anew.
final class MapBodies: Sendable {
    private struct Key: Hashable, Sendable {
        var fingerprint: IndexFingerprint
        var isCurrent: Bool
        var sequence: Int64
        var classes: Set<AccessClassID>

        init(_ drawn: IndexMaps.Drawn, isCurrent: Bool, _ snapshot: any CorpusSnapshot) throws {
            fingerprint = drawn.fingerprint
            self.isCurrent = isCurrent
            sequence = try snapshot.changeSequence()
            classes = snapshot.classes
        }
    }

    private typealias Making = Task<MapBody, any Error>

    private struct State {
        var known: [(key: Key, body: MapBody)] = []
        var making: [Key: Making] = [:]
        var madeCount = 0
    }

    /// That are kept; a full one has some 1.5 MB.
    private static let limit = 8
    /// That are made or wait for it: callers of so many different rights at once.
    private static let makingLimit = 16

    private let state = Mutex(State())
    private let turns = RunLimiter(running: 1, waiting: MapBodies.makingLimit)

    /// How many were made.
    var madeCount: Int { state.withLock(\.madeCount) }

    /// The map for the callers of a scope.
    ///
    /// - Returns: `nil` when too many are being made.
    func body(
        _ drawn: IndexMaps.Drawn, isCurrent: Bool, _ corpus: any PassageStore, _ scope: ReadScope,
        _ qa: QuestionAnswering
    ) async throws -> MapBody? {
        let key = try await corpus.withSnapshot(for: scope) { snapshot in
            try Key(drawn, isCurrent: isCurrent, snapshot)
        }
        let making = state.withLock { state -> Making? in
            if let body = state.known.first(where: { $0.key == key })?.body {
                return Making { body }
            }
            if let making = state.making[key] { return making }
            guard state.making.count < Self.makingLimit else { return nil }
            // Of no request: it must not end with the one that begins it.
            let making = Making.detached { [self] in
                defer { ended(key) }
                return try await make(key, drawn, isCurrent: isCurrent, corpus, scope, qa)
            }
            state.making[key] = making
            return making
        }
        return try await making?.value
    }

    private func ended(_ key: Key) { state.withLock { _ = $0.making.removeValue(forKey: key) } }

    private func make(
        _ key: Key, _ drawn: IndexMaps.Drawn, isCurrent: Bool, _ corpus: any PassageStore,
        _ scope: ReadScope, _ qa: QuestionAnswering
    ) async throws -> MapBody {
        let slot = try await turns.slot(for: "map")
        defer { slot.release() }
        let body = try await corpus.withSnapshot(for: scope) { snapshot in
            try MapBody(drawn, isCurrent: isCurrent, snapshot, qa)
        }
        state.withLock { state in
            state.madeCount += 1
            state.known.append((key, body))
            if state.known.count > Self.limit { state.known.removeFirst() }
        }
        return body
    }
}
