import Flow

/// Makes a follow-up question stand alone, so that it can be searched for.
///
/// A question that points back ("and in Halifax?", "who approves it?") is searched together with the one
/// before it. The words stay the caller's own: nothing is invented.
struct CondenseQuestion: ImmediateComponent {
    static let type = "CondenseQuestion"
    static let summary = "Joins a question that points back with the one before it."
    let question: Input<Question>
    let condensed: Output<Question>

    init(_ declare: inout Declaration) {
        question = declare.input("question", "What is asked.")
        condensed = declare.output("question", "The same, or joined with the one before.")
    }

    func compute(_ step: Step) throws {
        let question = step[question]
        guard let previous = question.conversation.last, Self.pointsBack(question.text) else {
            step.send(question, to: condensed)
            return
        }
        let joined = previous.question + " " + question.text
        step.note("joined", 1)
        guard joined.utf8.count <= Question.byteLimit else {
            step.send(question, to: condensed)
            return
        }
        step.send(
            try Question(
                joined, conversation: question.conversation, filter: question.filter, topK: question.topK),
            to: condensed)
    }

    private static let backReferences: Set<String> = [
        "it", "its", "that", "this", "those", "these", "they", "them", "their", "he", "she", "him", "her",
        "his",
        "there", "then", "one", "ones", "same", "else", "also", "instead", "former", "latter",
    ]

    /// Whether the words alone say that something came before.
    static func pointsBack(_ question: String) -> Bool {
        let words = question.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "'" }.map(String.init)
        if words.count <= 3 { return true }
        if let first = words.first, ["and", "but", "or", "so"].contains(first) { return true }
        if words.count <= 6, ["what about", "how about"].contains(words.prefix(2).joined(separator: " ")) {
            return true
        }
        return words.contains { backReferences.contains($0) }
    }
}
