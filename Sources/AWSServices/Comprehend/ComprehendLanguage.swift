/// The languages in which Comprehend finds entities, key phrases and sentiment, as it writes them.
public enum ComprehendLanguage: String, Sendable, Hashable, CaseIterable, Codable {
    case english = "en"
    case spanish = "es"
    case french = "fr"
    case german = "de"
    case italian = "it"
    case portuguese = "pt"
    case arabic = "ar"
    case hindi = "hi"
    case japanese = "ja"
    case korean = "ko"
    case chinese = "zh"
    case traditionalChinese = "zh-TW"

    /// The language of a tag such as `en`, `pt-BR` or `zh-TW` (RFC 5646), in any case.
    ///
    /// - Returns: `nil` where Comprehend does not know the language.
    public init?(tag: String) {
        let tag = tag.lowercased()
        let primary = tag.prefix { $0 != "-" && $0 != "_" }
        let known = Self.allCases.first { $0.rawValue.lowercased() == tag.replacing("_", with: "-") }
        guard let language = known ?? Self.allCases.first(where: { $0.rawValue == primary }) else {
            return nil
        }
        self = language
    }

    /// Whether Comprehend finds personal data in it: English and Spanish.
    public var hasPersonalData: Bool { self == .english || self == .spanish }
}
