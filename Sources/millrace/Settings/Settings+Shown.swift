import Foundation
import Server

extension Settings {
    /// Every setting as administrators are shown it: where it came from, and its value unless it is a secret.
    var shown: ServedSettings {
        let shown = Keys.all.map { setting -> ServedSettings.Setting in
            let entry = entries[setting.key] ?? Entry(value: setting.standard, origin: "standard")
            let origin = Self.origin(entry, setting)
            return ServedSettings.Setting(
                key: setting.key, value: setting.isSecret ? nil : Self.withoutCredentials(entry.value),
                standard: setting.standard, origin: origin, place: origin == .standard ? "" : entry.origin,
                meaning: setting.meaning, range: setting.range, isSecret: setting.isSecret,
                isSet: !entry.value.isEmpty)
        }
        let place = shown.first { $0.origin == .file }?.place
        return ServedSettings(
            file: place.flatMap { $0.lastIndex(of: ":").map { end in String(place?[..<end] ?? "") } },
            settings: shown)
    }

    private static func origin(_ entry: Entry, _ setting: SettingFacts) -> ServedSettings.Origin {
        switch entry.origin {
        case "standard": .standard
        case setting.environmentName: .environment
        case let origin where origin.hasPrefix("--set "): .commandLine
        default: .file
        }
    }

    /// A text without the user and password of any address in it.
    private static func withoutCredentials(_ text: String) -> String {
        text.replacing(#/:\/\/[^\/@\s]*@/#, with: "://…@")
    }
}
