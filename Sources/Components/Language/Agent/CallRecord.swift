import JSONValue
import Models

/// The calls of an agent's run so far.
struct CallRecord: Sendable {
    /// A call that is to be carried out, or the reason why it is not.
    struct Admitted: Sendable {
        var call: ToolCall
        /// Which call of the run it is.
        var number: Int
        var refusal: String?
    }

    /// Bytes of results that ``transcript`` holds at most; the latest ones are kept, and the last one is cut to it.
    static let transcriptLimitBytes = 512 << 10

    private(set) var count = 0
    private(set) var failuresInARow = 0
    private var ids: Set<String> = []
    private var made: [String: Int] = [:]
    private var lines: [String] = []

    /// The calls with ids that no other call of the run has: some providers give none, or begin anew in each answer.
    mutating func identified(_ calls: [ToolCall]) -> [ToolCall] {
        calls.map { call in
            var call = call
            var number = ids.count + 1
            while call.id.isEmpty || ids.contains(call.id) {
                call.id = "call_\(number)"
                number += 1
            }
            ids.insert(call.id)
            return call
        }
    }

    /// Counts a call, and refuses one that was made before too often.
    mutating func admit(_ call: ToolCall, isBeyondLimit: Bool) -> Admitted {
        defer { count += 1 }
        if isBeyondLimit {
            return Admitted(
                call: call, number: count,
                refusal: "At most \(AgentLimits.callsAtOnce) calls are carried out at once. Make fewer.")
        }
        let key = call.name + "\u{0}" + ((try? call.arguments.text()) ?? "")
        made[key, default: 0] += 1
        let isRepeated = made[key, default: 0] > AgentLimits.repeats
        return Admitted(
            call: call, number: count,
            refusal: isRepeated
                ? """
                This call was made \(AgentLimits.repeats) times with the same arguments and is not made again. Use \
                what it returned, change the arguments, or answer.
                """ : nil)
    }

    mutating func keep(_ outcome: ToolCaller.Outcome) {
        failuresInARow = outcome.result.isError ? failuresInARow + 1 : 0
        let arguments = (try? outcome.call.arguments.text()) ?? ""
        lines.append(
            """
            <result>
            <call>\(outcome.call.name.quoted) \(arguments.prefix(bytes: 2_048).quoted)</call>
            \(outcome.result.isError ? "It failed: " : "")\(outcome.result.text.quoted)
            </result>
            """)
    }

    /// Calls and results as text, the oldest first.
    var transcript: String {
        var kept: [String] = []
        var bytes = 0
        for line in lines.reversed() {
            bytes += line.utf8.count
            guard bytes <= Self.transcriptLimitBytes else {
                if kept.isEmpty { kept.append(Self.cut(line)) }
                break
            }
            kept.append(line)
        }
        return kept.isEmpty ? "nothing" : kept.reversed().joined(separator: "\n")
    }

    /// The beginning of a result that is too long for a transcript by itself.
    private static func cut(_ line: String) -> String {
        let end = "…\n</result>"
        return line.prefix(bytes: transcriptLimitBytes - end.utf8.count) + end
    }
}

extension ToolResult {
    /// What it tells, as text.
    var text: String {
        switch content {
        case .text(let text): text
        case .json(let value): (try? value.text()) ?? value.kind
        }
    }
}
