import Foundation

/// The part of Amazon Bedrock that serves agents and knowledge bases; of it, reranking.
public struct BedrockAgentRuntime: Sendable {
    let service: AWSService

    /// The parameters are those of ``AWSService``.
    ///
    /// - Throws: ``AWSError/noEndpoint(service:region:reason:)``.
    public init(
        region: String, credentials: any AWSCredentialsProvider, http: any HTTPClient, endpoint: URL? = nil,
        variant: AWSEndpoint.Variant = [], timeout: Duration = .seconds(60),
        now: @escaping @Sendable () -> Date = { Date() }
    ) throws(AWSError) {
        service = try AWSService(
            Self.description, region: region, credentials: credentials, http: http, endpoint: endpoint,
            variant: variant, timeout: timeout, now: now)
    }

    /// Over a service that was made already, with its retries.
    public init(_ service: AWSService) {
        self.service = service
    }

    /// What AWS's models say of it.
    public static let description = AWSServiceDescription(
        endpointPrefix: "bedrock-agent-runtime", signingName: "bedrock", serviceID: "Bedrock Agent Runtime",
        apiProtocol: .restJSON)

    public var region: String { service.region }

    /// Texts that one call takes at most.
    public static let maxDocuments = 1_000

    /// How well each text answers a query, by a reranking model.
    ///
    /// - Parameters:
    ///   - modelARN: `arn:aws:bedrock:REGION::foundation-model/cohere.rerank-v3-5:0`, say.
    ///   - documents: 1 to ``maxDocuments`` texts.
    /// - Returns: offset and score of each text, best first.
    public func rerank(
        _ query: String, _ documents: [String], modelARN: String
    ) async throws(BedrockError) -> [(offset: Int, score: Double)] {
        var request = RerankRequest(query, documents, modelARN: modelARN)
        var ranked: [(offset: Int, score: Double)] = []
        repeat {
            let page = try await page(request, modelARN)
            ranked += page.results.map { (offset: $0.index, score: $0.relevanceScore) }
            request.nextToken = page.results.isEmpty ? nil : page.nextToken
        } while request.nextToken != nil && ranked.count < documents.count
        return ranked
    }

    private func page(
        _ request: RerankRequest, _ modelARN: String
    ) async throws(BedrockError) -> RerankResponse {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let body = try? encoder.encode(request) else {
            throw .transport(.invalidRequest(reason: "the texts to rerank cannot be written as JSON"))
        }
        let response: AWSService.Response
        do throws(AWSError) {
            response = try await service.send(AWSOperation("Rerank", path: "/rerank", input: .json(body)))
        } catch {
            throw BedrockError(error, modelID: modelARN)
        }
        guard let page = try? JSONDecoder().decode(RerankResponse.self, from: response.body) else {
            throw .unexpectedResponse(
                operation: "Rerank", reason: "the JSON has another shape", requestID: response.requestID)
        }
        return page
    }
}

private struct RerankRequest: Encodable {
    struct Text: Encodable {
        var text: String
    }
    struct Query: Encodable {
        var type = "TEXT"
        var textQuery: Text
    }
    struct Document: Encodable {
        var type = "TEXT"
        var textDocument: Text
    }
    struct Source: Encodable {
        var type = "INLINE"
        var inlineDocumentSource: Document
    }
    struct Configuration: Encodable {
        struct Model: Encodable {
            var modelArn: String
        }
        struct Bedrock: Encodable {
            var modelConfiguration: Model
            var numberOfResults: Int
        }
        var type = "BEDROCK_RERANKING_MODEL"
        var bedrockRerankingConfiguration: Bedrock
    }

    var queries: [Query]
    var sources: [Source]
    var rerankingConfiguration: Configuration
    var nextToken: String?

    init(_ query: String, _ documents: [String], modelARN: String) {
        queries = [Query(textQuery: Text(text: query))]
        sources = documents.map {
            Source(inlineDocumentSource: Document(textDocument: Text(text: $0)))
        }
        rerankingConfiguration = Configuration(
            bedrockRerankingConfiguration: .init(
                modelConfiguration: .init(modelArn: modelARN), numberOfResults: documents.count))
    }
}

private struct RerankResponse: Decodable {
    struct Result: Decodable {
        var index: Int
        var relevanceScore: Double
    }
    var results: [Result]
    var nextToken: String?
}
