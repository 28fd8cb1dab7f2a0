/// How an endpoint is asked to judge passages, and where its answer has the scores.
public struct SageMakerRerankForm: Sendable, Hashable {
    /// Ready forms, by the names that settings have for them.
    public enum Preset: String, Sendable, Hashable, CaseIterable, SageMakerForm.Preset {
        /// Hugging Face's Text Embeddings Inference. The end of a passage that is too long is left out.
        case tei

        public var request: String {
            #"{"query": "{{query}}", "texts": "{{documents}}", "truncate": true}"#
        }
        public var response: String { "[*].score" }
        /// Where each score tells which passage it is of.
        public var offsets: String { "[*].index" }
        /// What TEI takes unless it is told otherwise.
        public var documentsPerCall: Int { 32 }
    }

    /// With `{{query}}`, and `{{documents}}` or, for an endpoint that judges one passage a call, `{{text}}`.
    public var template: RequestTemplate
    /// The scores, one each or as one list.
    public var scores: ResponsePath
    /// The 0-based offset of each score's passage, in the order of the scores; `nil` where the scores stand
    /// in the passages' order.
    public var offsets: ResponsePath?
    /// 1 or more; with `{{text}}` one passage goes in a call, whatever stands here.
    public var documentsPerCall: Int

    /// - Parameters:
    ///   - request: the name of a ``Preset``, or a template.
    ///   - response: the path of the scores; `nil` for the preset's.
    ///   - offsets: the path of the passages' offsets. `nil` for the preset's, where ``response`` is the
    ///     preset's too, else for none.
    ///   - documentsPerCall: `nil` for the preset's, or 32.
    public init(
        request: String, response: String? = nil, offsets: String? = nil, documentsPerCall: Int? = nil
    ) throws(SageMakerFormError) {
        let (preset, text) = try SageMakerForm.request(request, Preset.self)
        template = try SageMakerForm.template(text, for: .reranking)
        scores = try SageMakerForm.response(response, or: preset?.response)
        self.offsets = try SageMakerForm.response(
            offsets ?? (response == nil ? preset?.offsets : nil))
        self.documentsPerCall = documentsPerCall ?? preset?.documentsPerCall ?? 32
    }
}
