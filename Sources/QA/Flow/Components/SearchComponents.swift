import Corpus

/// Passages nearest in meaning.
struct VectorSearch: FlowComponent {
    static let type = "VectorSearch"
    static let summary =
        "The passages nearest to the question's vector, among those that the reader may read."
    static let inputs = [Port("question", .question), Port("vector", .vector)]
    static let outputs = [Port("passages", .passages)]
    static let parameters = [
        ParameterSpecification(name: "limit", allowed: 1...1_000, standard: 100, isInteger: true)
    ]

    let retriever: DenseRetriever
    let limit: Int

    init(settings: [String: Double], services: FlowServices) {
        retriever = services.dense
        limit = Int(settings["limit"] ?? 100)
    }

    func run(_ inputs: FlowInputs, context: FlowContext) async throws -> [String: FlowValue] {
        let question = try inputs.question("question")
        let query = try RetrievalQuery(
            question.text, vector: try inputs.vector("vector"), filter: question.filter, limit: limit)
        let found = try await retriever.retrieve(query)
        context.note("passages", Double(found.count))
        return ["passages": .passages(found)]
    }
}

/// Passages that share words.
struct KeywordSearch: FlowComponent {
    static let type = "KeywordSearch"
    static let summary =
        "The passages that share words with the question, among those that the reader may read."
    static let inputs = [Port("question", .question)]
    static let outputs = [Port("passages", .passages)]
    static let parameters = [
        ParameterSpecification(name: "limit", allowed: 1...1_000, standard: 100, isInteger: true)
    ]

    let retriever: KeywordRetriever
    let limit: Int

    init(settings: [String: Double], services: FlowServices) {
        retriever = services.keyword
        limit = Int(settings["limit"] ?? 100)
    }

    func run(_ inputs: FlowInputs, context: FlowContext) async throws -> [String: FlowValue] {
        let question = try inputs.question("question")
        let query = try RetrievalQuery(question.text, filter: question.filter, limit: limit)
        let found = try await retriever.retrieve(query)
        context.note("passages", Double(found.count))
        return ["passages": .passages(found)]
    }
}

/// Two ranked lists as one.
struct FusePassages: FlowComponent {
    static let type = "ReciprocalRankFusion"
    static let summary = "Merges the passages found by meaning and by words, by their ranks."
    static let inputs = [Port("vector", .passages), Port("keyword", .passages)]
    static let outputs = [Port("passages", .passages)]
    static let parameters = [
        ParameterSpecification(name: "k", allowed: 1...1_000, standard: 10, isInteger: false),
        ParameterSpecification(name: "limit", allowed: 1...1_000, standard: 50, isInteger: true),
        ParameterSpecification(name: "vector_weight", allowed: 0...10, standard: 1, isInteger: false),
        ParameterSpecification(name: "keyword_weight", allowed: 0...10, standard: 0.7, isInteger: false),
    ]

    let fusion: FusionParameters
    let limit: Int

    init(settings: [String: Double], services: FlowServices) {
        limit = Int(settings["limit"] ?? 50)
        fusion = FusionParameters(
            k: settings["k"] ?? 10, vectorWeight: settings["vector_weight"] ?? 1,
            keywordWeight: settings["keyword_weight"] ?? 0.7)
    }

    func run(_ inputs: FlowInputs, context: FlowContext) async throws -> [String: FlowValue] {
        let fused = fusion.fuse(
            vector: try inputs.passages("vector"), keyword: try inputs.passages("keyword"), limit: limit)
        context.note("passages", Double(fused.count))
        return ["passages": .passages(fused)]
    }
}

/// Leaves out passages that repeat a better one from the same page.
struct DiversifyPassages: FlowComponent {
    static let type = "LimitPerDocument"
    static let summary =
        "Keeps only so many passages of one page, so that one long page does not fill the prompt."
    static let inputs = [Port("passages", .passages)]
    static let outputs = [Port("passages", .passages)]
    static let parameters = [
        ParameterSpecification(name: "passages", allowed: 1...50, standard: 3, isInteger: true)
    ]

    let perDocument: Int

    init(settings: [String: Double], services: FlowServices) {
        perDocument = Int(settings["passages"] ?? 3)
    }

    func run(_ inputs: FlowInputs, context: FlowContext) async throws -> [String: FlowValue] {
        var taken: [String: Int] = [:]
        let kept = try inputs.passages("passages").filter { passage in
            taken[passage.chunk.documentID, default: 0] += 1
            return taken[passage.chunk.documentID, default: 0] <= perDocument
        }
        context.note("passages", Double(kept.count))
        return ["passages": .passages(kept)]
    }
}
