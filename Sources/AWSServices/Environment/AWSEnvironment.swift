import Foundation
import Transport

/// What the surroundings say of AWS: variables, and the profile of the shared files.
///
/// A variable goes before the profile's setting of the same meaning.
public struct AWSEnvironment: Sendable {
    public let variables: [String: String]
    public private(set) var profiles: AWSProfiles
    /// The profile in use.
    public let profileName: String
    /// Whether the caller named the profile, in which case keys of the environment are passed over.
    public let isProfileGiven: Bool
    /// Endpoints that the program's own settings name, by AWS's id of the service as the shared files write it, such as
    /// `bedrock_runtime`: they go before those of the surroundings.
    public var endpoints: [String: URL] = [:]

    /// - Parameter profile: `nil` for that of `AWS_PROFILE`, or `default`.
    public init(variables: [String: String], profiles: AWSProfiles = AWSProfiles(), profile: String? = nil) {
        self.variables = variables.filter { !$0.value.isEmpty }
        self.profiles = profiles
        profileName = profile ?? self.variables["AWS_PROFILE"] ?? "default"
        isProfileGiven = profile != nil
    }

    /// Reads the shared files.
    ///
    /// - Throws: ``AWSError/invalidSettings(place:reason:)``.
    public static func load(
        variables: [String: String] = ProcessInfo.processInfo.environment, profile: String? = nil,
        endpoints: [String: URL] = [:]
    ) async throws(AWSError) -> AWSEnvironment {
        var environment = AWSEnvironment(
            variables: variables, profiles: try await AWSProfiles.read(variables: variables), profile: profile
        )
        environment.endpoints = endpoints
        return environment
    }

    /// The same with the shared files as they are now; as it is where they cannot be read, never were, or have lost the
    /// profile in use, as a file has at the moment that a tool writes it anew.
    func rereading() async -> AWSEnvironment {
        guard profiles.areRead, let now = try? await AWSProfiles.read(variables: variables),
            now.settings(profileName) != nil || profiles.settings(profileName) == nil
        else {
            return self
        }
        var environment = self
        environment.profiles = now
        return environment
    }

    /// The profile's settings; empty where there is no such profile.
    var profile: [String: String] { profiles.settings(profileName) ?? [:] }

    private func value(_ variable: String, _ setting: String) -> String? {
        variables[variable] ?? profile[setting].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// `AWS_REGION`, `AWS_DEFAULT_REGION` or the profile's `region`.
    public var region: String? { variables["AWS_REGION"] ?? value("AWS_DEFAULT_REGION", "region") }

    /// Which of AWS's hosts: `AWS_USE_FIPS_ENDPOINT`, `AWS_USE_DUALSTACK_ENDPOINT` and the profile's settings.
    ///
    /// - Throws: ``AWSError/invalidSettings(place:reason:)`` for what is neither true nor false.
    public func variant() throws(AWSError) -> AWSEndpoint.Variant {
        var variant: AWSEndpoint.Variant = []
        if try truth("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint") { variant.insert(.fips) }
        if try truth("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint") { variant.insert(.dualStack) }
        return variant
    }

    /// The endpoint that the surroundings set for a service, in place of AWS's own: the first of
    /// `AWS_ENDPOINT_URL_SERVICE`, `AWS_ENDPOINT_URL`, the service's `endpoint_url` in the profile's `services`
    /// section and the profile's `endpoint_url`.
    ///
    /// - Throws: ``AWSError/invalidSettings(place:reason:)`` for what is no URL.
    public func endpoint(of service: AWSServiceDescription) throws(AWSError) -> URL? {
        let id = service.serviceID.replacing(" ", with: "_")
        if let own = endpoints[id.lowercased()] { return own }
        if try truth("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls") { return nil }
        let section = profile["services"].flatMap { profiles.services[$0] } ?? [:]
        let places: [(name: String, value: String?)] = [
            ("AWS_ENDPOINT_URL_\(id.uppercased())", variables["AWS_ENDPOINT_URL_\(id.uppercased())"]),
            ("AWS_ENDPOINT_URL", variables["AWS_ENDPOINT_URL"]),
            ("services \(profile["services"] ?? "")", section["\(id.lowercased()).endpoint_url"]),
            ("profile \(profileName)", profile["endpoint_url"]),
        ]
        for (name, value) in places {
            guard let value, !value.isEmpty else { continue }
            guard let url = URL(string: value), url.scheme == "https" || url.scheme == "http",
                url.host != nil,
                url.user == nil
            else { throw .invalidSettings(place: name, reason: "the endpoint is no http or https URL") }
            return url
        }
        return nil
    }

    /// `AWS_BEARER_TOKEN_SERVICE`, by the service's signing name, for a service that takes a token in place of a
    /// signature: an API key of Bedrock is `AWS_BEARER_TOKEN_BEDROCK`, and goes before any keys.
    ///
    /// - Throws: ``AWSError/invalidSettings(place:reason:)`` for what no header can carry.
    public func bearerToken(of service: AWSServiceDescription) throws(AWSError) -> AWSBearerToken? {
        let name = service.signingName.replacing("-", with: "_").replacing(" ", with: "_").uppercased()
        let variable = "AWS_BEARER_TOKEN_\(name)"
        guard service.takesBearer, let text = variables[variable] else { return nil }
        guard let token = AWSBearerToken(text) else {
            throw .invalidSettings(
                place: variable, reason: "the token has other characters than visible ASCII")
        }
        return token
    }

    /// `AWS_RETRY_MODE` or `retry_mode`; what botocore calls legacy is the standard mode here.
    public func retryMode() throws(AWSError) -> AWSRetrier.Mode {
        guard let text = value("AWS_RETRY_MODE", "retry_mode"), text != "legacy" else { return .standard }
        guard let mode = AWSRetrier.Mode(rawValue: text) else {
            throw .invalidSettings(
                place: "AWS_RETRY_MODE or retry_mode", reason: "“\(text)” is not standard or adaptive")
        }
        return mode
    }

    /// `AWS_MAX_ATTEMPTS` or `max_attempts`, the first included; 3 unless told.
    public func maxAttempts() throws(AWSError) -> Int {
        guard let text = value("AWS_MAX_ATTEMPTS", "max_attempts") else { return 3 }
        guard let count = Int(text), (1...100).contains(count) else {
            throw .invalidSettings(
                place: "AWS_MAX_ATTEMPTS or max_attempts", reason: "“\(text)” is not in 1...100")
        }
        return count
    }

    private func truth(_ variable: String, _ setting: String) throws(AWSError) -> Bool {
        guard let text = value(variable, setting) else { return false }
        switch text.lowercased() {
        case "true": return true
        case "false": return false
        default:
            throw .invalidSettings(
                place: "\(variable) or \(setting)", reason: "“\(text)” is not true or false")
        }
    }
}
