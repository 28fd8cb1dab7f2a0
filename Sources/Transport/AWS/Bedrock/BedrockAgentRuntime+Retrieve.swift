import Foundation
import JSONValue

extension BedrockAgentRuntime {
    /// Passages of a knowledge base that answer a query, best first.
    ///
    /// - Returns: at most as many as the query asks for.
    /// - Throws: ``AWSError/invalidOperation(service:operation:reason:)`` for what Bedrock does not take; the
    ///   question is in no error.
    public func retrieve(_ query: KnowledgeBaseQuery) async throws(AWSError) -> KnowledgeBaseRetrieval {
        var retrieval = KnowledgeBaseRetrieval(results: [], hasGuardrailIntervened: false)
        var token: String?
        var known: Set<String> = []
        repeat {
            let page = try await page(of: query, token)
            retrieval.results += page.results
            if page.hasIntervened {
                retrieval.hasGuardrailIntervened = true
                retrieval.interventionID = page.requestID
            }
            token = page.nextToken
            if let token, retrieval.results.count < query.numberOfResults {
                // Pages may be empty; that each has a token of its own does not make them end.
                guard known.insert(token).inserted, known.count <= KnowledgeBaseQuery.resultCount else {
                    throw unexpected("its pages do not end", page.requestID)
                }
            }
        } while token != nil && retrieval.results.count < query.numberOfResults
        retrieval.results = Array(retrieval.results.prefix(query.numberOfResults))
        return retrieval
    }

    private struct Page {
        var results: [KnowledgeBaseResult]
        var hasIntervened: Bool
        var nextToken: String?
        var requestID: String
    }

    private func page(of query: KnowledgeBaseQuery, _ token: String?) async throws(AWSError) -> Page {
        var body: [String: JSONValue]
        do throws(KnowledgeBaseFault) {
            body = try query.body()
        } catch {
            throw invalid(error.reason)
        }
        if let token { body["nextToken"] = .string(token) }
        guard let text = try? JSONValue.object(body).text() else {
            throw invalid("a number of the filter cannot be written as JSON")
        }
        var operation = AWSOperation(
            "Retrieve", path: "/knowledgebases/{knowledgeBaseId}/retrieve",
            labels: ["knowledgeBaseId": query.knowledgeBaseID], input: .json(Data(text.utf8)),
            resource: query.knowledgeBaseID)
        operation.secrets = query.secrets
        let response = try await service.send(operation)
        guard let answer = try? JSONValue(parsing: response.body) else {
            throw unexpected("its body is no JSON", response.requestID)
        }
        guard let told = answer["retrievalResults"]?.array else {
            throw unexpected("it has no retrievalResults", response.requestID)
        }
        let results = told.compactMap { KnowledgeBaseResult($0) }
        guard results.count == told.count else {
            throw unexpected("a result has no content", response.requestID)
        }
        return Page(
            results: results, hasIntervened: answer["guardrailAction"]?.string == "INTERVENED",
            nextToken: answer["nextToken"]?.string.flatMap { $0.isEmpty ? nil : $0 },
            requestID: response.requestID)
    }

    private func invalid(_ reason: String) -> AWSError {
        .invalidOperation(service: Self.description.endpointPrefix, operation: "Retrieve", reason: reason)
    }

    private func unexpected(_ reason: String, _ requestID: String) -> AWSError {
        .unexpectedResponse(
            service: Self.description.endpointPrefix, operation: "Retrieve", reason: reason,
            requestID: requestID)
    }
}
