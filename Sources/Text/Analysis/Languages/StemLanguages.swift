/// In which languages the words of a text are stemmed, by what they are written with.
struct StemLanguages: Sendable {
    private let latin: [Language]
    private let cyrillic: [Language]

    /// - Parameter languages: those of the text. Words of Latin letters are stemmed as English where none of them
    ///   has Latin letters, and those of Cyrillic ones as Russian; a script that one language alone is stemmed in
    ///   needs no telling.
    init(_ languages: [Language]) {
        let latin = languages.filter { $0.script == .latin }
        let cyrillic = languages.filter { $0.script == .cyrillic }
        self.latin = latin.isEmpty ? [.english] : latin
        self.cyrillic = cyrillic.isEmpty ? [.russian] : cyrillic
    }

    subscript(script: WordScript) -> [Language] {
        switch script {
        case .latin: latin
        case .cyrillic: cyrillic
        case .greek: Self.greek
        case .armenian: Self.armenian
        case .arabic: Self.arabic
        case .devanagari: Self.hindi
        case .tamil: Self.tamil
        case .hebrew, .other: Self.none
        }
    }

    private static let greek: [Language] = [.greek]
    private static let armenian: [Language] = [.armenian]
    private static let arabic: [Language] = [.arabic]
    private static let hindi: [Language] = [.hindi]
    private static let tamil: [Language] = [.tamil]
    private static let none: [Language] = []
}
