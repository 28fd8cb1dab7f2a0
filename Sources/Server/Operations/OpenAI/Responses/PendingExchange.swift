import Components
import FlowService
import JSONValue
import Workspace

/// The end of a conversation that is kept: what the person said last, and the calls of the client's tools since then.
struct PendingExchange: Sendable {
    /// What the person said last; `nil` where nothing is kept of it.
    private(set) var asked: StoredMessage?
    /// What was said before that.
    private(set) var before: [StoredMessage] = []
    /// The calls and results since then; calls without a result are left out by ``add(_:)``.
    private(set) var turns: [CallerTurn] = []
    /// How many of ``turns`` the conversation holds.
    private(set) var keptCount = 0

    /// - Parameter messages: oldest first.
    init(_ messages: [StoredMessage]) {
        guard let last = messages.lastIndex(where: { $0.role == "user" }) else { return }
        asked = messages[last]
        before = Array(messages[..<last])
        turns = messages[last...].compactMap(\.callerTurn)
        keptCount = turns.count
    }

    /// Adds the results that a client sends.
    ///
    /// - Throws: ``RequestFault/invalidField(name:reason:)`` for a result whose call is none of these or has one
    ///   already, and for a call of the last answer without a result.
    mutating func add(_ results: [OpenAITurns.Stray]) throws(RequestFault) {
        guard !results.isEmpty else { return }
        var open: [String] = []
        for turn in turns {
            switch turn {
            // Two models of a flow may have called, one turn each.
            case .calls(_, let calls): open += calls.map(\.id)
            case .result(let call, _): open.removeAll { $0 == call }
            }
        }
        for result in results {
            guard let place = open.firstIndex(of: result.call) else {
                throw .invalidField(
                    name: result.place,
                    reason: """
                        is “\(result.call.prefix(100))”, and the response before made no call with this id that \
                        waits for its result
                        """)
            }
            open.remove(at: place)
            turns.append(.result(call: result.call, text: result.text))
        }
        if let missing = open.first {
            throw .invalidField(
                name: "input",
                reason:
                    "holds no result of the call “\(missing)” that the response before made; send all of them"
            )
        }
    }
}
