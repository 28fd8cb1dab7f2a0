/// Every component that a flow may name.
enum ComponentCatalog {
    static let all: [any FlowComponent.Type] = [
        QuestionInput.self, CondenseQuestion.self, EmbedQuestion.self, VectorSearch.self, KeywordSearch.self,
        FusePassages.self, DiversifyPassages.self, BuildPrompt.self, GenerateAnswer.self, CiteAnswer.self,
    ]

    static func component(named type: String) -> (any FlowComponent.Type)? {
        all.first { $0.type == type }
    }
}
