import Flow

/// Draft to checked answer.
struct CiteAnswer: ImmediateComponent {
    static let type = "Cite"
    static let summary =
        "Resolves each marker to its passage and checks that the passage bears the sentence out."
    let draft: Input<Draft>
    let answer: Output<Answer>

    init(_ declare: inout Declaration) {
        draft = declare.input("draft", "What a model wrote.")
        answer = declare.output("answer", "Its sentences with what they rest on, or that nothing answers.")
    }

    func compute(_ step: Step) throws {
        let asked = try step.context.fact(Question.self)
        let checked = CitationResolver().answer(step[draft], question: asked.text)
        step.note("citations", Double(checked.citations.count))
        step.send(checked, to: answer)
    }
}
