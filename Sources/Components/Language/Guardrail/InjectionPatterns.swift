import Text

/// Orders to a model within a text: the forms by which models are steered (``Steering``), and those by which somebody
/// who speaks to one gets round what it was told.
///
/// Whether a sentence is such an order cannot be decided in general. What is found here is worth stopping at a door;
/// what is not found has to be harmless by itself.
enum InjectionPatterns {
    /// Bytes of a line that is looked at in one piece.
    private static let pieceLimitBytes = 4_096
    /// Characters on both sides of a line's end that are looked at together.
    private static let seamLimit = 120

    /// The lines that hold one, each as a whole.
    static func findings(in text: String) -> [GuardrailFinding] {
        var findings: [GuardrailFinding] = []
        var before: (text: String, start: Int)?
        for (line, range) in pieces(of: text) {
            guard !line.allSatisfy(\.isWhitespace) else { continue }
            if steers(line) {
                findings.append(GuardrailFinding(kind: .instruction, range: range))
                before = nil
                continue
            }
            // An order may be cut by the end of a line.
            if let before, steers("\(before.text.suffix(seamLimit)) \(line.prefix(seamLimit))") {
                findings.append(GuardrailFinding(kind: .instruction, range: before.start..<range.upperBound))
            }
            before = (line, range.lowerBound)
        }
        return findings
    }

    static func steers(_ line: String) -> Bool {
        if Steering.steers(line) { return true }
        let plain = plain(line)
        if phrases.isIn(plain) { return true }
        return hidden.places(in: plain).contains { place in
            // A few words before it.
            plain[max(0, place - 80)..<place].split(separator: 0x20).suffix(6).contains {
                revealing.contains(Array($0))
            }
        }
    }

    /// In lower case, with one blank for whatever stands between words.
    private static func plain(_ line: String) -> [UInt8] {
        var plain: [UInt8] = []
        for byte in line.lowercased().utf8 {
            if byte.isWord {
                plain.append(byte)
            } else if plain.last != 0x20 {
                plain.append(0x20)
            }
        }
        return plain
    }

    /// Words that get round rules, whatever stands beside them.
    private static let phrases = BytePhrases([
        "do anything now", "developer mode enabled", "enable developer mode", "jailbreak mode",
        "you are now dan",
        "act as dan", "pretend you have no rules", "pretend you have no restrictions",
        "without any restrictions",
        "no content policy", "stay in character no matter", "bypass your", "disable your safety",
        "your new instructions",
        "override your instructions", "you are no longer bound", "entwicklermodus", "ohne jede einschränkung",
        "mode développeur", "sans aucune restriction", "modo desarrollador", "sin ninguna restricción",
        "modalità sviluppatore", "senza alcuna restrizione", "開発者モード", "开发者模式", "越狱模式", "режим разработчика",
        "забудь все инструкции", "игнорируй все", "игнорируй предыдущие", "zignoruj wszystkie",
        "zignoruj poprzednie",
        "önceki talimatları yok say",
    ])
    private static let revealing: Set<[UInt8]> = Set(
        [
            "reveal", "show", "print", "repeat", "output", "tell", "give", "display", "leak", "dump", "zeige",
            "zeig",
            "nenne", "verrate", "wiederhole", "gib", "montre", "affiche", "répète", "révèle", "muestra",
            "muéstrame",
            "revela", "repite", "mostra", "rivela", "ripeti", "mostre", "repita", "toon", "herhaal", "покажи",
            "раскрой",
        ].map { Array($0.utf8) })
    private static let hidden = BytePhrases([
        "system prompt", "systemprompt", "system message", "hidden prompt", "initial prompt",
        "your instructions",
        "your prompt", "initial instructions", "hidden instructions", "deine anweisungen", "deinen prompt",
        "systemanweisung", "prompt système", "tes instructions", "vos instructions", "prompt del sistema",
        "tus instrucciones", "prompt di sistema", "tue istruzioni", "prompt do sistema", "suas instruções",
        "systeemprompt", "системный промпт",
    ])

    /// Lines with their places in bytes; a long one in pieces that overlap.
    private static func pieces(of text: String) -> [(text: String, range: Range<Int>)] {
        let bytes = Array(text.utf8)
        var pieces: [(text: String, range: Range<Int>)] = []
        for line in bytes.indices.split(whereSeparator: { bytes[$0] == 0x0A || bytes[$0] == 0x0D }) {
            var start = line.startIndex
            while start < line.endIndex {
                var end = min(start + pieceLimitBytes, line.endIndex)
                // A character that the limit falls into goes into the next piece whole.
                while end < line.endIndex, end > start + 1, bytes[end] & 0xC0 == 0x80 { end -= 1 }
                pieces.append((String(decoding: bytes[start..<end], as: UTF8.self), start..<end))
                guard end < line.endIndex else { break }
                start += pieceLimitBytes / 2
                while start < end, bytes[start] & 0xC0 == 0x80 { start += 1 }
            }
        }
        return pieces
    }
}

/// Texts that are looked for at once, by their bytes.
private struct BytePhrases: Sendable {
    private let byFirst: [[[UInt8]]]

    init(_ phrases: [String]) {
        var table = [[[UInt8]]](repeating: [], count: 256)
        for phrase in phrases.map({ Array($0.utf8) }) where !phrase.isEmpty {
            table[Int(phrase[0])].append(phrase)
        }
        byFirst = table
    }

    func isIn(_ text: [UInt8]) -> Bool { text.indices.contains { stands(in: text, at: $0) } }

    func places(in text: [UInt8]) -> [Int] { text.indices.filter { stands(in: text, at: $0) } }

    private func stands(in text: [UInt8], at place: Int) -> Bool {
        byFirst[Int(text[place])].contains { phrase in
            place + phrase.count <= text.count && phrase.indices.allSatisfy { text[place + $0] == phrase[$0] }
        }
    }
}
