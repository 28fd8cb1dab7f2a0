import Foundation
import JSONValue
import Transport

extension AWSService {
    /// Calls an operation of the JSON protocols whose refusal may quote what was sent.
    ///
    /// - Parameter secrets: what no error may show: questions, texts, tokens.
    func json(
        _ name: String, _ input: [String: JSONValue?], resource: String? = nil, hiding secrets: [String]
    ) async throws(AWSError) -> (JSONValue, requestID: String) {
        guard let body = try? JSONValue.object(input.compactMapValues(\.self)).utf8() else {
            throw invalid(name, "a number cannot be written as JSON")
        }
        var operation = AWSOperation(name, input: .json(Data(body)), resource: resource)
        operation.secrets = secrets
        let response = try await send(operation)
        guard let answer = try? JSONValue(parsing: response.body) else {
            throw unexpected(name, "its body is no JSON", response.requestID)
        }
        return (answer, response.requestID)
    }
}
