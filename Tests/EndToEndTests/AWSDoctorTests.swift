import Foundation
import TestSupport
import Testing
import Transport

/// What the doctor says of AWS: moto tells who one is, the double which models there are.
@Suite(.serialized, .timeLimit(.minutes(2))) struct `The doctor at AWS` {
    private struct Finding: Decodable {
        var part: String
        var isFine: Bool
        var detail: String
    }

    private let folder: TemporaryDirectory
    private let moto: MotoServer
    private let double: ChildServer
    private let keys: AWSCredentials

    init() throws {
        folder = try TemporaryDirectory()
        moto = try MotoServer()
        keys = moto.keys(of: "admin")
        // It knows the keys that moto made.
        double = try ChildServer(
            script: "aws_double.py",
            arguments: ["--access-key", keys.accessKeyID, "--secret-key", keys.secretAccessKey])
    }

    private func findings(
        _ settings: [String] = [], _ changes: [String: String] = [:]
    ) throws -> [String: Finding] {
        let provider = [
            "embedding.provider=bedrock", "answers.provider=bedrock", "bedrock.region=us-east-1",
            "bedrock.endpoint=\(double.url)", "aws.endpoints.bedrock=\(double.url)", "http.proxy=none",
        ]
        let environment = [
            "AWS_ACCESS_KEY_ID": keys.accessKeyID, "AWS_SECRET_ACCESS_KEY": keys.secretAccessKey,
            "AWS_ENDPOINT_URL_STS": moto.endpoint, "AWS_REGION": "us-east-1", "AWS_PROFILE": "",
            "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_EC2_METADATA_DISABLED": "true",
        ]
        let run = try CommandLineRun(
            ["doctor", "--aws", "--json"] + (provider + settings).flatMap { ["--set", $0] },
            data: folder.url.appendingPathComponent("data"),
            environment: environment.merging(changes) { $1 })
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let findings = try decoder.decode([Finding].self, from: Data(run.output.utf8))
        #expect((run.status == 0) == findings.allSatisfy(\.isFine), "\(run.output)")
        #expect(findings.allSatisfy { !$0.detail.contains("\n") })
        #expect(!(run.output + run.errors).contains(keys.secretAccessKey))
        return Dictionary(findings.map { ($0.part, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// - Parameter faults: JSON, as the double takes it.
    private func fail(_ faults: String) async throws {
        var configuration = HTTPClientConfiguration()
        configuration.proxy = .none
        let place = "\(double.url)/-/faults/\(keys.accessKeyID)"
        _ = try await CurlHTTPClient(configuration: configuration)
            .send(HTTPRequest(method: "PUT", url: place, body: Data(faults.utf8)))
    }

    @Test func `says who one is and which models are enabled, a line each`() throws {
        let found = try findings()
        let identity = try #require(found["AWS identity"])
        #expect(identity.isFine && identity.detail.contains("arn:aws:iam::123456789012:user/admin"))
        #expect(identity.detail.contains("account 123456789012"))
        #expect(identity.detail.contains("key …\(keys.accessKeyID.suffix(4)), region us-east-1"))
        let embedding = try #require(found["Bedrock model that embeds"])
        #expect(embedding.isFine && embedding.detail.contains("enabled in us-east-1"))
        let models = try #require(found["Bedrock models"])
        #expect(models.isFine && models.detail.contains("amazon.titan-embed-text-v2:0"))
        #expect(!models.detail.contains("disabled.model-v1:0"))
    }

    @Test func `says which model is not enabled, and where one asks for it`() throws {
        let found = try findings(["bedrock.answer_model=disabled.model-v1:0"])
        let model = try #require(found["Bedrock model that answers"])
        #expect(!model.isFine && model.detail.contains("disabled.model-v1:0 is not enabled"))
        #expect(model.detail.contains("Model access"))
        #expect(found["AWS identity"]?.isFine == true && found["Bedrock models"]?.isFine == true)
    }

    @Test func `says what is denied, with the action and AWS's id of the request`() async throws {
        // Two calls try the models; the rest is what the doctor asks besides.
        try await fail("[null, null, null, null, null, null, \"denied\"]")
        let denied = try findings().values.filter { !$0.isFine }
        #expect(denied.count == 1)
        #expect(denied.first?.detail.contains("not authorized to perform: bedrock:") == true)
        #expect(denied.first?.detail.contains("AWS request id ") == true)
        #expect(denied.first?.detail.contains("Grant bedrock:") == true)
    }

    @Test func `says of each part what keys that AWS refuses are refused for`() throws {
        let found = try findings([], ["AWS_SECRET_ACCESS_KEY": "planted-wrong-secret"])
        let identity = try #require(found["AWS identity"])
        #expect(!identity.isFine && identity.detail.contains("SignatureDoesNotMatch"))
        #expect(found["Bedrock models"]?.isFine == false)
        #expect(!"\(found)".contains("planted"))
    }

    @Test func `goes on when who one is may not be told`() throws {
        let found = try findings([], ["AWS_ENDPOINT_URL_STS": "http://127.0.0.1:1"])
        #expect(found["AWS identity"]?.isFine == false)
        #expect(found["Bedrock models"]?.isFine == true)
    }

    @Test func `tells of the other models when one is denied`() async throws {
        // One of those that are asked about after the two in use, and after their list.
        try await fail("[\(String(repeating: "null, ", count: 14))\"denied\"]")
        let found = try findings()
        #expect(found["Bedrock models"]?.isFine == true)
        let denied = try #require(found["Bedrock models that are not told of"])
        #expect(!denied.isFine && denied.detail.hasPrefix("1 of "))
        #expect(denied.detail.contains("GetFoundationModelAvailability"))
    }

    @Test func `asks each service at its own endpoint`() throws {
        // Nobody is at the endpoint of the models.
        let found = try findings(["bedrock.endpoint=http://127.0.0.1:1"])
        #expect(found["Bedrock models"]?.isFine == true)
        #expect(found["embeddings"]?.isFine == false)
    }

    private var parts: [String] {
        let topic = "arn:aws:sns:us-east-1:123456789012:none"
        return [
            "aws.endpoints.kendra=\(double.url)", "aws.endpoints.comprehend=\(double.url)",
            "aws.endpoints.bedrock_agent_runtime=\(double.url)", "aws.endpoints.s3=\(moto.endpoint)",
            "aws.endpoints.kms=\(moto.endpoint)", "aws.endpoints.sns=\(moto.endpoint)",
            "kendra.index=0a1b2c3d-0000-4000-8000-000000000001", "bedrock.knowledge_base=KB12345678",
            "comprehend.pii=mask", "comprehend.insights=entities", "backup.to=s3://no-such-bucket-0/x",
            "database.seal_kms_key=alias/none", "runs.sns_topics=\(topic)",
        ]
    }

    @Test func `tries whatever else of AWS the settings use, a line each`() throws {
        let found = try findings(parts)
        for part in [
            "Kendra", "knowledge base", "Comprehend BatchDetectDominantLanguage",
            "Comprehend BatchDetectEntities", "Comprehend DetectPiiEntities",
        ] {
            #expect(found[part]?.isFine == true, "\(part): \(String(describing: found[part]))")
        }
        for part in ["bucket of backup.to", "KMS key of database.seal_kms_key", "SNS topic"] {
            #expect(found[part]?.isFine == false, "\(part): \(String(describing: found[part]))")
            #expect(found[part]?.detail.contains("AWS request id ") == true, "\(part)")
        }
        #expect(found["bucket of blobs.s3"] == nil)
    }
}
