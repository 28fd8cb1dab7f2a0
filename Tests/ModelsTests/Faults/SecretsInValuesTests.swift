import AWSServices
import Foundation
import JSONValue
import Models
import TestSupport
import Testing
import Transport

/// Whatever takes a secret, and whatever way it is printed in.
@Suite struct `Values that hold a secret` {
    private static let keys = AWSCredentials(
        accessKeyID: "AKIAplanted000000001", secretAccessKey: "planted-key", sessionToken: "planted-token")
    private static let variables = [
        "AWS_ACCESS_KEY_ID": "AKIAplanted000000001", "AWS_SECRET_ACCESS_KEY": "planted-key",
        "AWS_SESSION_TOKEN": "planted-token", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "planted-bearer",
        "AWS_REGION": "eu-west-1",
    ]

    private func values() async throws -> [any Sendable] {
        var configuration = HTTPClientConfiguration()
        configuration.proxy = .url("http://kim:planted-password@proxy.example:3128")
        configuration.tls.keyPassword = "planted-password"
        var operation = AWSOperation(
            "GetRoleCredentials", headers: [("x-amz-sso_bearer_token", "planted-bearer")],
            input: .json(Data("planted".utf8)), resource: "role")
        operation.secrets = ["planted-bearer"]
        let request = HTTPRequest(
            method: "POST", url: "https://example.com/path?key=planted-key",
            headers: [("Authorization", "Bearer planted-bearer")], body: Data("planted".utf8))
        let home = try TemporaryDirectory()
        try home.write(
            "[default]\naws_access_key_id = AKIAplanted000000001\naws_secret_access_key = planted-key\n",
            to: "credentials")
        let environment = try await AWSEnvironment.load(
            variables: Self.variables.merging(
                ["AWS_SHARED_CREDENTIALS_FILE": home.path("credentials"), "HOME": home.url.path]
            ) { $1 })
        let base = try #require(URL(string: "http://kim:planted-password@localhost:1/v1?api-key=planted-key"))
        return [
            Self.keys, StaticCredentials(Self.keys), EnvironmentCredentials(environment: Self.variables),
            configuration, configuration.proxy, configuration.tls, operation, request, environment,
            environment.profiles, AWSSecretText("planted-secret"), AWSSecretBytes(Data("planted".utf8)),
            OpenSearch.Login(user: "kim", password: AWSSecretText("planted-password")),
            HTTPResponse(
                head: HTTPResponseHead(status: 200, headers: [("Set-Cookie", "planted")]),
                body: Data(#"{"SecretString": "planted"}"#.utf8)),
            OpenAIEndpoint(
                base, http: ReplayHTTPClient([]), key: { "planted-key" },
                headers: [("X-Key", "planted-key")]),
        ]
    }

    @Test func `show none, alone, in a list, in an optional and in an error`() async throws {
        struct Wrapping: Error {
            var values: [any Sendable]
            var first: (any Sendable)?
        }
        let values = try await values()
        for value in values {
            #expect(PlantedSecrets.found(in: PlantedSecrets.shown(value)) == [], "\(type(of: value))")
        }
        let wrapped = PlantedSecrets.shown(Wrapping(values: values, first: values.first))
        #expect(PlantedSecrets.found(in: wrapped) == [])
        // The last letters tell keys apart.
        #expect(wrapped.contains("0001"))
    }

    @Test func `are found where they are shown`() {
        struct Careless {
            var key = "planted-key"
        }
        #expect(PlantedSecrets.found(in: PlantedSecrets.shown(Careless())) == ["planted"])
    }

    /// Of a settled mistake each, as a setting or a variable can have it.
    @Test(arguments: [
        "http://kim:planted-password@127.0.0.1:1/", "https://planted-user@h/", "http://h:planted/",
        "http://kim:planted@h:x/?planted", "planted://kim:planted-password@h", "kim:planted-password@h",
    ])
    func `show none in the error of a URL that cannot be asked`(url: String) async throws {
        var configuration = HTTPClientConfiguration()
        configuration.proxy = .none
        let client = try CurlHTTPClient(configuration: configuration)
        var proxied = configuration
        proxied.proxy = .url(url)
        let throughProxy = try CurlHTTPClient(configuration: proxied)
        let requests = [
            (client, HTTPRequest(url: url, timeout: .seconds(5))),
            (throughProxy, HTTPRequest(url: "http://127.0.0.1:1/", timeout: .seconds(5))),
        ]
        for (client, request) in requests {
            let error = await #expect(throws: TransportError.self) { try await client.send(request) }
            let text = error.map { PlantedSecrets.shown($0) } ?? ""
            #expect(!text.contains("planted-password") && !text.contains("planted-user"), "\(text)")
        }
    }
}
