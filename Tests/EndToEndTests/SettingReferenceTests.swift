import AWSServices
import Foundation
import Testing

@testable import millrace

@Suite struct `Settings that stand for values elsewhere` {
    private func settings(_ overrides: String...) throws -> Settings {
        try Settings(file: nil, environment: [:], overrides: overrides)
    }

    private func fetch(
        _ values: [String: String]
    ) -> (AWSValueReference) async throws(AWSValueResolver.Fault) -> AWSSecretText {
        { reference async throws(AWSValueResolver.Fault) in
            guard let value = values["\(reference)"] else {
                throw .noSuchKey(reference, requestID: "R1")
            }
            return AWSSecretText(value)
        }
    }

    @Test func `each is read as what it stands for, of any type, and follows a rotation`() async throws {
        let settings = try settings(
            "openai.key=secret:prod/openai#key", "server.port=ssm:/millrace/port", "log.level=debug")
        #expect(settings.references.map(\.setting.key).sorted() == ["openai.key", "server.port"])
        let copy = settings
        try await settings.fetchReferences(
            fetch(["secret:prod/openai#key": "planted-1", "ssm:/millrace/port": "9000"]))
        #expect(copy[\.openai.key] == "planted-1" && copy[\.server.port] == 9_000)
        try await settings.fetchReferences(
            fetch(["secret:prod/openai#key": "planted-2", "ssm:/millrace/port": "9000"]))
        #expect(copy[\.openai.key] == "planted-2")
    }

    @Test func `a value that is not allowed is refused without being shown, and the one before serves on`()
        async throws
    {
        let settings = try settings("server.port=ssm:/millrace/port")
        try await settings.fetchReferences(fetch(["ssm:/millrace/port": "9000"]))
        let error = await #expect(throws: ConfigurationError.self) {
            try await settings.fetchReferences(fetch(["ssm:/millrace/port": "planted"]))
        }
        let text = error?.description ?? ""
        #expect(text.contains("server.port") && text.contains("ssm:/millrace/port"))
        #expect(text.contains("a whole number from 0 to 65535 is expected") && !text.contains("planted"))
        #expect(settings[\.server.port] == 9_000)
    }

    @Test func `one that cannot be had is named with where it stands`() async throws {
        let settings = try settings("confluence.token=secret:gone#token")
        let error = await #expect(throws: ConfigurationError.self) {
            try await settings.fetchReferences(fetch([:]))
        }
        let text = error?.description ?? ""
        #expect(text.contains("--set confluence.token") && text.contains("secret:gone#token"))
    }

    @Test(arguments: ["aws.region", "http.proxy", "data"])
    func `what fetching itself needs is taken as it stands`(key: String) throws {
        #expect(try settings("\(key)=ssm:/x").references.isEmpty)
    }
}
