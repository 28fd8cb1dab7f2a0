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
        catalog.register(QuestionInput.self) { QuestionInput(&$0) }
        catalog.register(CondenseQuestion.self) { CondenseQuestion(&$0) }
        catalog.register(EmbedQuestion.self) { EmbedQuestion(&$0, embedder: embedder) }
        catalog.register(VectorSearch.self) { VectorSearch(&$0, corpus: corpus, retriever: dense) }
        catalog.register(KeywordSearch.self) { KeywordSearch(&$0, corpus: corpus, retriever: keyword) }
        catalog.register(RecallPassages.self) { RecallPassages(&$0, corpus: corpus, retriever: keyword) }
        catalog.register(FusePassages.self) { FusePassages(&$0) }
        catalog.register(RankFusion.self) { RankFusion(&$0) }
        catalog.register(RerankPassages.self) { RerankPassages(&$0, corpus: corpus, reranker: reranker) }
        catalog.register(BoostPassages.self) { BoostPassages(&$0, corpus: corpus) }
        catalog.register(DiversifyPassages.self) { DiversifyPassages(&$0, corpus: corpus) }
        catalog.register(ExternalSearch.self) { ExternalSearch(&$0, retrievers: external) }
        catalog.register(BuildPrompt.self) { BuildPrompt(&$0, corpus: corpus) }
        catalog.register(GenerateAnswer.self) { GenerateAnswer(&$0, generator: generator, price: price) }
        catalog.register(CiteAnswer.self) { CiteAnswer(&$0) }
        return catalog
    }
}
