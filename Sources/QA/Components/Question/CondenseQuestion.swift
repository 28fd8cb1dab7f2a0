import Flow

/// Makes a follow-up question stand alone, so that it can be searched for.
struct CondenseQuestion: ImmediateComponent {
    static let type = "CondenseQuestion"
    static let summary = "Makes a question that points back stand alone, from the whole conversation."
    let question: Input<Question>
    let condensed: Output<Question>

    init(_ declare: inout Declaration) {
        question = declare.input("question", "What is asked.")
        condensed = declare.output("question", "The same, or with what it points back to.")
    }

    func compute(_ step: Step) throws {
        let question = step[question]
        let thread = FollowUp(question.conversation)
        let parts = question.parts.map(thread.standalone)
        guard parts != question.parts, parts.reduce(parts.count, { $0 + $1.utf8.count }) <= Question.byteLimit
        else {
            step.send(question, to: condensed)
            return
        }
        step.note("joined", 1)
        step.send(try question.asked(as: parts), to: condensed)
    }
}
