import AWSServices
import Concurrency
import Foundation
import Models
import TestSupport
import Transport

extension FaultedClient {
    static let chat = "anthropic.claude-3-haiku-20240307-v1:0"
    static let question = GenerationRequest(messages: [Message(.user, "How long?")])
    private static let rerankModel = "arn:aws:bedrock:us-east-1::foundation-model/cohere.rerank-v3-5:0"

    static func runtime(_ account: AWSAccount) throws -> BedrockRuntime {
        BedrockRuntime(try account.service(BedrockRuntime.description))
    }

    static func agents(_ account: AWSAccount) throws -> BedrockAgentRuntime {
        BedrockAgentRuntime(try account.service(BedrockAgentRuntime.description))
    }

    /// A model of each family, and one whose vectors come in bytes.
    private static let embedders: [BedrockEmbedder.Configuration] = [
        .init(modelID: "amazon.titan-embed-text-v1"), .init(dimension: 256),
        .init(modelID: "cohere.embed-multilingual-v3"),
        .init(modelID: "cohere.embed-v4:0", dimension: 256),
        .init(modelID: "cohere.embed-v4:0", dimension: 256, comesInBytes: true),
        .init(modelID: "amazon.nova-2-multimodal-embeddings-v1:0", dimension: 256),
    ]

    static let bedrock =
        embedders.map { configuration in
            let form = configuration.comesInBytes ? " in bytes" : ""
            return FaultedClient("Bedrock, embed, \(configuration.modelID)\(form)", .double) { account in
                let embedder = try BedrockEmbedder(runtime(account), configuration, clock: ManualClock())
                _ = try await embedder.embed(["How long?"], purpose: .query)
            }
        } + [
            FaultedClient("Bedrock, converse", .double) { account in
                _ = try await runtime(account).converse(
                    chat, ConverseRequest(messages: [.init(role: .user, text: "How long?")]))
            },
            FaultedClient("Bedrock, stream", .double, isStream: true) { account in
                let generator = ConverseGenerator(try runtime(account), .init(modelID: chat))
                for try await _ in generator.generate(question) {}
            },
            FaultedClient("Bedrock, guardrail", .double) { account in
                _ = try await runtime(account).applyGuardrail(
                    ConverseRequest.Guardrail(identifier: "gr123", version: "DRAFT"),
                    to: [("A quiet text.", nil)], source: .input)
            },
            FaultedClient("Bedrock, rerank", .double) { account in
                let reranker = BedrockReranker(try agents(account), modelARN: rerankModel)
                _ = try await reranker.scores("How long?", ["An hour.", "A day."])
            },
            FaultedClient("Bedrock, models", .double) { account in
                _ = try await BedrockCatalog(account).models()
            },
            FaultedClient("Bedrock, profiles", .double) { account in
                _ = try await BedrockCatalog(account).inferenceProfiles()
            },
            FaultedClient("Bedrock, availability", .double) { account in
                _ = try await BedrockCatalog(account).availability(of: chat)
            },
            FaultedClient("Bedrock, retrieve", .double) { account in
                _ = try await agents(account).retrieve(
                    KnowledgeBaseQuery(knowledgeBaseID: "KB00000001", text: "How long?"))
            },
        ]

    /// The generator endpoint, answering at once or as it goes.
    static func generator(_ account: AWSAccount, streams: Bool) throws -> SageMakerGenerator {
        SageMakerGenerator(
            try SageMakerRuntime(account),
            .init(
                call: SageMakerCall(endpoint: "generator"),
                form: try SageMakerAnswerForm(request: "tgi", streams: streams)))
    }

    static let prompt = GroundedPrompt(
        instructions: "Answer from the passages.", question: "How long?",
        passages: [
            .init(marker: 1, title: "Runbook", headingPath: [], text: "It takes ten minutes. Rest.")
        ], maxTokens: 100)

    static let sageMaker = [
        FaultedClient("SageMaker, embed", .double) { account in
            let embedder = try SageMakerEmbedder(
                SageMakerRuntime(account),
                .init(
                    call: SageMakerCall(endpoint: "embedder"), form: SageMakerEmbeddingForm(request: "tei"),
                    dimension: 384))
            _ = try await embedder.embed(["How long?"], purpose: .query)
        },
        FaultedClient("SageMaker, rerank", .double) { account in
            let reranker = try SageMakerReranker(
                SageMakerRuntime(account),
                .init(
                    call: SageMakerCall(endpoint: "tei-rerank"), form: SageMakerRerankForm(request: "tei")))
            _ = try await reranker.scores("How long?", ["An hour.", "A day."])
        },
        FaultedClient("SageMaker, answer", .double) { account in
            for try await _ in try generator(account, streams: false).generate(prompt) {}
        },
        FaultedClient("SageMaker, stream", .double, isStream: true) { account in
            for try await _ in try generator(account, streams: true).generate(prompt) {}
        },
    ]

    private static let texts = ["The end of the line is in sight, says the conductor"]

    static let comprehend = [
        FaultedClient("Comprehend, languages", .double) { account in
            _ = try await Comprehend(account).languages(of: texts)
        },
        FaultedClient("Comprehend, entities", .double) { account in
            _ = try await Comprehend(account).entities(of: texts, in: .english)
        },
        FaultedClient("Comprehend, key phrases", .double) { account in
            _ = try await Comprehend(account).keyPhrases(of: texts, in: .english)
        },
        FaultedClient("Comprehend, sentiment", .double) { account in
            _ = try await Comprehend(account).sentiments(of: texts, in: .english)
        },
        FaultedClient("Comprehend, personal data", .double) { account in
            _ = try await Comprehend(account).personalData(in: texts[0], language: .english)
        },
        FaultedClient("Comprehend, kinds of personal data", .double) { account in
            _ = try await Comprehend(account).personalDataLabels(in: texts[0], language: .english)
        },
    ]
}
