import Foundation
import TestSupport
import Testing
import Transport

@testable import AWSServices

@Suite(.timeLimit(.minutes(1))) struct `The metadata of a machine` {
    private func chain(
        _ server: MetadataServer, below path: String, _ more: [String: String] = [:], config: String = ""
    ) async throws -> AWSCredentialChain {
        let place = [
            "AWS_EC2_METADATA_DISABLED": "false",
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": "\(server.url)/\(path)/",
        ]
        return try await server.chain(place.merging(more) { $1 }, config: config)
    }

    @Test func `whose keys are over lets them serve, when it has none newer`() async throws {
        let before = Date()
        let keys = try await chain(MetadataServer(), below: "overdue").credentials()
        #expect(keys.accessKeyID == "AKID-machine")
        let end = try #require(keys.expiration)
        // Asked for again soon, and not by all at the same moment.
        #expect(end.timeIntervalSince(before) >= 300 && end.timeIntervalSince(before) < 660)
        let role = try await chain(
            MetadataServer(), below: "overdue",
            config: """
                [default]
                role_arn = arn:aws:iam::1:role/app
                credential_source = Ec2InstanceMetadata
                """)
        #expect(try await role.credentials().accessKeyID == "AKID-app-by-AKID-machine")
    }

    @Test func `is asked as often as the surroundings say`() async throws {
        let server = try MetadataServer()
        func name() -> String { "busy-\(UInt64.random(in: .min ... .max))" }
        let error = await #expect(throws: AWSError.self) {
            try await chain(server, below: name()).credentials()
        }
        #expect(error?.description.contains("status 503") == true)
        let patient = try await chain(server, below: name(), ["AWS_METADATA_SERVICE_NUM_ATTEMPTS": "2"])
        #expect(try await patient.credentials().accessKeyID == "AKID-machine")
        let configured = try await chain(
            server, below: name(), config: "[default]\nmetadata_service_num_attempts = 3\n")
        #expect(try await configured.credentials().accessKeyID == "AKID-machine")
    }

    @Test func `that is silent is told with what a container needs`() async throws {
        let silent = ReplayHTTPClient([
            .init(
                method: "PUT", url: "http://169.254.169.254/latest/api/token",
                answer: .failure(.timedOut(host: "169.254.169.254", after: .seconds(1))))
        ])
        let source = InstanceSource(
            metadata: InstanceMetadata(AWSEnvironment(variables: [:]), http: silent), now: { Date() })
        guard case .absent(let reason) = try await source.find() else {
            Issue.record("it has keys")
            return
        }
        #expect(reason.contains("http://169.254.169.254") && reason.contains("hop limit"))
        let sent = try #require(silent.requests.first)
        #expect(sent.method == "PUT" && silent.requests.count == 1)
    }

    @Test func `is asked over IPv6 where that is said`() async throws {
        let nobody = ReplayHTTPClient([])
        let environment = AWSEnvironment(variables: ["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6"])
        #expect(await InstanceMetadata(environment, http: nobody).region() == nil)
        #expect(nobody.requests.map(\.url) == ["http://[fd00:ec2::254]/latest/api/token"])
    }
}
