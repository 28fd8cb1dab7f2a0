import Concurrency
import Foundation

/// An AWS service in a region: signs calls, sends them, and reads what refusals say.
///
/// Retries are the business of the `HTTPClient` given: ``RetryingHTTPClient`` with the classification
/// ``RetryClassification/aws``.
public struct AWSService: Sendable {
    /// An answer with AWS's id of the request, or `unknown`.
    public struct Response: Sendable {
        public var head: HTTPResponseHead
        public var body: Data

        /// AWS's id of the request, or `unknown`.
        public var requestID: String { head.requestID }
    }

    public let description: AWSServiceDescription
    public let region: String
    /// Scheme and host, without a slash at the end.
    public let endpoint: String
    private let credentials: any AWSCredentialsProvider
    private let http: any HTTPClient
    private let timeout: Duration
    private let now: @Sendable () -> Date
    private let signer: SigV4Signer

    /// - Parameters:
    ///   - region: for example `eu-central-1`.
    ///   - endpoint: another place than AWS's own, a private endpoint or a test server.
    ///   - variant: which of AWS's own hosts, where no endpoint is given.
    ///   - timeout: limit of a call; where either side is streamed, the longest silence.
    ///   - now: the time that requests are signed with.
    /// - Throws: ``AWSError/noEndpoint(service:region:reason:)``.
    public init(
        _ description: AWSServiceDescription, region: String, credentials: any AWSCredentialsProvider,
        http: any HTTPClient, endpoint: URL? = nil, variant: AWSEndpoint.Variant = [],
        timeout: Duration = .seconds(60), now: @escaping @Sendable () -> Date = { Date() }
    ) throws(AWSError) {
        var base: String
        if let endpoint {
            let isName = region.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "-")
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
            guard isName, !region.isEmpty else {
                throw .noEndpoint(
                    service: description.endpointPrefix, region: region,
                    reason: "its name has other characters than a-z, 0-9 and -")
            }
            base = endpoint.absoluteString
        } else {
            base = try AWSEndpoint.url(of: description.endpointPrefix, region: region, variant: variant)
        }
        while base.hasSuffix("/") { base.removeLast() }
        self.description = description
        self.region = region
        self.endpoint = base
        self.credentials = credentials
        self.http = http
        self.timeout = timeout
        self.now = now
        signer = SigV4Signer(region: region, service: description.signingName)
    }

    /// The whole answer of a call.
    public func send(_ operation: AWSOperation) async throws(AWSError) -> Response {
        let request = try await signedRequest(operation)
        let response: HTTPResponse
        do throws(TransportError) {
            response = try await http.send(request)
        } catch {
            throw .transport(error)
        }
        guard (200..<300).contains(response.head.status) else {
            throw refusal(of: operation, response.head, body: response.body)
        }
        return Response(head: response.head, body: response.body)
    }

    /// The answer of a call as it comes. Dropping its body ends the call.
    public func stream(_ operation: AWSOperation) async throws(AWSError) -> HTTPStreamedResponse {
        let request = try await signedRequest(operation)
        let response: HTTPStreamedResponse
        do throws(TransportError) {
            response = try await http.stream(request)
        } catch {
            throw .transport(error)
        }
        guard (200..<300).contains(response.head.status) else {
            throw refusal(of: operation, response.head, body: await Self.text(of: response))
        }
        return response
    }

    /// The messages of a call that answers with an event stream, as they come; one task reads them.
    func events(_ operation: AWSOperation) async throws(AWSError) -> AWSEventReader {
        AWSEventReader(try await stream(operation), description.endpointPrefix, operation.name)
    }

    private func signedRequest(_ operation: AWSOperation) async throws(AWSError) -> HTTPRequest {
        var request: HTTPRequest
        do throws(AWSOperationFault) {
            request = try description.apiProtocol.request(operation, endpoint: endpoint, timeout: timeout)
        } catch {
            throw invalid(operation, error.reason)
        }
        if request.body.data == nil {
            request.headers.append(("X-Amz-Content-SHA256", try await payloadHash(of: request, operation)))
        }
        let keys = try await credentials.credentials()
        do throws(TransportError) {
            return try signer.sign(request, credentials: keys, date: now())
        } catch {
            throw .transport(error)
        }
    }

    /// A file is read for its hash before it is sent. A stream cannot be; S3 takes it unsigned, over TLS alone,
    /// which then is what keeps it whole.
    private func payloadHash(
        of request: HTTPRequest, _ operation: AWSOperation
    ) async throws(AWSError) -> String {
        guard case .stream = request.body else {
            do throws(TransportError) {
                return try await request.body.sha256()
            } catch {
                throw .transport(error)
            }
        }
        guard description.signingName == "s3", endpoint.hasPrefix("https://") else {
            throw invalid(
                operation, "a stream's hash is not known beforehand, and only S3 over https takes it unsigned"
            )
        }
        return "UNSIGNED-PAYLOAD"
    }

    private func invalid(_ operation: AWSOperation, _ reason: String) -> AWSError {
        .invalidOperation(service: description.endpointPrefix, operation: operation.name, reason: reason)
    }

    private func refusal(of operation: AWSOperation, _ head: HTTPResponseHead, body: Data) -> AWSError {
        let told = AWSRefusalText(head, body: body)
        return .refused(
            AWSError.Refusal(
                service: description.endpointPrefix, operation: operation.name, status: head.status,
                code: told.code, message: told.message, requestID: told.requestID ?? "unknown"))
    }

    /// What there is of a refusal's body; a break on the way does not hide the refusal.
    private static func text(of response: HTTPStreamedResponse) async -> Data {
        var text = Data()
        do {
            for try await piece in response.body {
                text += piece
                if text.count > AWSRefusalText.limitBytes { break }
            }
        } catch {
            return text
        }
        return text
    }
}

extension HTTPResponseHead {
    /// AWS's id of the request, or `unknown`.
    var requestID: String { self["x-amzn-requestid"] ?? self["x-amz-request-id"] ?? "unknown" }
}
