import JSONValue

/// One thing that a run did. Positions count from 0 without gaps, so that a follower who was cut off can say from
/// where it goes on.
public struct RunEvent: Sendable {
    public enum Kind: Sendable {
        case stepBegan(component: String, type: String)
        case stepEnded(StepTrace)
        case emitted(component: String, any Emission)
        /// The last event of a run, as are the next two.
        case finished
        case failed(reason: String)
        case cancelled
    }

    public var position: Int
    /// Since the run began.
    public var elapsed: Duration
    public var kind: Kind

    /// Whether no event follows.
    public var isLast: Bool {
        switch kind {
        case .finished, .failed, .cancelled: true
        case .stepBegan, .stepEnded, .emitted: false
        }
    }

    /// Bytes that it holds, roughly.
    var byteCount: Int {
        switch kind {
        case .stepBegan(let component, _): 96 + component.utf8.count
        case .stepEnded(let trace):
            160 + trace.component.utf8.count + 48 * trace.notes.count + (trace.values?.byteCount ?? 0)
        case .emitted(_, let emission): 96 + emission.byteCount
        case .finished, .cancelled: 64
        case .failed(let reason): 64 + reason.utf8.count
        }
    }
}

extension RunEvent {
    /// The event as a journal or a client keeps it.
    public var json: JSONValue {
        var members: [String: JSONValue] = [
            "position": .integer(position), "elapsed_ms": .number(elapsed / .milliseconds(1)),
        ]
        switch kind {
        case .stepBegan(let component, let type):
            members["event"] = "step_began"
            members["component"] = .string(component)
            members["type"] = .string(type)
        case .stepEnded(let trace):
            members["event"] = "step_ended"
            members["component"] = .string(trace.component)
            members["type"] = .string(trace.type)
            members["outcome"] = .string(trace.outcome.rawValue)
            members["duration_ms"] = .number(trace.duration / .milliseconds(1))
            members["notes"] = .object(trace.notes.mapValues { .number($0) })
        case .emitted(let component, let emission):
            members["event"] = .string(type(of: emission).emissionName)
            members["component"] = .string(component)
            members["data"] = emission.json
        case .finished: members["event"] = "finished"
        case .failed(let reason):
            members["event"] = "failed"
            members["reason"] = .string(reason)
        case .cancelled: members["event"] = "cancelled"
        }
        return .object(members)
    }
}

/// Keeps the events of runs beyond the memory of their process.
public protocol RunJournal: Sendable {
    /// Keeps an event. It is on the device, or wherever it is safe, when the call returns; only then do followers
    /// see it. Positions of one run come in order.
    func append(_ event: RunEvent, ofRun id: String) async throws
    /// Events of a run from `position` on, in order; empty behind the last one.
    func events(ofRun id: String, from position: Int, limit: Int) async throws -> [RunEvent]
}
