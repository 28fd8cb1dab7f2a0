import Foundation
import JSONValue
import Transport

extension AWSService {
    /// Calls an operation of the JSON protocols.
    ///
    /// - Parameter mayBeEmpty: whether an answer without a body is one without members; else it is none.
    func json(
        _ name: String, _ input: [String: JSONValue?], resource: String? = nil, timeout: Duration? = nil,
        mayBeEmpty: Bool = true
    ) async throws(AWSError) -> (JSONValue, requestID: String) {
        let body: Data
        do {
            body = Data(try JSONValue.object(input.compactMapValues(\.self)).utf8())
        } catch {
            throw .invalidOperation(
                service: description.endpointPrefix, operation: name,
                reason: "a number cannot be written as JSON")
        }
        var operation = AWSOperation(name, input: .json(body), resource: resource)
        operation.timeout = timeout
        let response = try await send(operation)
        let text = mayBeEmpty && response.body.isEmpty ? Data("{}".utf8) : response.body
        guard let answer = try? JSONValue(parsing: text), answer.object != nil else {
            throw unexpected(name, "its body is no JSON object", response.requestID)
        }
        return (answer, response.requestID)
    }

    /// Calls an operation of the query protocol; the element `NAMEResult` of its answer.
    func query(
        _ name: String, _ input: [AWSFormValue.Field], resource: String? = nil, isSigned: Bool = true,
        secrets: [String] = []
    ) async throws(AWSError) -> (XMLTree, requestID: String) {
        var operation = AWSOperation(name, input: .form(.structure(input)), resource: resource)
        operation.isSigned = isSigned
        operation.secrets = secrets
        let response = try await send(operation)
        let root = try xml(response, name)
        // A page for people is XML too, and one without anything of what was asked for.
        guard root["\(name)Result"] != nil || root.name == "\(name)Response" else {
            throw unexpected(name, "its body is no \(name)Response", response.requestID)
        }
        let id = root["ResponseMetadata"]?["RequestId"]?.text ?? response.requestID
        return (root["\(name)Result"] ?? root, id)
    }

    func xml(_ response: Response, _ name: String) throws(AWSError) -> XMLTree {
        do throws(XMLFault) {
            return try XMLTree(parsing: response.body)
        } catch {
            throw unexpected(name, "\(error)", response.requestID)
        }
    }

    /// The body of an answer whose element has a name: in another, such as a page for people, nothing would be found, as
    /// if there were nothing.
    func xml(_ response: Response, _ name: String, named element: String) throws(AWSError) -> XMLTree {
        let root = try xml(response, name)
        guard root.name == element else {
            throw unexpected(name, "its body is no \(element)", response.requestID)
        }
        return root
    }

    func unexpected(_ operation: String, _ reason: String, _ requestID: String) -> AWSError {
        .unexpectedResponse(
            service: description.endpointPrefix, operation: operation, reason: reason, requestID: requestID)
    }

    func invalid(_ operation: String, _ reason: String) -> AWSError {
        .invalidOperation(service: description.endpointPrefix, operation: operation, reason: reason)
    }
}

/// AWS's times as text: `2026-01-02T03:04:05Z`, with or without fractions of a second.
enum AWSTime {
    static func parse(_ text: String) -> Date? {
        // An old file of an SSO token ends in UTC.
        let text = text.hasSuffix("UTC") ? text.dropLast(3) + "Z" : Substring(text)
        return (try? Date(String(text), strategy: Date.ISO8601FormatStyle()))
            ?? (try? Date(String(text), strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    }
}
