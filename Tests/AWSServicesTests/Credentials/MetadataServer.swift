import Foundation
import TestSupport
import Transport

@testable import AWSServices

/// The server of `aws_metadata_server.py`, a home folder, and chains that look there and nowhere else.
struct MetadataServer {
    private static let shared = Result { try ChildServer(script: "aws_metadata_server.py") }
    let home: TemporaryDirectory
    let url: String

    init() throws {
        home = try TemporaryDirectory()
        url = try Self.shared.get().url
    }

    static func client() throws -> CurlHTTPClient {
        var configuration = HTTPClientConfiguration()
        configuration.proxy = .none
        return try CurlHTTPClient(configuration: configuration)
    }

    /// Variables with which everybody who is asked over the network is this server.
    func variables(_ more: [String: String] = [:]) -> [String: String] {
        let own = [
            "HOME": home.url.path, "AWS_ENDPOINT_URL": url, "AWS_EC2_METADATA_SERVICE_ENDPOINT": url,
            "AWS_EC2_METADATA_DISABLED": "true", "PATH": "/usr/bin:/bin",
        ]
        return own.merging(more) { _, second in second }
    }

    func write(_ text: String, to path: String) throws -> String {
        let file = home.url.appendingPathComponent(path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        return file.path
    }

    func chain(
        _ more: [String: String] = [:], config: String = "", credentials: String = "", profile: String? = nil
    ) async throws -> AWSCredentialChain {
        _ = try write(config, to: ".aws/config")
        _ = try write(credentials, to: ".aws/credentials")
        let environment = try await AWSEnvironment.load(variables: variables(more), profile: profile)
        let http = try Self.client()
        return AWSCredentialChain(
            environment: environment, region: "eu-west-1", http: http, localHTTP: http, clock: ManualClock())
    }
}
