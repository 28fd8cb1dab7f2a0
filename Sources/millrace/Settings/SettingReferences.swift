import AWSServices
import Synchronization

/// Settings whose text stands for a value elsewhere, `secret:NAME#key` or `ssm:/path`, and what they stand for now.
///
/// Shared by every copy of the settings, so that whoever reads a setting when it is needed gets a rotated value.
final class SettingReferences: Sendable {
    private let values = Mutex<[String: String]>([:])

    /// What a setting stands for; `nil` when it is no reference, or not yet fetched.
    subscript(key: String) -> String? { values.withLock { $0[key] } }

    func set(_ value: String, for key: String) {
        values.withLock { $0[key] = value }
    }
}

extension Settings {
    /// Whether a setting may stand for a value elsewhere: not one that fetching it needs.
    static func mayBeReference(_ key: String) -> Bool {
        !key.hasPrefix("aws.") && !key.hasPrefix("http.") && !key.hasPrefix("log.") && key != name(\.data)
    }

    /// The settings that stand for values elsewhere.
    var references: [(setting: SettingFacts, reference: AWSValueReference)] {
        Keys.all.compactMap { setting in
            guard let text = entries[setting.key]?.value, let reference = AWSValueReference(text),
                Self.mayBeReference(setting.key)
            else { return nil }
            return (setting, reference)
        }
    }

    /// Fetches what settings stand for and checks it as if it stood in the file. A value that is not allowed leaves
    /// the one before in place.
    ///
    /// - Throws: for the first value that cannot be had or is not allowed; none is shown.
    func fetchReferences(
        _ fetch: (AWSValueReference) async throws(AWSValueResolver.Fault) -> AWSSecretText
    ) async throws(ConfigurationError) {
        for (setting, reference) in references {
            let origin = entries[setting.key]?.origin ?? setting.key
            let text: String
            do throws(AWSValueResolver.Fault) {
                text = try await fetch(reference).value
            } catch {
                throw .unresolved(origin: origin, key: setting.key, reason: "\(error)")
            }
            if let expected = setting.refusal(text) {
                throw .badValue(
                    origin: origin, key: setting.key, value: "… of \(reference)", expected: expected)
            }
            fetched.set(text, for: setting.key)
        }
    }
}
