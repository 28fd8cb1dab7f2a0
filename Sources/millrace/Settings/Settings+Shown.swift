import Foundation
import Server

extension Settings {
    /// Every setting as administrators are shown it: where it came from, and its value unless it is a secret.
    var shown: ServedSettings {
        let shown = listed.map { key, setting, entry -> ServedSettings.Setting in
            let origin = Self.origin(entry, setting)
            return ServedSettings.Setting(
                key: key, value: setting.isSecret ? nil : Self.withoutCredentials(entry.value),
                standard: setting.standard, origin: origin, place: origin == .standard ? "" : entry.origin,
                meaning: setting.meaning, range: setting.range, isSecret: setting.isSecret,
                isSet: !entry.value.isEmpty)
        }
        let place = shown.first { $0.origin == .file }?.place
        return ServedSettings(
            file: place.flatMap { $0.lastIndex(of: ":").map { end in String(place?[..<end] ?? "") } },
            settings: shown)
    }

    /// Every setting under its key, and behind them what tenants have of their own, as `tenant.NAME.KEY`.
    var listed: [(key: String, setting: SettingFacts, entry: Entry)] {
        let everybodys = Keys.all.map { setting in
            let entry = entries[setting.key] ?? Entry(value: setting.standard, origin: "standard")
            return (key: setting.key, setting: setting, entry: entry)
        }
        let own = ofTenants.sorted { $0.key < $1.key }.flatMap { tenant in
            tenant.value.sorted { $0.key < $1.key }.compactMap { one in
                Keys.byName[one.key].map { setting in
                    (
                        key: Self.written(one.key, of: tenant.key), setting: setting, entry: one.value
                    )
                }
            }
        }
        return everybodys + own
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
        // Making the expression takes longer than all that few of several hundred settings need.
        guard text.utf8.contains(UInt8(ascii: "@")) else { return text }
        return text.replacing(#/:\/\/[^\/@\s]*@/#, with: "://…@")
    }
}
