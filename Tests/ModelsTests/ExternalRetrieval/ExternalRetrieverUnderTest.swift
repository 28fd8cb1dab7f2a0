import AWSServices
import Concurrency
import Foundation
import JSONValue
import Models
import TestSupport
import Testing
import Transport

extension AWSDouble {
    /// An account there, whose waits pass at once.
    func account(attempts: Int = 1) async throws -> AWSAccount {
        try await AWSAccount(
            environment: AWSEnvironment(variables: [
                "AWS_ENDPOINT_URL": endpoint, "AWS_MAX_ATTEMPTS": "\(attempts)",
            ]), region: "us-east-1", credentials: StaticCredentials(credentials), http: http, localHTTP: http,
            clock: ManualClock())
    }

    /// The operations and bodies that were asked so far, in order.
    func calls() async throws -> [(operation: String, body: JSONValue)] {
        let all = try JSONValue(parsing: try await requestsText()).array ?? []
        return all.map { ($0["operation"]?.string ?? "", $0["body"] ?? .null) }
    }
}

/// A document of a search, and who may read it: `nil` for everybody.
struct SearchedDocument {
    var id: String
    var title: String
    var text: String
    var readers: [String]?
}

/// A search as the suite makes it: over what a double of AWS holds.
struct ExternalRetrieverUnderTest: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// - Parameter attempts: of each call.
    var make: @Sendable (_ double: AWSDouble, _ attempts: Int) async throws -> any ExternalRetriever

    static let index = "0a1b2c3d-0000-4000-8000-000000000001"

    static let all = [
        ExternalRetrieverUnderTest(testDescription: "Kendra") { double, attempts in
            KendraRetriever(try Kendra(try await double.account(attempts: attempts)), indexID: index)
        },
        ExternalRetrieverUnderTest(testDescription: "Kendra's Query") { double, attempts in
            KendraRetriever(
                try Kendra(try await double.account(attempts: attempts)), indexID: index,
                settings: .init(operation: .query))
        },
        ExternalRetrieverUnderTest(testDescription: "a knowledge base") { double, attempts in
            KnowledgeBaseRetriever(
                try await double.runtime(attempts: attempts), knowledgeBaseID: "KB00000001",
                settings: .init(readers: KnowledgeBaseReaders(key: "readers")))
        },
    ]

    /// Has both kinds of search hold documents, each with its readers where that search looks for them.
    static func hold(_ documents: [SearchedDocument], in double: AWSDouble) async throws {
        let json = documents.map { document -> JSONValue in
            var json: [String: JSONValue] = [
                "id": .string(document.id), "title": .string(document.title), "text": .string(document.text),
                "uri": .string("https://wiki.example.com/\(document.id)"),
                "metadata": [
                    "team": "red", "readers": .array((document.readers ?? ["anyone"]).map { .string($0) }),
                ],
            ]
            if let readers = document.readers { json["readers"] = .array(readers.map { .string($0) }) }
            return .object(json)
        }
        try await double.holdDocuments(try JSONValue.array(json).text())
    }
}

extension AWSDouble {
    /// The runtime of agents, with retries.
    func runtime(attempts: Int) async throws -> BedrockAgentRuntime {
        BedrockAgentRuntime(try await account(attempts: attempts).service(BedrockAgentRuntime.description))
    }
}

/// A service whose answers to posts to a path are given, in order.
func replayedService(
    _ description: AWSServiceDescription, _ path: String, _ answers: [String]
) throws -> AWSService {
    let endpoint = "https://replay.example.com"
    return try AWSService(
        description, region: "us-east-1",
        credentials: StaticCredentials(AWSCredentials(accessKeyID: "AKID", secretAccessKey: "key")),
        http: ReplayHTTPClient(
            answers.map { .init(method: "POST", url: endpoint + path, body: Data($0.utf8)) }),
        endpoint: URL(string: endpoint))
}
