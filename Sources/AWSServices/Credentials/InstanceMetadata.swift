import Foundation
import JSONValue
import Transport

/// The metadata of an EC2 machine, version 2: a token first, then what is asked for.
///
/// Version 1, which needs no token, is not spoken: what can be made to fetch a URL could fetch the keys.
struct InstanceMetadata: Sendable {
    enum Fault: Error {
        /// Not on EC2, or not allowed.
        case absent(String)
        case failed(String, isRetryable: Bool)
    }

    private let http: any HTTPClient
    private let endpoint: String
    private let isDisabled: Bool
    private let timeout: Duration
    /// Of one request, the first included.
    private let attempts: Int

    init(_ environment: AWSEnvironment, http: any HTTPClient) {
        self.http = http
        let variables = environment.variables, profile = environment.profile
        isDisabled = variables["AWS_EC2_METADATA_DISABLED"]?.lowercased() == "true"
        let mode =
            variables["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"]
            ?? profile["ec2_metadata_service_endpoint_mode"]
        let standard = mode?.lowercased() == "ipv6" ? "http://[fd00:ec2::254]" : "http://169.254.169.254"
        var endpoint =
            variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] ?? profile["ec2_metadata_service_endpoint"]
            ?? standard
        while endpoint.hasSuffix("/") { endpoint.removeLast() }
        self.endpoint = endpoint
        let seconds = (variables["AWS_METADATA_SERVICE_TIMEOUT"] ?? profile["metadata_service_timeout"])
            .flatMap(Double.init)
        timeout = .seconds(min(max(seconds ?? 1, 0.1), 60))
        let attempts =
            (variables["AWS_METADATA_SERVICE_NUM_ATTEMPTS"] ?? profile["metadata_service_num_attempts"])
            .flatMap { Int($0) }
        self.attempts = min(max(attempts ?? 1, 1), 10)
    }

    /// The machine's region, where there is one.
    func region() async -> String? {
        try? await text("/latest/meta-data/placement/region")
    }

    func role() async throws(Fault) -> String {
        let text = try await text("/latest/meta-data/iam/security-credentials/")
        guard let role = text.split(whereSeparator: \.isNewline).first else {
            throw .absent("it has no role")
        }
        return String(role)
    }

    func keys(of role: String) async throws(Fault) -> JSONValue {
        let path = "/latest/meta-data/iam/security-credentials/"
        let text = try await text(path + role.percentEncoded())
        guard let json = try? JSONValue(parsing: text) else {
            throw .failed("the keys of its role are no JSON", isRetryable: true)
        }
        return json
    }

    private func text(_ path: String) async throws(Fault) -> String {
        if isDisabled { throw .absent("AWS_EC2_METADATA_DISABLED is true") }
        let token = try await token()
        let response = try await send(
            HTTPRequest(
                url: endpoint + path, headers: [("x-aws-ec2-metadata-token", token)], timeout: timeout))
        switch response.head.status {
        case 200: return String(decoding: response.body, as: UTF8.self)
        case 404: throw .absent("it has no role, or not this")
        default:
            throw .failed(
                "it answered with status \(response.head.status)", isRetryable: response.head.status >= 500)
        }
    }

    private func token() async throws(Fault) -> String {
        let response = try await send(
            HTTPRequest(
                method: "PUT", url: "\(endpoint)/latest/api/token",
                headers: [("x-aws-ec2-metadata-token-ttl-seconds", "21600")], timeout: timeout))
        guard response.head.status == 200, !response.body.isEmpty else {
            throw .absent("it gave no token (status \(response.head.status)): is version 2 enabled?")
        }
        return String(decoding: response.body, as: UTF8.self)
    }

    private func send(_ request: HTTPRequest) async throws(Fault) -> HTTPResponse {
        do throws(TransportError) {
            return try await Self.patiently(http, request, attempts: attempts)
        } catch {
            // Answers to a container come through one hop more than those to its machine.
            let isSilent = if case .timedOut = error { true } else { false }
            let hint = isSilent ? "; in a container on EC2 the hop limit of its answers has to be 2" : ""
            throw .absent("nobody answers at \(endpoint)\(hint)")
        }
    }

    /// Sends what changes nothing, several times where it fails.
    static func patiently(
        _ http: any HTTPClient, _ request: HTTPRequest, attempts: Int = 3
    ) async throws(TransportError) -> HTTPResponse {
        var attempt = 1
        while true {
            do throws(TransportError) {
                let response = try await http.send(request)
                guard response.head.status >= 500, attempt < attempts else { return response }
            } catch {
                guard error.isRetryable, attempt < attempts else { throw error }
            }
            attempt += 1
        }
    }
}

/// The role of the machine.
struct InstanceSource: CredentialSource {
    let metadata: InstanceMetadata
    let now: @Sendable () -> Date
    let name = "the machine's metadata (EC2)"

    func find() async throws(AWSError) -> CredentialFinding {
        do throws(InstanceMetadata.Fault) {
            let keys = try await metadata.keys(of: try await metadata.role())
            if let code = keys["Code"]?.string, code != "Success" {
                throw InstanceMetadata.Fault.failed("it says \(code.prefix(60))", isRetryable: true)
            }
            return try Self.found(keys, self)
        } catch {
            switch error {
            case .absent(let reason): return .absent(reason)
            case .failed(let reason, let isRetryable): throw failure(reason, isRetryable: isRetryable)
            }
        }
    }

    /// Keys that are over: the machine's metadata has none newer for now, and AWS takes these for as long as that is so.
    /// They serve, and are asked for again within some minutes, not by all machines at once.
    private func extended(_ keys: AWSCredentials) -> AWSCredentials {
        let now = now()
        guard let end = keys.expiration, end <= now else { return keys }
        var keys = keys
        keys.expiration = now.addingTimeInterval(.random(in: 300...600))
        return keys
    }

    private static func found(
        _ keys: JSONValue, _ source: InstanceSource
    ) throws(InstanceMetadata.Fault) -> CredentialFinding {
        do throws(AWSError) {
            return .found(source.extended(try source.credentials(keys)))
        } catch {
            throw .failed("the keys of its role are incomplete", isRetryable: true)
        }
    }
}
