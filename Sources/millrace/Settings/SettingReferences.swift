import AWSServices
import Synchronization

/// Settings whose text stands for a value elsewhere, `secret:NAME#key` or `ssm:/path`, and what they stand for now.
///
/// Shared by every copy of the settings, so that whoever reads a setting when it is needed gets a rotated value.
final class SettingReferences: Sendable {
    private let values = Mutex<[String: String]>([:])
    private let known = Mutex<[String: ReferenceFault]>([:])

    /// What a setting stands for; `nil` when it is no reference, or not yet fetched.
    subscript(key: String) -> String? { values.withLock { $0[key] } }

    func set(_ value: String, for key: String) {
        values.withLock { $0[key] = value }
    }

    /// What was wrong with values when they were last asked for, in the order of their keys.
    var faults: [ReferenceFault] {
        known.withLock { known in known.values.sorted { $0.key < $1.key } }
    }

    /// - Parameter fault: `nil` where the value was had.
    func note(_ fault: ReferenceFault?, for key: String) {
        known.withLock { $0[key] = fault }
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

    /// Fetches what settings stand for, all of it, and checks it as if it stood in the file.
    ///
    /// - Throws: for the first value that cannot be had or is not allowed; none is shown. The others are fetched.
    func fetchReferences(
        _ fetch: (AWSValueReference) async throws(AWSValueResolver.Fault) -> AWSSecretText
    ) async throws(ConfigurationError) {
        if let fault = await refreshReferences(fetch).first { throw fault.error }
    }

    /// The same, each for itself: a value that cannot be had or is not allowed leaves the one before in place.
    ///
    /// - Returns: what is wrong with values, none of which is shown; ``SettingReferences/faults`` from then on.
    func refreshReferences(
        _ fetch: (AWSValueReference) async throws(AWSValueResolver.Fault) -> AWSSecretText
    ) async -> [ReferenceFault] {
        var faults: [ReferenceFault] = []
        for (setting, reference) in references {
            if let fault = await refresh(setting, reference, fetch) { faults.append(fault) }
        }
        return faults
    }

    /// Fetches what one setting stands for.
    ///
    /// - Returns: what is wrong with the value; the one before stays in place then.
    func refresh(
        _ setting: SettingFacts, _ reference: AWSValueReference,
        _ fetch: (AWSValueReference) async throws(AWSValueResolver.Fault) -> AWSSecretText
    ) async -> ReferenceFault? {
        let origin = entries[setting.key]?.origin ?? setting.key
        let fault: ReferenceFault?
        do throws(AWSValueResolver.Fault) {
            let text = try await fetch(reference).value
            if let expected = setting.refusal(text) {
                fault = ReferenceFault(
                    key: setting.key, sort: "not allowed",
                    error: .badValue(
                        origin: origin, key: setting.key, value: "… of \(reference)", expected: expected))
            } else {
                fetched.set(text, for: setting.key)
                fault = nil
            }
        } catch {
            fault = ReferenceFault(
                key: setting.key, sort: error.sort,
                error: .unresolved(origin: origin, key: setting.key, reason: "\(error)"))
        }
        fetched.note(fault, for: setting.key)
        return fault
    }

    /// The same with the standard values of settings whose references were not fetched, which cannot be read.
    func withoutUnresolved() -> Settings {
        let unresolved = references.map(\.setting).filter { fetched[$0.key] == nil }
        return replacing(
            Dictionary(unresolved.map { ($0.key, $0.standard) }, uniquingKeysWith: { first, _ in first }),
            origin: "standard")
    }
}
