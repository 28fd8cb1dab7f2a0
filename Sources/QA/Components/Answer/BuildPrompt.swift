import Corpus
import Flow
import Models

/// The question with its passages, within a budget of tokens.
struct BuildPrompt: Component {
    static let type = "Prompt"
    static let summary = "Numbers the best passages and puts them with the question, within a token budget."
    let question: Input<Question>
    let passages: Input<RankedPassages>
    let recalled: OptionalInput<RankedPassages>
    let vector: OptionalInput<QuestionVector>
    let external: InputList<ExternalPassages>
    let maxPassageTokens: Parameter<Int>
    let maxAnswerTokens: Parameter<Int>
    let temperature: Parameter<Double>
    let neighbours: Parameter<Int>
    let prompt: Output<PreparedPrompt>
    let corpus: any PassageStore

    init(_ declare: inout Declaration, corpus: any PassageStore) {
        self.corpus = corpus
        question = declare.input("question", "What is asked.")
        passages = declare.input("passages", "Best first.")
        recalled = declare.optionalInput(
            "recalled", "What the conversation was about; taken in behind the two best.")
        vector = declare.optionalInput(
            "vector", "The question's, so that passages are compared with it without embedding it again.")
        external = declare.inputList(
            "external", "Of managed searches; taken in turn with the corpus's.")
        maxPassageTokens = declare.integer(
            "max_passage_tokens", 4_000, in: 64...200_000, unit: "tokens", "Of all passages together.")
        maxAnswerTokens = declare.integer(
            "max_answer_tokens", 800, in: 16...16_000, unit: "tokens", "Of the answer.")
        temperature = declare.number("temperature", 0, in: 0...1, "0 for the likeliest words.")
        neighbours = declare.integer(
            "neighbours", 0, in: 0...5, unit: "passages",
            "On each side of a passage in its page, read with it as far as the budget reaches.")
        prompt = declare.output("prompt", "Instructions, question and numbered passages.")
    }

    func run(_ step: Step) async throws {
        let builder = PromptBuilder(
            maxPassageTokens: step[maxPassageTokens], maxAnswerTokens: step[maxAnswerTokens],
            temperature: step[temperature])
        let topK = step[question].topK
        let distance = step[neighbours]
        let remembered = Set((step[recalled]?.list ?? []).map(\.id))
        let ranked = Self.taking(step[recalled]?.list ?? [], into: step[passages].list)
        let scope = try step.context.fact(ReadScope.self)
        let (found, beside) = try await corpus.withSnapshot(for: scope) {
            let found = try NearDuplicates.first(topK, of: ranked, in: $0)
            let recalled = found.filter { remembered.contains($0.chunk.id) }
            return (
                found,
                try $0.neighbours(of: found, distance: distance).merging(
                    $0.neighbours(of: recalled, distance: max(distance, Self.recalledDistance))
                ) { $0.count > $1.count ? $0 : $1 }
            )
        }
        let prepared = builder.prepare(
            step[question], found.taking(step[external].chunks()), beside: beside,
            recalled: Set(found.filter { remembered.contains($0.chunk.id) }.map(\.chunk.documentID)),
            vector: step[vector])
        scope.shows(prepared.passages.documents)
        step.note("passages", Double(prepared.passages.count))
        try await step.emit(PassagesEmission(passages: prepared.passages))
        step.send(prepared, to: prompt)
    }

    /// Passages on each side of a recalled one that are read with it: a conversation stays on its page.
    private static let recalledDistance = 2

    /// Recalled passages behind the two best, with what is known of them from their search.
    private static func taking(_ recalled: [RankedPassage], into found: [RankedPassage]) -> [RankedPassage] {
        guard !recalled.isEmpty else { return found }
        let known = Dictionary(found.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var seen: Set<Int64> = []
        return (found.prefix(2) + recalled.map { known[$0.id] ?? $0 } + found.dropFirst(2)).filter {
            seen.insert($0.id).inserted
        }
    }
}
