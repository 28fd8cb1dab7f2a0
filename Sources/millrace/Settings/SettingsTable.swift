/// The list of settings as the table that docs/command-line.md shows.
struct SettingsTable: Sendable, Hashable {
    let markdown: String

    init(_ settings: [SettingFacts] = Keys.all) {
        let rows = settings.map { setting in
            let standard = setting.standard.isEmpty ? "" : "`\(setting.standard)`"
            return "| `\(setting.key)` | \(standard) | \(setting.meaning) | \(setting.range) |"
        }
        markdown =
            (["| setting | standard | meaning | range |", "|---|---|---|---|"] + rows)
            .joined(separator: "\n") + "\n"
    }
}
