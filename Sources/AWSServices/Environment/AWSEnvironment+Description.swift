import Transport

// Keys and tokens are among the variables and among the profiles' settings.

extension AWSEnvironment: SecretHolding {
    /// The profile and the region.
    public var description: String { "AWSEnvironment(profile: \(profileName), region: \(region ?? "none"))" }
}

extension AWSProfiles: SecretHolding {
    /// Where the files are.
    public var description: String { "AWSProfiles(\(configPath), \(credentialsPath))" }
}
