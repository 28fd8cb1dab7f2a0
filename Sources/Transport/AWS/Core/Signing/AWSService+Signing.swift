import Foundation

extension AWSService {
    /// A call as it goes on the wire, and with what it was signed.
    struct SignedRequest {
        var request: HTTPRequest
        /// `nil` for a call that goes unsigned.
        var keys: AWSCredentials?
        var bearer: AWSBearerToken?
        var date: Date

        /// What an answer must not be quoted with.
        var secrets: [String] {
            // A key's id is no word: AWS's have 16 characters and more.
            let id = keys.flatMap { $0.accessKeyID.count < 16 ? nil : $0.accessKeyID }
            return [keys?.sessionToken, keys?.secretAccessKey, id, bearer?.value].compactMap(\.self)
        }
    }

    func signedRequest(_ operation: AWSOperation) async throws(AWSError) -> SignedRequest {
        var request = try unsignedRequest(operation)
        guard operation.isSigned else { return SignedRequest(request: request, keys: nil, date: skew.now) }
        if let bearer {
            guard Self.mayCarrySecrets(request.url) else {
                throw .invalidOperation(
                    service: description.endpointPrefix, operation: operation.name,
                    reason:
                        "a bearer token is sent over https, or to this machine, and to nowhere else (RFC 6750)"
                )
            }
            request.headers.append(("Authorization", "Bearer \(bearer.value)"))
            return SignedRequest(request: request, keys: nil, bearer: bearer, date: skew.now)
        }
        let isHashed = request.headers.contains { $0.name.isHeader("x-amz-content-sha256") }
        if request.body.data == nil, !isHashed {
            request.headers.append(("X-Amz-Content-SHA256", try await payloadHash(of: request, operation)))
        }
        let keys = try await credentials.credentials()
        let date = skew.now
        do throws(TransportError) {
            request = try signer.sign(request, credentials: keys, date: date)
        } catch {
            throw .transport(error)
        }
        return SignedRequest(request: request, keys: keys, date: date)
    }

    /// Whether nobody on the way can read what is sent there.
    package static func mayCarrySecrets(_ url: String) -> Bool {
        guard let parts = URL(string: url), let host = parts.host?.lowercased() else { return false }
        if parts.scheme == "https" { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        let isLoopback = numbers.count == 4 && numbers.allSatisfy { $0 != nil } && numbers[0] == 127
        return parts.scheme == "http" && (isLoopback || ["localhost", "::1", "[::1]"].contains(host))
    }

    /// A URL that carries its signature, for somebody without keys: it does what `operation` does until it is
    /// over, or until the keys are, whichever comes first.
    ///
    /// - Parameter expires: 1 second to 7 days.
    public func presign(
        _ operation: AWSOperation, expires: Duration
    ) async throws(AWSError) -> String {
        let seconds = expires.components.seconds
        guard (1...604_800).contains(seconds) else {
            throw invalid(operation, "a URL is signed for 1 second to 7 days, not for \(seconds) seconds")
        }
        let request = try unsignedRequest(operation)
        let keys = try await credentials.credentials()
        do throws(TransportError) {
            return try signer.presign(
                request, credentials: keys, date: skew.now, expiresSeconds: Int(seconds))
        } catch {
            throw .transport(error)
        }
    }

    private func unsignedRequest(_ operation: AWSOperation) throws(AWSError) -> HTTPRequest {
        do throws(AWSOperationFault) {
            var request = try description.apiProtocol.request(
                operation, endpoint: try place(of: operation), timeout: operation.timeout ?? timeout)
            if let trace = AWSTrace.header { request.headers.append(("X-Amzn-Trace-Id", trace)) }
            return request
        } catch {
            throw invalid(operation, error.reason)
        }
    }

    private func place(of operation: AWSOperation) throws(AWSOperationFault) -> String {
        guard let prefix = operation.hostPrefix else { return endpoint }
        let isHost = prefix.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        guard isHost, let scheme = endpoint.firstRange(of: "://") else {
            throw AWSOperationFault(reason: "“\(prefix.prefix(80))” cannot be the beginning of a host")
        }
        return endpoint[..<scheme.upperBound] + prefix + endpoint[scheme.upperBound...]
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
}

extension AWSOperation {
    /// Whether the call can be sent again.
    package var isReplayable: Bool {
        if case .body(let body) = input { body.isReplayable } else { true }
    }
}
