import Components
import JSONValue

/// The calls and results in what a client sends: what happened since the person said what is to be answered.
///
/// Those before it led to an answer that stands among what was said; a model is not told of them again.
struct OpenAITurns: Sendable, Hashable {
    /// A result whose call is not in the request.
    struct Stray: Sendable, Hashable {
        var call: String
        var text: String
        /// Names the result in refusals.
        var place: String
    }

    /// A call that has no result yet.
    private struct Open: Sendable, Hashable {
        var call: String
        var place: String
    }

    private(set) var turns: [CallerTurn] = []
    private(set) var strays: [Stray] = []
    private var open: [Open] = []
    /// Ids of calls and results so far.
    private var known: Set<String> = []
    private var isConcluded = false

    /// Calls of one answer.
    static let callLimit = 128
    /// Bytes of UTF-8 of a call's id.
    static let idLimit = 256

    /// The person says something: what led to an answer before is over.
    mutating func said() {
        if isConcluded { turns = [] }
        isConcluded = false
    }

    /// The model says something without calling.
    mutating func answered() { isConcluded = true }

    /// - Throws: ``RequestFault/invalidField(name:reason:)`` for an id that another call has.
    mutating func called(
        _ calls: [(call: CallerCall, place: String)], saying text: String
    ) throws(RequestFault) {
        for (call, place) in calls {
            guard known.insert(call.id).inserted else {
                throw .invalidField(name: place, reason: "is “\(call.id)”, as another call's is")
            }
            open.append(Open(call: call.id, place: place))
        }
        isConcluded = false
        // Calls that come as items of their own, one behind the other, are of one answer.
        if text.isEmpty, case .calls(let before, let others)? = turns.last {
            turns[turns.count - 1] = .calls(text: before, others + calls.map(\.call))
        } else {
            turns.append(.calls(text: text, calls.map(\.call)))
        }
    }

    /// - Throws: ``RequestFault/invalidField(name:reason:)`` for a second result of one call.
    mutating func returned(_ id: String, _ text: String, at place: String) throws(RequestFault) {
        guard let offset = open.firstIndex(where: { $0.call == id }) else {
            guard !known.contains(id) else {
                throw .invalidField(name: place, reason: "is “\(id)”, a call that has its result already")
            }
            known.insert(id)
            strays.append(Stray(call: id, text: text, place: place))
            return
        }
        open.remove(at: offset)
        isConcluded = false
        turns.append(.result(call: id, text: text))
    }

    /// - Throws: ``RequestFault/invalidField(name:reason:)`` for a call without a result.
    func checkComplete() throws(RequestFault) {
        guard let first = open.first else { return }
        throw .invalidField(
            name: first.place, reason: "is “\(first.call)”, a call of which the request holds no result")
    }

    /// - Throws: ``RequestFault/invalidField(name:reason:)`` for a result without a call.
    func checkCalls() throws(RequestFault) {
        guard let first = strays.first else { return }
        throw .invalidField(
            name: first.place, reason: "is “\(first.call.prefix(100))”, and no call before it has this id")
    }

    // MARK: Reading

    /// The calls of a message of chat completions.
    static func calls(
        _ value: JSONValue, at place: String
    ) throws(RequestFault) -> [(call: CallerCall, place: String)] {
        guard let items = value.array, items.count <= callLimit else {
            throw .invalidField(name: place, reason: "must be a list of at most \(callLimit) calls")
        }
        var calls: [(call: CallerCall, place: String)] = []
        for (offset, item) in items.enumerated() {
            let place = "\(place)[\(offset)]"
            guard item["type"] == nil || item["type"] == "function" else {
                throw .invalidField(name: "\(place).type", reason: "must be function")
            }
            calls.append(
                (
                    try call(
                        id: item["id"], at: "\(place).id", item["function"] ?? .null,
                        at: "\(place).function"), "\(place).id"
                ))
        }
        return calls
    }

    static func call(
        id: JSONValue?, at idPlace: String, _ function: JSONValue, at place: String
    ) throws(RequestFault) -> CallerCall {
        let id = try Self.id(id, at: idPlace)
        guard let name = function["name"]?.string, OpenAITools.isName(name) else {
            throw .invalidField(
                name: "\(place).name",
                reason: "must be 1 to \(OpenAITools.nameLimit) letters, digits, _ or -")
        }
        guard let text = function["arguments"]?.string,
            let arguments = try? JSONValue(parsing: text.allSatisfy(\.isWhitespace) ? "{}" : text),
            arguments.object != nil
        else {
            throw .invalidField(name: "\(place).arguments", reason: "must be a JSON object, as text")
        }
        return CallerCall(id: id, name: name, arguments: arguments)
    }

    static func id(_ value: JSONValue?, at place: String) throws(RequestFault) -> String {
        guard let id = value?.string, (1...idLimit).contains(id.utf8.count) else {
            throw .invalidField(
                name: place, reason: "must be the call's id, a text of 1 to \(idLimit) bytes")
        }
        return id
    }
}
