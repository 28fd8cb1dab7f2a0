import Concurrency
import Foundation

/// The part of Amazon Bedrock that runs models.
///
/// Retries are the business of the `HTTPClient` given (``RetryingHTTPClient``); calls only compute, so
/// ``RetryPolicy/computing`` suits.
public struct BedrockRuntime: Sendable {
    public let region: String
    private let credentials: any AWSCredentialsProvider
    private let http: any HTTPClient
    private let endpoint: String
    private let timeout: Duration
    private let now: @Sendable () -> Date
    private let signer: SigV4Signer

    /// Largest error text that is read.
    private static let errorLimitBytes = 64 << 10

    /// - Parameters:
    ///   - region: for example `eu-central-1`.
    ///   - endpoint: another place than AWS's own, a private endpoint or a test server.
    ///   - timeout: limit of a call; of a streamed one, the longest silence.
    ///   - now: the time that requests are signed with.
    /// - Throws: ``TransportError/invalidConfiguration(reason:)`` for a region that cannot be one.
    public init(
        region: String, credentials: any AWSCredentialsProvider, http: any HTTPClient, endpoint: URL? = nil,
        timeout: Duration = .seconds(60), now: @escaping @Sendable () -> Date = { Date() }
    ) throws(TransportError) {
        let isName = region.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "-")
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        guard isName, !region.isEmpty else {
            throw .invalidConfiguration(reason: "“\(region)” is not an AWS region such as eu-central-1")
        }
        let domain = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
        var base = endpoint?.absoluteString ?? "https://bedrock-runtime.\(region).\(domain)"
        while base.hasSuffix("/") { base.removeLast() }
        self.region = region
        self.credentials = credentials
        self.http = http
        self.endpoint = base
        self.timeout = timeout
        self.now = now
        signer = SigV4Signer(region: region, service: "bedrock")
    }

    /// Runs a model on a request of the model's own JSON format.
    ///
    /// - Parameter modelID: a model id, an inference profile or an ARN.
    /// - Returns: the model's own JSON, not looked into, and AWS's request id.
    public func invokeModel(
        _ modelID: String, body: Data
    ) async throws(BedrockError) -> (body: Data, requestID: String) {
        let response = try await call("InvokeModel", modelID, "invoke", body)
        return (response.body, response.head.requestID)
    }

    /// The whole answer to a conversation.
    public func converse(
        _ modelID: String, _ request: ConverseRequest
    ) async throws(BedrockError) -> ConverseResponse {
        let response = try await call("Converse", modelID, "converse", try request.encoded())
        guard let answer = try? JSONDecoder().decode(ConverseResponse.self, from: response.body) else {
            throw .unexpectedResponse(
                operation: "Converse", reason: "the JSON has another shape",
                requestID: response.head.requestID)
        }
        return answer
    }

    /// The answer to a conversation as it is made. Dropping the stream ends the call; one task may read it.
    ///
    /// The stream throws ``BedrockError``.
    public func converseStream(
        _ modelID: String, _ request: ConverseRequest
    ) async throws(BedrockError) -> PulledSequence<ConverseEvent> {
        let operation = "ConverseStream"
        let signed = try await signedRequest(modelID, "converse-stream", try request.encoded())
        let response: HTTPStreamedResponse
        do throws(TransportError) {
            response = try await http.stream(signed)
        } catch {
            throw .transport(error)
        }
        guard response.head.status == 200 else {
            let body = await Self.errorText(of: response)
            throw BedrockError(operation: operation, modelID: modelID, head: response.head, body: body)
        }
        let reader = ConverseStreamReader(response, modelID: modelID)
        return PulledSequence { { try await reader.next() } }
    }

    private func call(
        _ operation: String, _ modelID: String, _ action: String, _ body: Data
    ) async throws(BedrockError) -> HTTPResponse {
        let signed = try await signedRequest(modelID, action, body)
        let response: HTTPResponse
        do throws(TransportError) {
            response = try await http.send(signed)
        } catch {
            throw .transport(error)
        }
        guard response.head.status == 200 else {
            throw BedrockError(
                operation: operation, modelID: modelID, head: response.head, body: response.body)
        }
        return response
    }

    private func signedRequest(
        _ modelID: String, _ action: String, _ body: Data
    ) async throws(BedrockError) -> HTTPRequest {
        let accepted = action == "converse-stream" ? "application/vnd.amazon.eventstream" : "application/json"
        let request = HTTPRequest(
            method: "POST", url: "\(endpoint)/model/\(modelID.percentEncoded())/\(action)",
            headers: [("Content-Type", "application/json"), ("Accept", accepted)], body: body,
            timeout: timeout)
        do throws(TransportError) {
            return try signer.sign(request, credentials: try await credentials.credentials(), date: now())
        } catch {
            throw .transport(error)
        }
    }

    /// What there is of a refusal's body; a break on the way does not hide the refusal.
    private static func errorText(of response: HTTPStreamedResponse) async -> Data {
        var text = Data()
        do {
            for try await piece in response.body {
                text += piece
                if text.count > errorLimitBytes { break }
            }
        } catch {
            return text
        }
        return text
    }
}
