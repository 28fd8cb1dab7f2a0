import AWSServices
import Concurrency
import Foundation
import JSONValue
import Models
import TestSupport
import Transport

extension FaultedClient {
    /// Every client of a service of AWS's.
    static let all = bedrock + inference + search + stores + messaging

    private static let chat = "anthropic.claude-3-haiku-20240307-v1:0"
    private static let question = ConverseRequest(messages: [.init(role: .user, text: "How long?")])

    private static func runtime(_ account: AWSAccount) throws -> BedrockRuntime {
        BedrockRuntime(try account.service(BedrockRuntime.description))
    }

    private static func agents(_ account: AWSAccount) throws -> BedrockAgentRuntime {
        BedrockAgentRuntime(try account.service(BedrockAgentRuntime.description))
    }

    private static func name(_ prefix: String) -> String { "\(prefix)-\(UInt32.random(in: .min ... .max))" }

    private static let bedrock = [
        FaultedClient("Bedrock, embed", .double) { account in
            let embedder = try BedrockEmbedder(runtime(account), .init(dimension: 256), clock: ManualClock())
            _ = try await embedder.embed(["How long?"], purpose: .query)
        },
        FaultedClient("Bedrock, converse", .double) { account in
            _ = try await runtime(account).converse(chat, question)
        },
        FaultedClient("Bedrock, stream", .double, isStream: true) { account in
            for try await _ in try await runtime(account).converseStream(chat, question) {}
        },
        FaultedClient("Bedrock, guardrail", .double) { account in
            _ = try await runtime(account).applyGuardrail(
                ConverseRequest.Guardrail(identifier: "gr123", version: "DRAFT"),
                to: [("A quiet text.", nil)], source: .input)
        },
        FaultedClient("Bedrock, rerank", .double) { account in
            _ = try await agents(account).rerank(
                "How long?", ["An hour.", "A day."],
                modelARN: "arn:aws:bedrock:us-east-1::foundation-model/cohere.rerank-v3-5:0")
        },
        FaultedClient("Bedrock, models", .double) { account in
            _ = try await BedrockCatalog(account).models()
        },
        FaultedClient("Bedrock, retrieve", .double) { account in
            _ = try await agents(account).retrieve(
                KnowledgeBaseQuery(knowledgeBaseID: "KB00000001", text: "How long?"))
        },
    ]

    private static let inference = [
        FaultedClient("SageMaker, invoke", .double) { account in
            let embedder = try SageMakerEmbedder(
                SageMakerRuntime(account),
                .init(
                    call: SageMakerCall(endpoint: "embedder"), form: SageMakerEmbeddingForm(request: "tei"),
                    dimension: 384))
            _ = try await embedder.embed(["How long?"], purpose: .query)
        },
        FaultedClient("SageMaker, stream", .double, isStream: true) { account in
            let answer = try await SageMakerRuntime(account).stream(
                SageMakerCall(endpoint: "generator"), body: Data(#"{"inputs": "How long?"}"#.utf8))
            for try await _ in answer.parts {}
        },
        FaultedClient("Comprehend", .double) { account in
            _ = try await Comprehend(account).languages(of: ["The end of the line is in sight"])
        },
    ]

    private static let search = [
        FaultedClient("Kendra", .double) { account in
            _ = try await Kendra(account).retrieve(
                KendraQuery(
                    indexID: "0a1b2c3d-0000-4000-8000-000000000001", text: "How long?", userContext: nil))
        },
        FaultedClient("OpenSearch", .double) { account, endpoint in
            let direct = try OpenSearch(account, endpoint: endpoint)
            try await direct.create("pages", OpenSearchIndex([:]))
            return { account, endpoint in
                _ = try await OpenSearch(account, endpoint: endpoint).search("pages", OpenSearchSearch())
            }
        },
    ]

    private static let stores = [
        FaultedClient("S3, object", .moto) { account, _ in
            let bucket = try await bucket(account)
            _ = try await S3(account).put(bucket, "k", .data(Data("What was kept.".utf8)))
            return { account, _ in _ = try await S3(account).get(bucket, "k") }
        },
        FaultedClient("S3, parts", .moto) { account, _ in
            let bucket = try await bucket(account)
            let pieces = [Data(count: 6 << 20), Data(count: 1)]
            return { account, _ in _ = try await S3(account).upload(bucket, "k", PulledSequence(pieces)) }
        },
        FaultedClient("S3, list", .moto) { account, _ in
            let bucket = try await bucket(account)
            return { account, _ in for try await _ in try S3(account).objects(bucket) {} }
        },
        FaultedClient("Secrets Manager", .moto) { account, _ in
            let name = name("secret")
            try await SecretsManager(account).create(name, AWSSecretText(PlantedSecrets.storedSecret))
            return { account, _ in _ = try await SecretsManager(account).value(name) }
        },
        FaultedClient("SSM", .moto) { account, _ in
            let name = name("/millrace")
            _ = try await ParameterStore(account).put(name, AWSSecretText(PlantedSecrets.storedParameter))
            return { account, _ in _ = try await ParameterStore(account).value(name) }
        },
        FaultedClient("KMS", .moto) { account, _ in
            let key = try await KMS(account).createKey("faults")
            return { account, _ in _ = try await KMS(account).generateDataKey(key, context: [:]) }
        },
        FaultedClient("STS", .moto) { account in
            _ = try await STS(account).callerIdentity()
        },
    ]

    private static let messaging = [
        FaultedClient("SQS", .moto) { account, _ in
            let queue = try await SQS(account).createQueue(name("queue"))
            return { account, _ in _ = try await SQS(account).receive(queue, waitSeconds: 0) }
        },
        FaultedClient("SNS", .moto) { account, _ in
            let topic = try await SNS(account).createTopic(name("topic"))
            return { account, _ in _ = try await SNS(account).publish(topic, SNS.Message("It is done.")) }
        },
        FaultedClient("CloudWatch", .moto) { account in
            try await CloudWatch(account).put(
                "Millrace/Faults", [CloudWatchMetric("calls", .values([1: 1]), time: Date())])
        },
    ]

    private static func bucket(_ account: AWSAccount) async throws -> String {
        let bucket = name("bucket")
        _ = try await account.service(S3.description).send(
            AWSOperation("CreateBucket", method: "PUT", path: "/{Bucket}", labels: ["Bucket": bucket]))
        return bucket
    }
}
