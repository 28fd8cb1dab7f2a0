import Flow
import JSONValue
import Models

/// Looks at a message before it goes on: what it finds is masked, or stops it.
struct Guardrail: Component {
    static let type = "Guardrail"
    static let summary = "Stops or masks personal data, secrets, orders to a model, and links in a message."

    enum Action: String, Sendable, CaseIterable {
        case block, mask
    }

    let message: Input<ChatMessage>
    let checks: Parameter<[String]>
    let action: Parameter<Action>
    let usesManaged: Parameter<Bool>
    let side: Parameter<TextSide>
    let blockedText: Parameter<String>
    let passed: Output<ChatMessage>
    let blocked: Output<ChatMessage>
    /// `nil` where none is configured.
    let check: (any TextCheck)?

    init(_ declare: inout Declaration, check: (any TextCheck)?) {
        self.check = check
        message = declare.input("message", "What is looked at.")
        checks = declare.texts(
            "checks", ["pii", "secrets", "prompt_injection"],
            "What is looked for: \(GuardrailCheck.allCases.map(\.rawValue).joined(separator: ", ")).")
        action = declare.choice(
            "action", Action.block, "Whether what is found stops the message, or is replaced by its kind.")
        usesManaged = declare.flag(
            "managed", false,
            "Whether the managed check, bedrock.guardrail of the settings, looks at it, too.")
        side = declare.choice(
            "from", TextSide.question, "What the managed check takes the message for.")
        blockedText = declare.text(
            "blocked_text", "",
            "What goes on instead of a message that is stopped; empty for the managed check's own words, or the kinds "
                + "that were found.")
        passed = declare.branch("passed", "The message, if nothing was found or all of it is masked.")
        blocked = declare.branch(
            "blocked", "What is said instead of it, if it was stopped. It holds nothing of it.")
    }

    func run(_ step: Step) async throws {
        let message = step[message]
        let wanted = try step[checks].map { name throws(GuardrailError) in
            guard let check = GuardrailCheck(rawValue: name) else {
                throw .unknownCheck(component: step.component, name: name)
            }
            return check
        }
        guard message.text.utf8.count <= GuardrailCheck.limitBytes else {
            throw GuardrailError.tooLong(
                component: step.component, bytes: message.text.utf8.count, limit: GuardrailCheck.limitBytes)
        }
        let findings = GuardrailCheck.findings(in: message.text, Set(wanted))
        step.note("findings", Double(findings.count))
        var text = message.text
        if !findings.isEmpty {
            guard step[action] == .mask else { return stop(Set(findings.map(\.kind)), step) }
            text = Self.masked(text, findings)
        }
        if step[usesManaged] {
            guard let check else { throw GuardrailError.noManagedCheck(component: step.component) }
            switch try await check.verdict(on: text, from: step[side]) {
            case .passed: break
            case .masked(let masked, _) where step[action] == .mask: text = masked
            case .masked(_, let intervention): return stop(step, words: nil, intervention)
            case .refused(let words, let intervention): return stop(step, words: words, intervention)
            }
        }
        var sent = message
        sent.text = text
        step.send(sent, to: passed)
    }

    /// What a managed check stepped in for.
    private func stop(_ step: Step, words: String?, _ intervention: GuardrailIntervention) {
        step.tell(intervention, did: .stoppedMessage)
        stop([.managed], step, words: words, withheld: intervention)
    }

    private func stop(
        _ kinds: Set<GuardrailFinding.Kind>, _ step: Step, words: String? = nil,
        withheld: GuardrailIntervention? = nil
    ) {
        let names = kinds.map(\.meaning).sorted().joined(separator: ", ")
        let text =
            step[blockedText].isEmpty
            ? words ?? "The message was stopped. It holds \(names)." : step[blockedText]
        step.send(ChatMessage(text, role: .assistant, withheld: withheld), to: blocked)
    }

    private static func masked(_ text: String, _ findings: [GuardrailFinding]) -> String {
        var bytes: [UInt8] = []
        var place = 0
        let source = Array(text.utf8)
        for finding in findings {
            bytes += source[place..<finding.range.lowerBound]
            bytes += Array("[\(finding.kind.rawValue)]".utf8)
            place = finding.range.upperBound
        }
        bytes += source[place...]
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Why a message could not be looked at. It does not go on then.
public enum GuardrailError: Error, Sendable, Hashable, CustomStringConvertible {
    case unknownCheck(component: String, name: String)
    case noManagedCheck(component: String)
    case tooLong(component: String, bytes: Int, limit: Int)

    public var description: String {
        switch self {
        case .unknownCheck(let component, let name):
            """
            “\(component)” knows no check “\(name.prefix(100))”; it knows \
            \(GuardrailCheck.allCases.map(\.rawValue).joined(separator: ", ")).
            """
        case .noManagedCheck(let component):
            "“\(component)” wants a managed check, and none is configured. Configure one, or set “managed” to false."
        case .tooLong(let component, let bytes, let limit):
            "“\(component)” was given a message of \(bytes) bytes; it looks at \(limit) at most. Split the message."
        }
    }
}
