import Foundation
import TestSupport
import Testing
import Transport

@testable import AWSServices

@Suite struct `The surroundings of AWS` {
    private func environment(_ variables: [String: String], config: String = "") throws -> AWSEnvironment {
        AWSEnvironment(variables: variables, profiles: try AWSProfiles(config: config, credentials: ""))
    }

    @Test func `name the region by variable before profile`() throws {
        let config = "[default]\nregion = eu-west-1\n[profile p]\nregion = eu-west-2\n"
        #expect(try environment([:], config: config).region == "eu-west-1")
        #expect(try environment(["AWS_PROFILE": "p"], config: config).region == "eu-west-2")
        #expect(try environment(["AWS_DEFAULT_REGION": "a"], config: config).region == "a")
        #expect(
            try environment(["AWS_DEFAULT_REGION": "a", "AWS_REGION": "b"], config: config).region == "b")
        #expect(try environment(["AWS_REGION": ""], config: config).region == "eu-west-1")
    }

    @Test func `name endpoints, the service's own before that of all`() throws {
        let config = """
            [default]
            services = s
            endpoint_url = http://profile
            [services s]
            secrets_manager =
              endpoint_url = http://service
            """
        let secrets = AWSServiceDescription(
            endpointPrefix: "secretsmanager", serviceID: "Secrets Manager", apiProtocol: .restJSON)
        func url(_ variables: [String: String]) throws -> String? {
            try environment(variables, config: config).endpoint(of: secrets)?.absoluteString
        }
        #expect(try url([:]) == "http://service")
        #expect(try environment([:], config: config).endpoint(of: STS.description)?.host == "profile")
        #expect(try url(["AWS_ENDPOINT_URL": "https://all"]) == "https://all")
        #expect(
            try url(["AWS_ENDPOINT_URL": "https://all", "AWS_ENDPOINT_URL_SECRETS_MANAGER": "https://one"])
                == "https://one")
        #expect(try url(["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"]) == nil)
        for bad in ["ftp://x", "x", "http://user:planted@h"] {
            let error = #expect(throws: AWSError.self) { try url(["AWS_ENDPOINT_URL": bad]) }
            #expect(error.map { "\($0)".contains("planted") } == false)
        }
    }

    @Test func `choose FIPS, dual-stack and how to retry`() throws {
        let fips = try environment(
            ["AWS_USE_FIPS_ENDPOINT": "true"], config: "[default]\nuse_dualstack_endpoint=TRUE\n")
        #expect(try fips.variant() == [.fips, .dualStack])
        #expect(throws: AWSError.self) { try environment(["AWS_USE_FIPS_ENDPOINT": "yes"]).variant() }
        #expect(try environment(["AWS_RETRY_MODE": "adaptive"]).retryMode() == .adaptive)
        #expect(try environment(["AWS_RETRY_MODE": "legacy"]).retryMode() == .standard)
        #expect(throws: AWSError.self) { try environment(["AWS_RETRY_MODE": "x"]).retryMode() }
        #expect(try environment(["AWS_MAX_ATTEMPTS": "7"]).maxAttempts() == 7)
        #expect(throws: AWSError.self) { try environment(["AWS_MAX_ATTEMPTS": "0"]).maxAttempts() }
    }

    @Test func `name a token for services that take one in place of a signature`() throws {
        let token = ["AWS_BEARER_TOKEN_BEDROCK": "planted-token\n"]
        #expect(
            try environment(token).bearerToken(of: BedrockRuntime.description)
                == AWSBearerToken("planted-token"))
        #expect(try environment(token).bearerToken(of: BedrockCatalog.description) != nil)
        #expect(try environment(token).bearerToken(of: BedrockAgentRuntime.description) == nil)
        #expect(try environment(token).bearerToken(of: STS.description) == nil)
        #expect(try environment([:]).bearerToken(of: BedrockRuntime.description) == nil)
        let error = #expect(throws: AWSError.self) {
            try environment(["AWS_BEARER_TOKEN_BEDROCK": "planted token"])
                .bearerToken(of: BedrockRuntime.description)
        }
        #expect(error?.description.contains("AWS_BEARER_TOKEN_BEDROCK") == true)
        #expect(error?.description.contains("planted") == false)
    }

    @Test func `reach a service in the partition of its region`() async throws {
        let http = ReplayHTTPClient([])
        let kms = AWSServiceDescription(endpointPrefix: "kms", apiProtocol: .restJSON)
        let sqs = AWSServiceDescription(endpointPrefix: "sqs", apiProtocol: .restJSON)
        let account = try await AWSAccount(
            environment: AWSEnvironment(variables: ["AWS_USE_FIPS_ENDPOINT": "true"]),
            region: "us-gov-west-1",
            http: http, localHTTP: http)
        #expect(
            try account.service(kms).endpoint == "https://kms-fips.us-gov-west-1.amazonaws.com")
        #expect(try account.service(sqs).endpoint == "https://sqs.us-gov-west-1.amazonaws.com")
    }
}
