/// A language that words are stemmed in: each has an algorithm of Snowball.
public enum Language: String, Sendable, Hashable, CaseIterable {
    case arabic, armenian, basque, catalan, danish, dutch, english, finnish, french, german, greek, hindi
    case hungarian, indonesian, irish, italian, lithuanian, norwegian, portuguese, romanian, russian, serbian
    case spanish, swedish, tamil, turkish

    /// What its words are written with.
    var script: WordScript {
        switch self {
        case .arabic: .arabic
        case .armenian: .armenian
        case .greek: .greek
        case .hindi: .devanagari
        case .russian, .serbian: .cyrillic
        case .tamil: .tamil
        default: .latin
        }
    }

    /// Two-letter code of ISO 639-1.
    public var code: String {
        switch self {
        case .arabic: "ar"
        case .armenian: "hy"
        case .basque: "eu"
        case .catalan: "ca"
        case .danish: "da"
        case .dutch: "nl"
        case .english: "en"
        case .finnish: "fi"
        case .french: "fr"
        case .german: "de"
        case .greek: "el"
        case .hindi: "hi"
        case .hungarian: "hu"
        case .indonesian: "id"
        case .irish: "ga"
        case .italian: "it"
        case .lithuanian: "lt"
        case .norwegian: "no"
        case .portuguese: "pt"
        case .romanian: "ro"
        case .russian: "ru"
        case .serbian: "sr"
        case .spanish: "es"
        case .swedish: "sv"
        case .tamil: "ta"
        case .turkish: "tr"
        }
    }

    /// Its place in ``allCases``, a bit of ``LanguageSet``.
    var index: Int { Self.indices[self] ?? 0 }
    private static let indices = Dictionary(
        uniqueKeysWithValues: allCases.enumerated().map { ($0.element, $0.offset) })
}

/// Some languages, as bits.
struct LanguageSet: OptionSet, Sendable, Hashable {
    var rawValue: UInt32

    init(rawValue: UInt32) { self.rawValue = rawValue }
    init(_ language: Language) { rawValue = 1 << UInt32(language.index) }
}
