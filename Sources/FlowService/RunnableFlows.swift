import Components
import Flow
import Foundation
import Synchronization
import Workspace

/// Plans of flows, so that a run neither reads nor checks its flow anew.
///
/// What is found is taken at its word for a second: then the library is asked whether the flow still stands as it
/// did. A change made by this process is seen at once, one made by another within that second, or when it is told.
final class RunnableFlows: Sendable {
    private struct Key: Hashable {
        var owner: Owner
        var name: String
        var version: FlowVersionChoice
    }

    private struct Entry {
        var flow: RunnableFlow
        var checkedAt: ContinuousClock.Instant
        var lastUse: UInt64
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var uses: UInt64 = 0
        var generation: UInt64 = 0
    }

    /// How long an entry is taken at its word.
    private let trust: Duration
    static let limit = 512

    private let state = Mutex(State())

    init(trust: Duration = .seconds(1)) {
        self.trust = trust
    }

    /// The flow as it was found lately; `isFresh` says whether it may be taken at its word.
    func flow(
        _ name: String, _ version: FlowVersionChoice, for owner: Owner
    ) -> (flow: RunnableFlow, isFresh: Bool)? {
        state.withLock { state in
            let key = Key(owner: owner, name: name, version: version)
            guard let place = state.entries.index(forKey: key) else { return nil }
            state.uses += 1
            state.entries.values[place].lastUse = state.uses
            let entry = state.entries.values[place]
            return (entry.flow, ContinuousClock.now - entry.checkedAt < trust)
        }
    }

    /// Raised by ``forget()``: what was begun to be found in an earlier one may be of the library before the change.
    var generation: UInt64 { state.withLock { $0.generation } }

    /// - Parameter generation: the ``generation`` at the beginning of the search; of an earlier one nothing is kept.
    func put(
        _ flow: RunnableFlow, at name: String, _ version: FlowVersionChoice, for owner: Owner,
        foundIn generation: UInt64
    ) {
        state.withLock { state in
            guard state.generation == generation else { return }
            state.uses += 1
            state.entries[Key(owner: owner, name: name, version: version)] = Entry(
                flow: flow, checkedAt: .now, lastUse: state.uses)
            guard state.entries.count > Self.limit else { return }
            // A quarter goes at once, so that the search for the oldest is rare.
            let oldest = state.entries.sorted { $0.value.lastUse < $1.value.lastUse }.prefix(Self.limit / 4)
            for (key, _) in oldest { state.entries[key] = nil }
        }
    }

    /// Forgets everything: something of the library changed.
    func forget() {
        state.withLock { state in
            state.entries.removeAll()
            state.generation &+= 1
        }
    }
}
