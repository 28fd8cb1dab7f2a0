import Concurrency
import Foundation
import Transport

/// What stands in `~/.aws/config` and `~/.aws/credentials`.
public struct AWSProfiles: Sendable, Equatable {
    /// By profile, from the config file alone.
    var config: [String: [String: String]] = [:]
    /// By profile, from the credentials file alone.
    var credentials: [String: [String: String]] = [:]
    var ssoSessions: [String: [String: String]] = [:]
    var services: [String: [String: String]] = [:]
    /// Where the files are, for errors.
    var configPath = "~/.aws/config"
    var credentialsPath = "~/.aws/credentials"

    /// Whether they are those of files.
    private(set) var areRead = false

    /// None at all.
    public init() {}

    init(config: String, credentials: String) throws(ProfileFile.Fault) {
        let file = try ProfileFile(config)
        self.config = file.named("profile")
        if let standard = file.sections["default"] { self.config["default"] = standard }
        ssoSessions = file.named("sso-session")
        services = file.named("services")
        self.credentials = try ProfileFile(credentials).sections
    }

    /// A profile's settings, those of the credentials file before those of the config file; `nil` where neither
    /// has it.
    func settings(_ profile: String) -> [String: String]? {
        guard config[profile] != nil || credentials[profile] != nil else { return nil }
        return (config[profile] ?? [:]).merging(credentials[profile] ?? [:]) { _, second in second }
    }

    /// Reads the files that the environment names, or those of the home folder. A file that is not there is empty.
    ///
    /// - Throws: ``AWSError/invalidSettings(place:reason:)`` for a file that cannot be read or understood.
    static func read(variables: [String: String]) async throws(AWSError) -> AWSProfiles {
        let home = variables["HOME"] ?? NSHomeDirectory()
        func path(_ variable: String, _ standard: String) -> String {
            let given = variables[variable] ?? ""
            let path = given.isEmpty ? "\(home)/.aws/\(standard)" : given
            return path.hasPrefix("~/") ? home + path.dropFirst() : path
        }
        let configPath = path("AWS_CONFIG_FILE", "config")
        let credentialsPath = path("AWS_SHARED_CREDENTIALS_FILE", "credentials")
        var profiles = AWSProfiles()
        let config = try parsed(try await text(at: configPath), configPath)
        profiles.config = config.named("profile")
        if let standard = config.sections["default"] { profiles.config["default"] = standard }
        profiles.ssoSessions = config.named("sso-session")
        profiles.services = config.named("services")
        profiles.credentials = try parsed(try await text(at: credentialsPath), credentialsPath).sections
        profiles.configPath = configPath
        profiles.credentialsPath = credentialsPath
        profiles.areRead = true
        return profiles
    }

    private static func text(at path: String) async throws(AWSError) -> String {
        do throws(AWSFile.Fault) {
            return try await AWSFile.text(at: path) ?? ""
        } catch {
            throw .invalidSettings(place: path, reason: error.reason)
        }
    }

    private static func parsed(_ text: String, _ path: String) throws(AWSError) -> ProfileFile {
        do throws(ProfileFile.Fault) {
            return try ProfileFile(text)
        } catch {
            let line = error.line > 0 ? "line \(error.line): " : ""
            throw .invalidSettings(place: path, reason: line + error.reason)
        }
    }
}
