import Components
import Flow
import FlowService
import JSONValue

/// What providers of models counted in a run.
struct CountedTokens: Sendable, Hashable {
    var input = 0
    var output = 0

    /// The largest sum that is told, far above what a run may use.
    private static let limit = 1e15

    init(_ steps: [StepTrace] = []) {
        input = Self.sum(steps, of: "input_tokens")
        output = Self.sum(steps, of: "output_tokens")
    }

    private static func sum(_ steps: [StepTrace], of note: String) -> Int {
        let sum = steps.reduce(0) { $0 + ($1.notes[note] ?? 0) }
        return sum.isFinite ? Int(min(max(sum, 0), limit)) : 0
    }
}

extension FlowResponse {
    /// What the flow says: its chat outputs, or whatever it made where it has none.
    var said: [FlowOutput] {
        let said = outputs.filter { $0.type == "ChatOutput" || $0.type == "Cite" }
        return said.isEmpty ? outputs : said
    }

    var tokens: CountedTokens { CountedTokens(steps) }

    /// Calls of the client's tools, in the order in which they were made.
    var toolCalls: [CallerCall] {
        calls.flatMap { turn -> [CallerCall] in
            if case .calls(_, let calls) = turn { calls } else { [] }
        }
    }

    /// Whether a model stopped at its limit of tokens before it had ended.
    var isCutShort: Bool { steps.contains { $0.notes["cut"] == 1 } }

    /// All that the flow says as one text, with what it rests on.
    var wholeText: (text: String, citations: [URLCitation]) {
        var text = ""
        var citations: [URLCitation] = []
        for output in said where !output.message.text.isEmpty {
            if !text.isEmpty { text += "\n\n" }
            citations += URLCitation.all(of: output.message, offset: text.unicodeScalars.count)
            text += output.message.text
        }
        return (text, citations)
    }
}

extension FlowProgress {
    /// A piece of what the flow says, and whose it is: a model's text, or the words and citations of an answer from
    /// the corpus.
    var spoken: (component: String, text: String)? {
        switch kind {
        case .text(let component, let text, true): (component, text)
        case .other("token", let component, let value): value.string.map { (component, $0) }
        case .other("citation", let component, let value):
            value["number"]?.integer.map { (component, "[\($0)]") }
        default: nil
        }
    }
}
