import Corpus
import Flow
import Models

extension ComponentCatalog {
    /// The components of question answering, each with what it needs.
    static func questionAnswering(
        corpus: any PassageStore, dense: any Retriever, keyword: any Retriever, embedder: any Embedder,
        generator: any Generator, reranker: (any Reranker)?,
        price: ModelPrice?, external: [ExternalSearchSource: any ExternalRetriever]
    ) -> ComponentCatalog {
        var catalog = ComponentCatalog()
        catalog.register(QuestionInput.self, in: .answers) { QuestionInput(&$0) }
        catalog.register(CondenseQuestion.self, in: .answers) { CondenseQuestion(&$0) }
        catalog.register(EmbedQuestion.self, in: .answers) { EmbedQuestion(&$0, embedder: embedder) }
        catalog.register(VectorSearch.self, in: .answers) {
            VectorSearch(&$0, corpus: corpus, retriever: dense)
        }
        catalog.register(KeywordSearch.self, in: .answers) {
            KeywordSearch(&$0, corpus: corpus, retriever: keyword)
        }
        catalog.register(RecallPassages.self, in: .answers) {
            RecallPassages(&$0, corpus: corpus, retriever: keyword)
        }
        catalog.register(FusePassages.self, in: .answers) { FusePassages(&$0) }
        catalog.register(RankFusion.self, in: .answers) { RankFusion(&$0) }
        catalog.register(RerankPassages.self, in: .answers) {
            RerankPassages(&$0, corpus: corpus, reranker: reranker)
        }
        catalog.register(BoostPassages.self, in: .answers) { BoostPassages(&$0, corpus: corpus) }
        catalog.register(DiversifyPassages.self, in: .answers) { DiversifyPassages(&$0, corpus: corpus) }
        catalog.register(ExternalSearch.self, in: .answers) { ExternalSearch(&$0, retrievers: external) }
        catalog.register(BuildPrompt.self, in: .answers) { BuildPrompt(&$0, corpus: corpus) }
        catalog.register(GenerateAnswer.self, in: .answers) {
            GenerateAnswer(&$0, generator: generator, price: price)
        }
        catalog.register(CiteAnswer.self, in: .answers) { CiteAnswer(&$0) }
        return catalog
    }
}
