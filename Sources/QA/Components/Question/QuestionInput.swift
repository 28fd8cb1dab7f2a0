import Flow

/// Where a flow begins: the caller's question.
struct QuestionInput: ImmediateComponent {
    static let type = "QuestionInput"
    static let summary = "The caller's question, with its conversation and filters."
    let question: Output<Question>

    init(_ declare: inout Declaration) {
        question = declare.output("question", "What is asked.")
    }

    func compute(_ step: Step) throws {
        step.send(try step.context.fact(Question.self), to: question)
    }
}
