import AWSServices
import Transport

extension Services {
    /// Keys, region and connections for AWS, as `aws` and `http` of the settings and the surroundings say.
    ///
    /// - Parameter region: another than that of the settings.
    /// - Throws: ``AWSError/invalidSettings(place:reason:)`` where no region is known.
    func awsAccount(_ region: String? = nil) async throws -> AWSAccount {
        let account = try await awsAccountPart { try await self.newAWSAccount() }
        return region.map { account.elsewhere($0) } ?? account
    }

    /// Looked for anew, for whom a failure is not the last word.
    ///
    /// - Parameter region: another than that of the settings, which then need none.
    func newAWSAccount(_ region: String? = nil) async throws -> AWSAccount {
        let environment = try await AWSEnvironment.load(profile: settings[\.aws.profile])
        return try await AWSAccount(
            environment: environment,
            region: region ?? settings[\.aws.region] ?? environment.region ?? settings[\.bedrock.region],
            http: try plainClient(), localHTTP: try metadataClient())
    }

    /// Keys alone, from wherever AWS's own tools look: they can be looked for where no region is known.
    func awsCredentials() throws -> any AWSCredentialsProvider {
        DefaultAWSCredentials(
            profile: settings[\.aws.profile],
            region: settings[\.bedrock.region] ?? settings[\.aws.region] ?? "us-east-1",
            http: RetryingHTTPClient(try plainClient(), classification: .aws),
            localHTTP: try metadataClient())
    }

    /// Reaches the container's and the machine's own metadata, which are next door: no proxy leads there.
    private func metadataClient() throws -> any HTTPClient {
        var local = httpSettings()
        local.proxy = .none
        return try CurlHTTPClient(configuration: local)
    }

    /// Bedrock, as the settings under `bedrock` say.
    func bedrock() async throws -> BedrockRuntime {
        try await bedrockPart {
            BedrockRuntime(
                try await self.awsAccount(self.settings[\.bedrock.region]).service(
                    BedrockRuntime.description, endpoint: self.settings[\.bedrock.endpoint]))
        }
    }

    /// Bedrock's part for agents: reranking and knowledge bases.
    func bedrockAgents() async throws -> BedrockAgentRuntime {
        BedrockAgentRuntime(
            try await awsAccount(settings[\.bedrock.region]).service(
                BedrockAgentRuntime.description, endpoint: settings[\.bedrock.endpoint]))
    }

    /// Fetches what settings stand for: `secret:NAME#key`, `ssm:/path`.
    func fetchReferences() async throws {
        guard !settings.references.isEmpty else { return }
        let resolver = try await valueResolver()
        try await settings.fetchReferences { reference async throws(AWSValueResolver.Fault) in
            try await resolver.value(reference)
        }
    }

    /// What `serve` follows settings with that stand for values elsewhere; `nil` when there are none.
    var referenceService: ReferenceService? {
        guard !settings.references.isEmpty else { return nil }
        return ReferenceService(fetch: { try await self.fetchReferences() }, logger: logger)
    }

    private func valueResolver() async throws -> AWSValueResolver {
        try await resolverPart {
            let account = try await self.awsAccount()
            return try AWSValueResolver(
                secrets: SecretsManager(account), parameters: ParameterStore(account))
        }
    }
}
