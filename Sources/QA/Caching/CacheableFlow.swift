import Corpus
import Flow
import Foundation
import JSONValue

/// Which flows make the same answer from the same question, corpus and rights, so that one may stand for another.
///
/// A list of what may be kept, and not of what may not: a component that is not named here (an agent, a clock, whatever
/// asks a network or another flow) keeps its flow's answers from being kept, those of custom flows and of components yet
/// to be written included.
enum CacheableFlow {
    /// What a component's answer must not depend on, by its parameters; the standard ones of each are harmless.
    private static let pure: [String: @Sendable (_ parameters: [String: JSONValue]) -> Bool] = [
        QuestionInput.type: { _ in true },
        CondenseQuestion.type: { _ in true },
        EmbedQuestion.type: { _ in true },
        VectorSearch.type: { _ in true },
        KeywordSearch.type: { _ in true },
        RecallPassages.type: { _ in true },
        FusePassages.type: { _ in true },
        RankFusion.type: { _ in true },
        RerankPassages.type: { _ in true },
        DiversifyPassages.type: { _ in true },
        // How new a page is depends on when somebody asks.
        BoostPassages.type: { holds($0["recency"], 1) },
        // Whoever lets a model choose its words by chance wants others the next time.
        BuildPrompt.type: { holds($0["temperature"], 0) },
        GenerateAnswer.type: { _ in true },
        CiteAnswer.type: { _ in true },
    ]

    /// A digest of the flow and of what runs it, where its answers may be kept; else `nil`.
    ///
    /// - Parameter parts: the names of whatever else bears on an answer, such as models.
    static func digest(_ flow: FlowDefinition, parts: [String]) -> String? {
        let isPure = flow.graph.components.allSatisfy { node in
            node.bodies.isEmpty && pure[node.type]?(node.parameters) == true
        }
        guard isPure, flow.graph.inputs.isEmpty else { return nil }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        guard let definition = try? encoder.encode(flow) else { return nil }
        let whole = [String(decoding: definition, as: UTF8.self)] + parts
        // With its length before each part, no two lists of parts read the same.
        return ContentHash.of(whole.map { "\($0.utf8.count):\($0)" }.joined())
    }

    /// Whether a parameter is not given, or has this value.
    private static func holds(_ value: JSONValue?, _ expected: Double) -> Bool {
        switch value {
        case nil: true
        case .integer(let number): Double(number) == expected
        case .number(let number): number == expected
        default: false
        }
    }
}
