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
        let environment = try await AWSEnvironment.load(
            profile: settings[\.aws.profile], endpoints: settings.awsEndpoints)
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
            endpoints: settings.awsEndpoints,
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
                BedrockAgentRuntime.description))
    }

    /// Fetches what settings stand for: `secret:NAME#key`, `ssm:/path`.
    ///
    /// - Throws: for the first value that cannot be had or is not allowed.
    func fetchReferences() async throws {
        if let fault = try await refreshReferences().first { throw fault.error }
    }

    /// The same, each for itself: what cannot be had keeps the value that it has.
    ///
    /// - Returns: what is wrong with values.
    func refreshReferences() async throws -> [ReferenceFault] {
        guard !settings.references.isEmpty else { return [] }
        let resolver = try await valueResolver()
        return await settings.refreshReferences { reference async throws(AWSValueResolver.Fault) in
            try await resolver.value(reference)
        }
    }

    /// Asks anew for what a setting stands for, since whoever it was shown to refused it: a password may have been
    /// rotated within the minutes that values are kept.
    ///
    /// AWS is asked every few seconds at the most, however many ask.
    ///
    /// - Returns: whether the setting has another value than `refused` now; `false` for one that stands for itself.
    func renewReference<Value>(
        _ path: KeyPath<Keys, Setting<Value>>, refused: String
    ) async -> Bool {
        let key = Settings.name(path)
        guard let (setting, reference) = settings.references.first(where: { $0.setting.key == key }) else {
            return false
        }
        if settings.text(of: setting) == refused, let resolver = try? await valueResolver() {
            _ = await settings.refresh(setting, reference) {
                reference async throws(AWSValueResolver.Fault) in
                try await resolver.renewed(reference)
            }
        }
        return settings.text(of: setting) != refused
    }

    /// What `serve` follows settings with that stand for values elsewhere; `nil` when there are none.
    var referenceService: ReferenceService? {
        guard !settings.references.isEmpty else { return nil }
        return ReferenceService(fetch: { try await self.refreshReferences() }, logger: logger)
    }

    private func valueResolver() async throws -> AWSValueResolver {
        try await resolverPart {
            let account = try await self.awsAccount()
            return try AWSValueResolver(
                secrets: SecretsManager(account), parameters: ParameterStore(account))
        }
    }
}
