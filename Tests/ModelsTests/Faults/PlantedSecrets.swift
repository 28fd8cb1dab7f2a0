import Foundation

/// Secrets that are recognised wherever they come to light, and all the ways in which a value can show them.
enum PlantedSecrets {
    static let storedSecret = "planted-secret-string"
    static let storedParameter = "planted-parameter"
    static let sessionToken = "planted-session-token"

    /// Every text that printing, interpolating, reflecting or dumping a value gives.
    static func shown(_ value: Any) -> String {
        var text = String(describing: value) + "\n" + String(reflecting: value) + "\n\(value)\n"
        dump(value, to: &text)
        if let error = value as? any Error {
            text += error.localizedDescription + "\n\(error as NSError)\n\((error as NSError).userInfo)\n"
        }
        return text
    }

    /// Those of `secrets`, and all that are planted here, which a text holds.
    static func found(in text: String, _ secrets: [String] = []) -> [String] {
        (secrets + ["planted"]).filter { !$0.isEmpty && text.contains($0) }
    }
}
