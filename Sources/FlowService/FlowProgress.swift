import Components
import Flow
import JSONValue

/// One thing that a run tells, numbered without gaps from 0 on.
public struct FlowProgress: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        case stepBegan(component: String, type: String)
        case stepEnded(StepTrace)
        /// A piece of what a model writes.
        ///
        /// `isShown` says whether it is a piece of what the flow says: its component's text goes straight to an
        /// output.
        case text(component: String, text: String, isShown: Bool)
        case message(component: String, ChatMessage)
        case tool(component: String, ToolEmission)
        /// Whatever else components tell, such as passages, by its name.
        case other(name: String, component: String, JSONValue)
        /// The run begins anew after a failure: what was told before it counts no longer.
        case restarted(attempt: Int)
        /// The last one, as are the next two.
        case finished(FlowResponse)
        case failed(FlowFailure)
        case cancelled
    }

    public var position: Int
    public var kind: Kind

    public init(position: Int, kind: Kind) {
        self.position = position
        self.kind = kind
    }

    /// Whether none follows.
    public var isLast: Bool {
        switch kind {
        case .finished, .failed, .cancelled: true
        default: false
        }
    }
}

/// Why a run failed, as its caller is told: nothing in it is secret.
public struct FlowFailure: Sendable, Hashable, Codable {
    /// A name that stays, such as `component-failed`.
    public var kind: String
    public var reason: String
    /// The component that failed; `nil` for a run that failed as a whole.
    public var component: String?
    public var isRetryable: Bool

    public init(kind: String, reason: String, component: String? = nil, isRetryable: Bool = false) {
        self.kind = kind
        self.reason = reason
        self.component = component
        self.isRetryable = isRetryable
    }
}

extension FlowProgress {
    /// As a journal keeps it and a client reads it.
    public var json: JSONValue {
        var members: [String: JSONValue] = ["position": .integer(position)]
        func put(_ event: String, _ more: [String: JSONValue] = [:]) {
            members["event"] = .string(event)
            members.merge(more) { _, new in new }
        }
        switch kind {
        case .stepBegan(let component, let type):
            put("step_began", ["component": .string(component), "type": .string(type)])
        case .stepEnded(let trace): put("step_ended", ["step": trace.json])
        case .text(let component, let text, let isShown):
            put(
                "text", ["component": .string(component), "text": .string(text), "shown": .bool(isShown)])
        case .message(let component, let message):
            put("message", ["component": .string(component), "message": message.json])
        case .tool(let component, let emission):
            put("tool", ["component": .string(component), "tool": emission.json])
        case .other(let name, let component, let value):
            put("other", ["name": .string(name), "component": .string(component), "data": value])
        case .restarted(let attempt): put("restarted", ["attempt": .integer(attempt)])
        case .finished(let response): put("finished", ["result": response.json])
        case .failed(let failure): put("failed", ["failure": failure.json])
        case .cancelled: put("cancelled")
        }
        return .object(members)
    }

    /// What ``json`` wrote; `nil` for anything else.
    public init?(json: JSONValue) {
        guard let position = json["position"]?.integer, let event = json["event"]?.string else { return nil }
        let component = json["component"]?.string ?? ""
        let kind: Kind?
        switch event {
        case "step_began": kind = .stepBegan(component: component, type: json["type"]?.string ?? "")
        case "step_ended": kind = json["step"].flatMap { StepTrace(json: $0) }.map { .stepEnded($0) }
        case "text":
            kind = .text(
                component: component, text: json["text"]?.string ?? "",
                isShown: json["shown"]?.bool ?? false)
        case "message":
            kind = (try? ChatMessage(json: json["message"] ?? .null)).map {
                .message(component: component, $0)
            }
        case "tool":
            kind = json["tool"].flatMap { ToolEmission(json: $0) }.map { .tool(component: component, $0) }
        case "other":
            kind = .other(
                name: json["name"]?.string ?? "", component: component, json["data"] ?? .null)
        case "restarted": kind = .restarted(attempt: json["attempt"]?.integer ?? 0)
        case "finished": kind = (try? FlowResponse(json: json["result"] ?? .null)).map { .finished($0) }
        case "failed": kind = json["failure"].flatMap { FlowFailure(json: $0) }.map { .failed($0) }
        case "cancelled": kind = .cancelled
        default: kind = nil
        }
        guard let kind else { return nil }
        self.init(position: position, kind: kind)
    }
}

extension FlowFailure {
    public var json: JSONValue {
        var members: [String: JSONValue] = [
            "kind": .string(kind), "reason": .string(reason), "retryable": .bool(isRetryable),
        ]
        if let component { members["component"] = .string(component) }
        return .object(members)
    }

    public init?(json: JSONValue) {
        guard let kind = json["kind"]?.string, let reason = json["reason"]?.string else { return nil }
        self.init(
            kind: kind, reason: reason, component: json["component"]?.string,
            isRetryable: json["retryable"]?.bool ?? false)
    }
}
