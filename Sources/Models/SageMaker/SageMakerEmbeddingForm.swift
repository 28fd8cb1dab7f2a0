/// How an endpoint is asked for embeddings, and where its answer has them.
public struct SageMakerEmbeddingForm: Sendable, Hashable {
    /// Ready forms, by the names that settings have for them.
    public enum Preset: String, Sendable, Hashable, CaseIterable, SageMakerForm.Preset {
        /// Hugging Face's Text Embeddings Inference. The end of a text that is too long is left out.
        case tei

        public var request: String { #"{"inputs": "{{texts}}", "truncate": true}"# }
        public var response: String { "[*]" }
        /// What TEI takes unless it is told otherwise.
        public var textsPerCall: Int { 32 }
    }

    /// With `{{texts}}` or `{{text}}`, and `{{purpose}}` where the model is told what texts are for.
    public var template: RequestTemplate
    /// The vectors, one each or as one list.
    public var vectors: ResponsePath
    /// 1 or more; with `{{text}}` one text goes in a call, whatever stands here.
    public var textsPerCall: Int

    /// - Parameters:
    ///   - request: the name of a ``Preset``, or a template.
    ///   - response: the path of the vectors; `nil` for the preset's.
    ///   - textsPerCall: `nil` for the preset's, or 32.
    public init(
        request: String, response: String? = nil, textsPerCall: Int? = nil
    ) throws(SageMakerFormError) {
        let (preset, text) = try SageMakerForm.request(request, Preset.self)
        template = try SageMakerForm.template(text, for: .embedding)
        vectors = try SageMakerForm.response(response, or: preset?.response)
        self.textsPerCall = textsPerCall ?? preset?.textsPerCall ?? 32
    }
}
