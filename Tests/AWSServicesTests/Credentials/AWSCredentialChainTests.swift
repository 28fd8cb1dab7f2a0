import Foundation
import TestSupport
import Testing
import Transport

@testable import AWSServices

@Suite(.timeLimit(.minutes(2))) struct `The chain of AWS credentials` {
    private let machine = ["AWS_EC2_METADATA_DISABLED": "false"]
    private let staticKeys = "[default]\naws_access_key_id = AKID-file\naws_secret_access_key = planted-s\n"

    private func key(of chain: AWSCredentialChain) async throws -> String {
        try await chain.credentials().accessKeyID
    }

    private func failure(of chain: AWSCredentialChain) async -> String {
        do {
            return "keys: \(try await chain.credentials())"
        } catch {
            return "\(error) \(String(reflecting: error))"
        }
    }

    @Test func `takes the first place that has keys, in the SDKs' order`() async throws {
        let server = try MetadataServer()
        let token = try server.write("planted-web-token\n", to: "token")
        let environment = ["AWS_ACCESS_KEY_ID": "AKID-env", "AWS_SECRET_ACCESS_KEY": "planted-s"]
        let web = ["AWS_WEB_IDENTITY_TOKEN_FILE": token, "AWS_ROLE_ARN": "arn:aws:iam::1:role/pod"]
        let container = [
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(server.url)/container",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": "planted-container-token",
        ]
        var variables = environment.merging(web) { $1 }.merging(container) { $1 }.merging(machine) { $1 }
        #expect(try await key(of: server.chain(variables, credentials: staticKeys)) == "AKID-env")
        // A profile that is named goes before the environment.
        #expect(
            try await key(of: server.chain(variables, credentials: staticKeys, profile: "default"))
                == "AKID-file")
        for name in environment.keys { variables[name] = nil }
        #expect(try await key(of: server.chain(variables, credentials: staticKeys)) == "AKID-file")
        #expect(try await key(of: server.chain(variables)) == "AKID-pod-by-web")
        for name in web.keys { variables[name] = nil }
        #expect(try await key(of: server.chain(variables)) == "AKID-container")
        #expect(try await key(of: server.chain(machine)) == "AKID-machine")
    }

    @Test func `names every place that it looked at`() async throws {
        let text = await failure(of: try await MetadataServer().chain())
        for place in [
            "the environment: AWS_ACCESS_KEY_ID is not set", "profile “default”", ".aws/credentials",
            "AWS_WEB_IDENTITY_TOKEN_FILE is not set", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            "AWS_EC2_METADATA_DISABLED is true",
        ] { #expect(text.contains(place), "\(text)") }
    }

    @Test func `assumes roles of roles, from a profile's keys`() async throws {
        let server = try MetadataServer()
        let config = """
            [profile base]
            aws_access_key_id = AKID-base
            aws_secret_access_key = planted-s
            [profile first]
            role_arn = arn:aws:iam::1:role/one
            source_profile = base
            external_id = ext
            [profile second]
            role_arn = arn:aws:iam::1:role/two
            source_profile = first
            [profile itself]
            role_arn = arn:aws:iam::1:role/own
            source_profile = itself
            aws_access_key_id = AKID-itself
            aws_secret_access_key = planted-s
            [profile env]
            role_arn = arn:aws:iam::1:role/env
            credential_source = Environment
            [profile ec2]
            role_arn = arn:aws:iam::1:role/ec2
            credential_source = Ec2InstanceMetadata
            """
        let variables = machine.merging([
            "AWS_ACCESS_KEY_ID": "AKID-env", "AWS_SECRET_ACCESS_KEY": "planted-s",
        ]) { $1 }
        for (profile, key) in [
            ("first", "AKID-one-by-AKID-base-ext"), ("second", "AKID-two-by-AKID-one-by-AKID-base-ext"),
            ("itself", "AKID-own-by-AKID-itself"), ("env", "AKID-env-by-AKID-env"),
            ("ec2", "AKID-ec2-by-AKID-machine"),
        ] {
            let chain = try await server.chain(variables, config: config, profile: profile)
            #expect(try await self.key(of: chain) == key)
            #expect(try await chain.credentials().expiration != nil)
        }
    }

    @Test(arguments: [
        (
            "[profile p]\nrole_arn = arn:aws:iam::1:role/a\nsource_profile = q\n"
                + "[profile q]\nrole_arn = arn:aws:iam::1:role/b\nsource_profile = p\n", "p → q → p"
        ),
        ("[profile p]\nrole_arn = arn:aws:iam::1:role/a\nsource_profile = none\n", "do not have it"),
        ("[profile p]\nrole_arn = arn:aws:iam::1:role/a\n", "without source_profile"),
        ("[profile p]\nrole_arn = a\nsource_profile = p\nmfa_serial = m\naws_access_key_id = A\n", "MFA"),
        ("[profile p]\naws_access_key_id = A\n", "aws_secret_access_key is not"),
        (
            "[profile p]\nrole_arn = arn:aws:iam::1:role/denied\nsource_profile = q\n[profile q]\n"
                + "aws_access_key_id = A\naws_secret_access_key = planted-s\n",
            "Grant sts:AssumeRole on arn:aws:iam::1:role/denied"
        ),
        ("[profile p]\ncredential_process = /bin/false\n", "status 1"),
        ("[profile p]\ncredential_process = 'open\n", "quote"),
        ("[profile p]\ncredential_process = echo planted-output\n", "no JSON"),
        ("[profile p]\ncredential_process = echo '{\"Version\": 2}'\n", "another Version"),
        ("[profile p]\nsso_session = none\nsso_account_id = 1\nsso_role_name = r\n", "[sso-session none]"),
        (
            "[profile p]\nsso_start_url = https://x/start\nsso_region = eu-west-1\nsso_account_id = 1\n"
                + "sso_role_name = r\n", "aws sso login --profile p"
        ),
        ("[default]\nregion = x\n", "do not have it"),
    ])
    func `stops at a place that is set up and fails, and says why`(config: String, words: String) async throws
    {
        let chain = try await MetadataServer().chain(machine, config: config, profile: "p")
        let text = await failure(of: chain)
        #expect(text.contains(words), "\(text)")
        #expect(!text.contains("planted"), "\(text)")
    }

    @Test func `runs a program for keys, without a shell`() async throws {
        let server = try MetadataServer()
        let script = try server.write(
            """
            #!/bin/sh
            echo planted-on-stderr >&2
            [ "$1" = 'two words; $HOME' ] || exit 3
            echo '{"Version": 1, "AccessKeyId": "AKID-process", "SecretAccessKey": "planted-s", "SessionToken": "t"}'
            """, to: "my keys")
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: script)
        let config = "[default]\ncredential_process = \"\(script)\" 'two words; $HOME'\n"
        let keys = try await server.chain(config: config).credentials()
        #expect(keys.accessKeyID == "AKID-process")
        #expect(keys.sessionToken == "t" && keys.expiration == nil)
    }

    @Test func `ends a program that does not end`() async throws {
        let source = EnvironmentSource(environment: AWSEnvironment(variables: [:]))
        let process = CredentialProcess(source: source, command: "sleep 60", limit: .milliseconds(50))
        let error = await #expect(throws: AWSError.self) { try await process.credentials() }
        #expect(error?.description.contains("did not end") == true)
    }

    @Test func `uses the token of an SSO login, and renews it when it is over`() async throws {
        let server = try MetadataServer()
        let config = """
            [sso-session corp]
            sso_start_url = https://x.awsapps.com/start
            sso_region = eu-west-1
            [profile p]
            sso_session = corp
            sso_account_id = 12
            sso_role_name = reader
            """
        let path = ".aws/sso/cache/\(Self.sha1OfCorp).json"
        let file = try server.write(
            #"{"accessToken": "planted-sso-token", "expiresAt": "2100-01-01T00:00:00Z"}"#, to: path)
        #expect(try await key(of: server.chain(config: config, profile: "p")) == "AKID-sso-12-reader")
        _ = try server.write(
            """
            {"accessToken": "planted-old", "expiresAt": "2020-01-01T00:00:00UTC", "kept": true,
             "refreshToken": "planted-refresh", "clientId": "c", "clientSecret": "planted-client",
             "registrationExpiresAt": "2100-01-01T00:00:00Z"}
            """, to: path)
        #expect(try await key(of: server.chain(config: config, profile: "p")) == "AKID-sso-12-reader")
        let kept = try String(contentsOfFile: file, encoding: .utf8)
        #expect(kept.contains("planted-sso-renewed") && kept.contains("planted-refresh-2"))
        #expect(kept.contains("\"kept\""))
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        // Tokens that are not taken, and ones that cannot be renewed.
        for token in [
            #"{"accessToken": "planted-bad", "expiresAt": "2100-01-01T00:00:00Z"}"#,
            #"{"accessToken": "planted-old", "expiresAt": "2020-01-01T00:00:00Z"}"#,
            kept.replacing("planted-refresh-2", with: "planted-wrong").replacing(
                /20\d\d-[^"]*Z/, with: "2020-01-01T00:00:00Z"),
            "planted",
        ] {
            _ = try server.write(token, to: path)
            let text = await failure(of: try await server.chain(config: config, profile: "p"))
            #expect(text.contains("aws sso login --profile p"), "\(text)")
            #expect(!text.contains("planted"), "\(text)")
        }
    }

    @Test func `renews the token of an SSO login that is refused before its time`() async throws {
        let server = try MetadataServer()
        let config = """
            [profile p]
            sso_session = corp
            sso_account_id = 12
            sso_role_name = reader
            [sso-session corp]
            sso_start_url = https://x.awsapps.com/start
            sso_region = eu-west-1
            """
        let path = ".aws/sso/cache/\(Self.sha1OfCorp).json"
        let file = try server.write(
            """
            {"accessToken": "planted-bad", "expiresAt": "2100-01-01T00:00:00Z",
             "refreshToken": "planted-refresh", "clientId": "c", "clientSecret": "planted-client",
             "registrationExpiresAt": "2100-01-01T00:00:00Z"}
            """, to: path)
        #expect(try await key(of: server.chain(config: config, profile: "p")) == "AKID-sso-12-reader")
        #expect(try String(contentsOfFile: file, encoding: .utf8).contains("planted-sso-renewed"))
    }

    @Test func `takes the keys that a tool has written to the shared files since`() async throws {
        let server = try MetadataServer()
        let chain = try await server.chain(credentials: staticKeys)
        let first = try await chain.credentials()
        _ = try server.write(staticKeys.replacing("AKID-file", with: "AKID-new"), to: ".aws/credentials")
        #expect(try await key(of: chain) == "AKID-file")
        // As after ExpiredToken.
        await chain.discard(first)
        let second = try await chain.credentials()
        #expect(second.accessKeyID == "AKID-new")
        // A file that is written at that very moment leaves what was read at first.
        _ = try server.write("[default\n", to: ".aws/credentials")
        await chain.discard(second)
        #expect(try await key(of: chain) == "AKID-file")
    }

    /// `printf corp | sha1sum`
    private static let sha1OfCorp = "ee0bfd2552fbd840c02cc48b6e823320543c450f"

    @Test func `reads a container's token from its file each time`() async throws {
        let server = try MetadataServer()
        let file = try server.write("planted-container-token", to: "container-token")
        var variables = [
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(server.url)/container",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": file,
        ]
        #expect(try await key(of: server.chain(variables)) == "AKID-container")
        for (content, words) in [("planted-wrong", "status 403"), ("planted\r\nX: y", "line end")] {
            _ = try server.write(content, to: "container-token")
            let text = await failure(of: try await server.chain(variables))
            #expect(text.contains(words) && !text.contains("planted"), "\(text)")
        }
        variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://example.com/container"
        #expect(await failure(of: try await server.chain(variables)).contains("neither https nor"))
    }

    @Test(arguments: [
        ("http://169.254.170.2/x", true), ("http://169.254.170.23/x", true), ("http://127.9.9.9:80/x", true),
        ("http://[fd00:ec2::23]/x", true), ("https://anywhere.example/x", true),
        ("http://127.0.0.1.evil/x", false),
        ("http://10.0.0.1/x", false), ("ftp://127.0.0.1/x", false),
        ("http://127.0.0.1@evil.example/x", false), ("", false),
    ])
    func `asks only where a container's keys may come from`(url: String, isAllowed: Bool) {
        #expect(ContainerSource.mayBeAsked(url) == isAllowed)
    }

    @Test func `shows no token of a web identity that is refused`() async throws {
        let server = try MetadataServer()
        let token = try server.write("planted-wrong-token", to: "token")
        let text = await failure(
            of: try await server.chain([
                "AWS_WEB_IDENTITY_TOKEN_FILE": token, "AWS_ROLE_ARN": "arn:aws:iam::1:role/pod",
            ]))
        #expect(text.contains("InvalidIdentityToken") && !text.contains("planted"), "\(text)")
    }

    @Test func `may read the shared files with the first call`() async throws {
        let server = try MetadataServer()
        let http = try MetadataServer.client()
        let config = try server.write("planted\n", to: ".aws/config")
        let keys = DefaultAWSCredentials(
            variables: server.variables(), region: "eu-west-1", http: http, localHTTP: http)
        let error = await #expect(throws: AWSError.self) { try await keys.credentials() }
        #expect(error?.description.contains(config) == true)
        #expect(error?.description.contains("planted") == false)
        _ = try server.write("", to: ".aws/config")
        _ = try server.write(staticKeys, to: ".aws/credentials")
        #expect(try await keys.credentials().accessKeyID == "AKID-file")
    }

    @Test func `learns the region from the machine where nothing else says it`() async throws {
        let server = try MetadataServer()
        let http = try MetadataServer.client()
        func region(_ variables: [String: String]) async throws -> String {
            try await AWSAccount(
                environment: AWSEnvironment(variables: server.variables(variables)), http: http,
                localHTTP: http
            ).region
        }
        #expect(try await region(machine) == "ap-southeast-4")
        #expect(try await region(["AWS_REGION": "eu-west-3"]) == "eu-west-3")
        let error = await #expect(throws: AWSError.self) { try await region([:]) }
        #expect(error?.description.contains("AWS_REGION") == true)
    }
}
