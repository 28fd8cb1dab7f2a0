import Components
import Flow
import FlowService
import JSONValue

/// The words of AG-UI, the protocol between agents and user interfaces.
///
/// One text message is open at a time: what another component writes meanwhile waits, and is told once the open one
/// has ended.
struct AGUIEvents: WorkflowEvents {
    private let run: String
    private let thread: String
    private let tellsComponents: Bool
    private struct Writing {
        let component: String
        let id: String
        var written = WrittenText()
        /// Whether nothing more comes of it.
        var isWhole = false
        /// Whether its component is done, so that only its message is awaited.
        var hasEnded = false
    }

    /// The open message, and behind it those that wait, in the order in which they began.
    private var writing: [Writing] = []
    private var count = 0

    /// - Parameter thread: the session.
    init(run: String, thread: String, tellsComponents: Bool) {
        self.run = run
        self.thread = thread
        self.tellsComponents = tellsComponents
    }

    func began() throws -> [[UInt8]] { [try event("RUN_STARTED", place).utf8()] }

    mutating func events(_ progress: FlowProgress) throws -> [[UInt8]] {
        try told(progress).map { try $0.utf8() }
    }

    mutating func failed(_ reason: String) throws -> [[UInt8]] {
        try (closeAll() + [event("RUN_ERROR", ["message": .string(reason)])]).map { try $0.utf8() }
    }

    private mutating func told(_ progress: FlowProgress) -> [JSONValue] {
        if let (component, text) = progress.spoken { return write(text, by: component) }
        switch progress.kind {
        case .stepBegan(let component, _):
            return tellsComponents ? [event("STEP_STARTED", ["stepName": .string(component)])] : []
        case .stepEnded(let trace):
            if let place = place(of: trace.component) { writing[place].hasEnded = true }
            return tellsComponents ? [event("STEP_FINISHED", ["stepName": .string(trace.component)])] : []
        case .message(let component, let message): return say(message.text, by: component)
        case .tool(let component, let emission): return tell(emission, of: component)
        case .finished(let response):
            var events = closeAll()
            // An output that is no chat output tells no message of its own.
            if count == 0 {
                for output in response.said { events += say(output.message.text, by: output.component) }
            }
            return events + [event("RUN_FINISHED", place)]
        case .failed(let failure):
            return closeAll() + [
                event(
                    "RUN_ERROR", ["message": .string(failure.reason), "code": .string(failure.kind)])
            ]
        case .cancelled:
            // The protocol has no word for a run that somebody ended; it is no failure.
            let told = event(
                "CUSTOM",
                ["name": "langflow.run.cancelled", "value": ["reason": "The run was cancelled."]])
            return closeAll() + [told, event("RUN_FINISHED", place)]
        case .restarted:
            // What waits was written by the attempt that failed, and need not be told.
            writing.removeSubrange(min(1, writing.count)...)
            return close()
        case .text, .other: return []
        }
    }

    private var place: [String: JSONValue] { ["threadId": .string(thread), "runId": .string(run)] }

    /// Where the message is that a component goes on to write.
    private func place(of component: String) -> Int? {
        writing.firstIndex { $0.component == component && !$0.isWhole }
    }

    private mutating func write(_ text: String, by component: String) -> [JSONValue] {
        guard !text.isEmpty else { return [] }
        guard let place = place(of: component) else { return begin(text, by: component) }
        // A component that begins anew, such as in a loop, writes another message.
        if writing[place].hasEnded { return end(place) + begin(text, by: component) }
        return add(text, at: place)
    }

    private mutating func add(_ text: String, at place: Int) -> [JSONValue] {
        guard !text.isEmpty else { return [] }
        writing[place].written.text += text
        return place == 0 ? [content(text, of: writing[0])] : []
    }

    private mutating func begin(_ text: String, by component: String, isWhole: Bool = false) -> [JSONValue] {
        guard !text.isEmpty else { return [] }
        writing.append(
            Writing(
                component: component, id: "\(run)-\(component)-\(count)", written: WrittenText(text: text),
                isWhole: isWhole))
        count += 1
        return writing.count == 1 ? opened() : []
    }

    /// A message that stands: what of it was not written yet, and its end.
    private mutating func say(_ text: String, by component: String) -> [JSONValue] {
        let known = writing.indices.filter {
            !writing[$0].isWhole && writing[$0].written.rest(of: text) != nil
        }
        let longest = known.max { writing[$0].written.text.utf8.count < writing[$1].written.text.utf8.count }
        if let longest {
            let rest = writing[longest].written.rest(of: text) ?? ""
            return add(rest, at: longest) + end(longest)
        }
        let isAwaited = writing.first?.hasEnded == false
        let events = begin(text, by: component, isWhole: true)
        return isAwaited ? events : events + close()
    }

    /// Ends a message: at once, or when its turn has come.
    private mutating func end(_ place: Int) -> [JSONValue] {
        guard place > 0 else { return close() }
        writing[place].isWhole = true
        return []
    }

    /// Ends the open message, and tells what has waited for that.
    private mutating func close() -> [JSONValue] {
        guard !writing.isEmpty else { return [] }
        return [ended(writing.removeFirst())] + opened()
    }

    private mutating func closeAll() -> [JSONValue] {
        var events: [JSONValue] = []
        while !writing.isEmpty { events += close() }
        return events
    }

    /// Begins the first message, and ends those that are whole.
    private mutating func opened() -> [JSONValue] {
        var events: [JSONValue] = []
        while let first = writing.first {
            events.append(
                event("TEXT_MESSAGE_START", ["messageId": .string(first.id), "role": "assistant"]))
            events.append(content(first.written.text, of: first))
            guard first.isWhole else { break }
            events.append(ended(writing.removeFirst()))
        }
        return events
    }

    private func content(_ text: String, of message: Writing) -> JSONValue {
        event("TEXT_MESSAGE_CONTENT", ["messageId": .string(message.id), "delta": .string(text)])
    }

    private func ended(_ message: Writing) -> JSONValue {
        event("TEXT_MESSAGE_END", ["messageId": .string(message.id)])
    }

    private mutating func tell(_ emission: ToolEmission, of component: String) -> [JSONValue] {
        let call: [String: JSONValue] = ["toolCallId": .string(emission.call)]
        guard emission.phase == .called else {
            let result: [String: JSONValue] = [
                "messageId": .string("\(run)-\(emission.call)"), "role": "tool",
                "content": .string(emission.value.plainText),
            ]
            return [event("TOOL_CALL_RESULT", call.merging(result) { first, _ in first })]
        }
        let ended = place(of: component).map { end($0) } ?? []
        return ended + [
            event(
                "TOOL_CALL_START",
                call.merging(["toolCallName": .string(emission.tool)]) { first, _ in first }),
            event(
                "TOOL_CALL_ARGS",
                call.merging(["delta": .string(emission.value.plainText)]) { first, _ in first }),
            event("TOOL_CALL_END", call),
        ]
    }

    private func event(_ type: String, _ members: [String: JSONValue]) -> JSONValue {
        var members = members
        members["type"] = .string(type)
        return .object(members)
    }
}
