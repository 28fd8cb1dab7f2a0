import Concurrency
import Foundation
import Transport

/// The part of Amazon SageMaker that asks the models behind endpoints.
///
/// What goes in and comes out is the model's own format, not looked into here. Failed calls are retried as
/// AWS's SDKs retry, and so is one of a model that says it has too much to do (429 or 503).
public struct SageMakerRuntime: Sendable {
    public static let description = AWSServiceDescription(
        endpointPrefix: "runtime.sagemaker", signingName: "sagemaker", serviceID: "SageMaker Runtime",
        apiProtocol: .restJSON)
    /// Bytes of a request's body, 25 MB. A serverless endpoint takes 4 MB.
    public static let limitBytes = 25 << 20

    /// What a model answered.
    public struct Answer: Sendable {
        /// In the model's own format.
        public var body: Data
        public var told: Told
    }

    /// What a model answers, as it comes.
    public struct StreamedAnswer: Sendable {
        /// Pieces of the body, cut anywhere; one task may read them, and dropping them ends the call.
        ///
        /// The sequence throws ``SageMakerError``. It ends where SageMaker says that the answer ends; whether
        /// the model had said all of it is the format's to tell.
        public var parts: PulledSequence<Data>
        public var told: Told
    }

    /// What SageMaker tells beside an answer.
    public struct Told: Sendable, Hashable {
        /// The answer's MIME type.
        public var contentType: String?
        /// The production variant that answered.
        public var variant: String?
        /// What the model's container says, in a form of its own.
        public var customAttributes: String?
        /// The id of a session that the call opened, and when it ends: `ID; Expires=2026-01-02T03:04:05Z`.
        public var newSessionID: String?
        /// The id of a session that the call closed.
        public var closedSessionID: String?
        /// AWS's id of the request; `unknown` when it told none.
        public var requestID: String
    }

    private let service: AWSService

    /// - Parameters:
    ///   - endpoint: another than AWS's own.
    ///   - timeout: of a call, and the longest silence of a stream. A model has 60 seconds to begin its
    ///     answer.
    public init(
        _ account: AWSAccount, endpoint: URL? = nil, timeout: Duration = .seconds(70)
    ) throws(AWSError) {
        service = try account.service(Self.description, endpoint: endpoint, timeout: timeout)
    }

    public var region: String { service.region }

    /// The whole answer of a model (`InvokeEndpoint`).
    ///
    /// - Parameter body: 1 to ``limitBytes`` bytes of the model's own format.
    public func invoke(
        _ call: SageMakerCall, body: Data
    ) async throws(SageMakerError) -> Answer {
        let operation = try call.operation(body, isStream: false)
        do throws(AWSError) {
            let response = try await service.send(operation)
            return Answer(body: response.body, told: Told(response.head, isStream: false))
        } catch {
            throw SageMakerError(error, endpoint: call.endpoint)
        }
    }

    /// The answer of a model as it is made (`InvokeEndpointWithResponseStream`), where its container streams.
    ///
    /// - Parameter body: 1 to ``limitBytes`` bytes of the model's own format.
    public func stream(
        _ call: SageMakerCall, body: Data
    ) async throws(SageMakerError) -> StreamedAnswer {
        let operation = try call.operation(body, isStream: true)
        let events: AWSEventReader
        do throws(AWSError) {
            events = try await service.events(operation)
        } catch {
            throw SageMakerError(error, endpoint: call.endpoint)
        }
        let parts = PulledSequence<Data> { { try await Self.nextPart(of: events, call.endpoint) } }
        return StreamedAnswer(parts: parts, told: Told(events.head, isStream: true))
    }

    private static func nextPart(
        of events: AWSEventReader, _ endpoint: String
    ) async throws(SageMakerError) -> Data? {
        do throws(AWSError) {
            while let message = try await events.next() {
                // Events of other kinds may come one day; they are not of the answer.
                if message.eventType == "PayloadPart" { return message.payload }
            }
            return nil
        } catch {
            throw SageMakerError(error, endpoint: endpoint)
        }
    }
}

extension SageMakerRuntime.Told {
    fileprivate init(_ head: HTTPResponseHead, isStream: Bool) {
        contentType = head[isStream ? "x-amzn-sagemaker-content-type" : "content-type"]
        variant = head["x-amzn-invoked-production-variant"]
        customAttributes = head["x-amzn-sagemaker-custom-attributes"]
        newSessionID = head["x-amzn-sagemaker-new-session-id"]
        closedSessionID = head["x-amzn-sagemaker-closed-session-id"]
        requestID = head.requestID
    }
}
