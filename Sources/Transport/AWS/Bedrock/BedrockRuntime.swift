import Concurrency
import Foundation

/// The part of Amazon Bedrock that runs models.
///
/// Retries are the business of the ``AWSService`` given, or of the `HTTPClient` (``RetryingHTTPClient``): calls only
/// compute, so ``RetryPolicy/computing`` with ``RetryClassification/aws`` suits.
public struct BedrockRuntime: Sendable {
    private let service: AWSService

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
        endpointPrefix: "bedrock-runtime", signingName: "bedrock", serviceID: "Bedrock Runtime",
        apiProtocol: .restJSON, takesBearer: true)

    public var region: String { service.region }

    /// Runs a model on a request of the model's own JSON format.
    ///
    /// - Parameters:
    ///   - modelID: a model id, an inference profile or an ARN.
    ///   - pace: what each attempt waits for.
    public func invokeModel(
        _ modelID: String, body: Data, pace: (any AWSCallPace)? = nil
    ) async throws(BedrockError) -> ModelAnswer {
        var call = operation("InvokeModel", "invoke", modelID, body)
        call.pace = pace
        let response = try await send(call, modelID)
        return ModelAnswer(
            body: response.body, requestID: response.requestID,
            inputTokens: response.head["x-amzn-bedrock-input-token-count"].flatMap { Int($0) })
    }

    /// What a model answered.
    public struct ModelAnswer: Sendable {
        /// The model's own JSON, not looked into.
        public var body: Data
        /// AWS's.
        public var requestID: String
        /// What the model read, where AWS tells it.
        public var inputTokens: Int?
    }

    /// The whole answer to a conversation.
    public func converse(
        _ modelID: String, _ request: ConverseRequest
    ) async throws(BedrockError) -> ConverseResponse {
        let body = try request.encoded()
        let response = try await send(operation("Converse", "converse", modelID, body), modelID)
        guard let answer = try? JSONDecoder().decode(ConverseResponse.self, from: response.body) else {
            throw .unexpectedResponse(
                operation: "Converse", reason: "the JSON has another shape", requestID: response.requestID)
        }
        return answer
    }

    /// The answer to a conversation as it is made. Dropping the stream ends the call; one task may read it.
    ///
    /// The stream throws ``BedrockError``.
    public func converseStream(
        _ modelID: String, _ request: ConverseRequest
    ) async throws(BedrockError) -> PulledSequence<ConverseEvent> {
        try await openConverseStream(modelID, request).events
    }

    /// The same with AWS's id of the request.
    public func openConverseStream(
        _ modelID: String, _ request: ConverseRequest
    ) async throws(BedrockError) -> (requestID: String, events: PulledSequence<ConverseEvent>) {
        let body = try request.encoded()
        let events: AWSEventReader
        do throws(AWSError) {
            events = try await service.events(
                operation("ConverseStream", "converse-stream", modelID, body))
        } catch {
            throw BedrockError(error, modelID: modelID)
        }
        let reader = ConverseStreamReader(events, modelID: modelID)
        return (events.requestID, PulledSequence { { try await reader.next() } })
    }

    func send(
        _ operation: AWSOperation, _ modelID: String
    ) async throws(BedrockError) -> AWSService.Response {
        do throws(AWSError) {
            return try await service.send(operation)
        } catch {
            throw BedrockError(error, modelID: modelID)
        }
    }

    private func operation(
        _ name: String, _ action: String, _ modelID: String, _ body: Data
    ) -> AWSOperation {
        let accepted = action == "converse-stream" ? "application/vnd.amazon.eventstream" : "application/json"
        return AWSOperation(
            name, path: "/model/{modelId}/\(action)", labels: ["modelId": modelID],
            headers: [("Accept", accepted)], input: .json(body))
    }
}
