import AWSServices
import Models

/// Models behind endpoints of SageMaker.
extension Services {
    func sageMakerEmbedder() async throws -> any Embedder {
        let endpoint = try needed(\.sagemaker.embeddingEndpoint)
        guard let dimension = settings[\.sagemaker.embeddingDimension] else {
            throw settings.bad(
                \.sagemaker.embeddingDimension, "the length of the model's vectors is expected")
        }
        let form = try form(\.sagemaker.embeddingRequest) { () throws(SageMakerFormError) in
            try SageMakerEmbeddingForm(
                request: settings[\.sagemaker.embeddingRequest],
                response: settings[\.sagemaker.embeddingResponse])
        }
        return try SageMakerEmbedder(
            try await sageMaker(),
            .init(
                call: SageMakerCall(endpoint: endpoint), form: form, dimension: dimension,
                maxTokens: settings[\.sagemaker.embeddingMaxTokens]), meter: useMeter)
    }

    func sageMakerGenerator() async throws -> any Generator {
        let form = try form(\.sagemaker.answerRequest) { () throws(SageMakerFormError) in
            try SageMakerAnswerForm(
                request: settings[\.sagemaker.answerRequest],
                response: settings[\.sagemaker.answerResponse],
                stream: settings[\.sagemaker.answerStream], streams: settings[\.sagemaker.answerStreams])
        }
        return SageMakerGenerator(
            try await sageMaker(),
            .init(call: SageMakerCall(endpoint: try needed(\.sagemaker.answerEndpoint)), form: form))
    }

    func sageMakerReranker() async throws -> any Reranker {
        let form = try form(\.sagemaker.rerankRequest) { () throws(SageMakerFormError) in
            try SageMakerRerankForm(
                request: settings[\.sagemaker.rerankRequest],
                response: settings[\.sagemaker.rerankResponse])
        }
        return try SageMakerReranker(
            try await sageMaker(),
            .init(call: SageMakerCall(endpoint: try needed(\.sagemaker.rerankEndpoint)), form: form),
            meter: useMeter)
    }

    /// What a request and its answer look like; a fault names the setting that the form is made of.
    private func form<Form>(
        _ request: KeyPath<Keys, Setting<String>>, _ make: () throws(SageMakerFormError) -> Form
    ) throws -> Form {
        do throws(SageMakerFormError) {
            return try make()
        } catch {
            throw CommandError("\(Settings.name(request)) and what belongs to it: \(error)")
        }
    }

    private func sageMaker() async throws -> SageMakerRuntime {
        try SageMakerRuntime(try await awsAccount(settings[\.sagemaker.region]))
    }
}
