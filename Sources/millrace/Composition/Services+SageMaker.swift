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
        let form = try SageMakerEmbeddingForm(
            request: settings[\.sagemaker.embeddingRequest],
            response: settings[\.sagemaker.embeddingResponse])
        return try SageMakerEmbedder(
            try await sageMaker(),
            .init(
                call: SageMakerCall(endpoint: endpoint), form: form, dimension: dimension,
                maxTokens: settings[\.sagemaker.embeddingMaxTokens]))
    }

    func sageMakerGenerator() async throws -> any Generator {
        let form = try SageMakerAnswerForm(
            request: settings[\.sagemaker.answerRequest], response: settings[\.sagemaker.answerResponse],
            stream: settings[\.sagemaker.answerStream])
        return SageMakerGenerator(
            try await sageMaker(),
            .init(call: SageMakerCall(endpoint: try needed(\.sagemaker.answerEndpoint)), form: form))
    }

    func sageMakerReranker() async throws -> any Reranker {
        let form = try SageMakerRerankForm(
            request: settings[\.sagemaker.rerankRequest], response: settings[\.sagemaker.rerankResponse])
        return try SageMakerReranker(
            try await sageMaker(),
            .init(call: SageMakerCall(endpoint: try needed(\.sagemaker.rerankEndpoint)), form: form))
    }

    private func sageMaker() async throws -> SageMakerRuntime {
        try SageMakerRuntime(try await awsAccount(settings[\.sagemaker.region]))
    }
}
