import HTTPTypes

/// `GET /v1/settings`: the settings in effect, and where each came from.
enum SettingsOperation {
    struct Document: ResponseDocument {
        struct Entry: Encodable, Sendable {
            var key: String
            @Nullable var value: String?
            var standard: String
            var origin: String
            var `where`: String
            var meaning: String
            var range: String
            var secret: Bool
            var isSet: Bool

            init(_ setting: ServedSettings.Setting) {
                key = setting.key
                // Whoever made the list has left it out; once more costs nothing.
                _value = Nullable(wrappedValue: setting.isSecret ? nil : setting.value)
                standard = setting.standard
                origin = setting.origin.rawValue
                `where` = setting.place
                meaning = setting.meaning
                range = setting.range
                secret = setting.isSecret
                isSet = setting.isSet
            }
        }

        @Nullable var file: String?
        var settings: [Entry]

        static var schema: JSONSchema {
            let entry = JSONSchema.object(required: [
                "key": JSONSchema.text.described("its group stands before the first dot"),
                "value": JSONSchema.text.orNull.described("as it is written; null for a secret"),
                "standard": .text, "origin": .choice(ServedSettings.Origin.allCases.map(\.rawValue)),
                "where": JSONSchema.text.described(
                    "the line, variable or option; empty for a standard value"),
                "meaning": .text, "range": .text, "secret": .flag,
                "is_set": JSONSchema.flag.described("whether it has any value"),
            ])
            return .object(required: [
                "file": JSONSchema.text.orNull.described("the file that was read"),
                "settings": .list(of: entry),
            ]).named("Settings")
        }
    }

    static func operation(_ settings: ServedSettings) -> Operation {
        .scoped(
            .admin, "getSettings", .get, "/v1/settings",
            summary: "the settings in effect, and where each came from", section: "administration",
            inputs: .none, responses: [.json(Document.self, "every setting, secrets without their values")]
        ) { _, _ in
            try .json(
                Document(
                    file: Nullable(wrappedValue: settings.file),
                    settings: settings.settings.map { Document.Entry($0) }))
        }
    }
}
