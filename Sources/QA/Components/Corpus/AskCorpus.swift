import Components
import Corpus
import Flow

/// A question to the corpus, answered as `/v1/ask` answers it.
struct AskCorpus: Component {
    static let type = "Ask"
    static let summary =
        "Answers a question from the pages that the caller may read, with citations, or says that they do not answer it."
    let question: Input<ChatMessage>
    let history: InputList<[ChatMessage]>
    let flow: Parameter<String>
    let topK: Parameter<Int>
    let message: Output<ChatMessage>
    let qa: QuestionAnswering

    init(_ declare: inout Declaration, qa: QuestionAnswering) {
        self.qa = qa
        question = declare.input("question", "What is asked.")
        history = declare.inputList("history", "What was said before it, oldest first.")
        flow = declare.text(
            "flow", QuestionAnswering.defaultFlow, maxBytes: 200, "The flow of the settings that answers.")
        topK = declare.integer("top_k", 8, in: 1...50, unit: "passages", "What the answer may rest on.")
        message = declare.output("message", "The answer, with what its markers stand for.")
    }

    func run(_ step: Step) async throws {
        let asked = try Question(
            step[question].text, conversation: Question.turns(of: step[history].flatMap { $0 }),
            topK: step[topK])
        let result = try await qa.run(
            asked, scope: try step.context.fact(ReadScope.self), flow: step[flow])
        step.note("citations", Double(result.answer.citations.count))
        step.send(ChatMessage(result.answer), to: message)
    }

}

extension Question {
    /// Turns of a conversation that are looked at.
    public static let turnLimit = 20

    /// Questions with their answers, of what was said; the last ``turnLimit`` of them.
    public static func turns(of messages: [ChatMessage]) -> [Turn] {
        var turns: [Turn] = []
        var open: String?
        for message in messages {
            switch message.role {
            case .user: open = message.text
            case .assistant:
                guard let asked = open else { continue }
                turns.append(Turn(question: asked, answer: message.text))
                open = nil
            case .system, .tool: continue
            }
        }
        return turns.suffix(turnLimit)
    }
}
