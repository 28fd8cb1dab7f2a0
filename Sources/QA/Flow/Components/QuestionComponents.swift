import Models

/// Where a flow begins: the caller's question.
struct QuestionInput: FlowComponent {
    static let type = "QuestionInput"
    static let summary = "The caller's question, with its conversation and filters."
    static let inputs: [Port] = []
    static let outputs = [Port("question", .question)]
    static let parameters: [ParameterSpecification] = []

    init(settings: [String: Double], services: FlowServices) {}

    func run(_ inputs: FlowInputs, context: FlowContext) async throws -> [String: FlowValue] {
        ["question": .question(context.question)]
    }
}

/// Makes a follow-up question stand alone, so that it can be searched for.
///
/// A question that points back ("and in Halifax?", "who approves it?") is searched together with the one
/// before it. The words stay the caller's own: nothing is invented.
struct CondenseQuestion: FlowComponent {
    static let type = "CondenseQuestion"
    static let summary = "Joins a question that points back with the one before it."
    static let inputs = [Port("question", .question)]
    static let outputs = [Port("question", .question)]
    static let parameters: [ParameterSpecification] = []

    init(settings: [String: Double], services: FlowServices) {}

    func run(_ inputs: FlowInputs, context: FlowContext) async throws -> [String: FlowValue] {
        let question = try inputs.question("question")
        guard let previous = question.conversation.last, Self.pointsBack(question.text) else {
            return ["question": .question(question)]
        }
        let joined = previous.question + " " + question.text
        context.note("joined", 1)
        guard joined.utf8.count <= Question.byteLimit else { return ["question": .question(question)] }
        return [
            "question": .question(
                try Question(
                    joined, conversation: question.conversation, filter: question.filter, topK: question.topK)
            )
        ]
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

/// The question's vector.
struct EmbedQuestion: FlowComponent {
    static let type = "EmbedQuestion"
    static let summary = "The question as a vector, by the model that embedded the passages."
    static let inputs = [Port("question", .question)]
    static let outputs = [Port("vector", .vector)]
    static let parameters: [ParameterSpecification] = []

    let embedder: any Embedder

    init(settings: [String: Double], services: FlowServices) {
        embedder = services.embedder
    }

    func run(_ inputs: FlowInputs, context: FlowContext) async throws -> [String: FlowValue] {
        let vectors = try await embedder.embed([try inputs.question("question").text], purpose: .query)
        guard let vector = vectors.first else { throw FlowRunError(missing: "question") }
        return ["vector": .vector(vector)]
    }
}
