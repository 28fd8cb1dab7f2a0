/// What a text that ``Steering`` tells has at least one of, found in one pass over its bytes: of a hundred lines of a
/// wiki a few need a closer look.
struct SteeringSigns {
    /// Whether a word stands there that orders, or that says who is spoken to.
    private(set) var hasWord = false
    /// Whether something stands there that markup of prompts begins with.
    private(set) var hasMarkup = false
    /// Whether such markup stands there byte by byte.
    private(set) var holdsMarkup = false
    private(set) var isASCII = true

    /// - Parameter plain: in lower case.
    init(in plain: String) {
        var plain = plain
        plain.withUTF8 { look(at: $0) }
    }

    private mutating func look(at bytes: UnsafeBufferPointer<UInt8>) {
        for place in bytes.indices {
            let byte = bytes[place]
            if byte >= 0x80 { isASCII = false }
            // Han, Kana and Hangul have no words to begin with.
            if (0xE3...0xED).contains(byte) { hasWord = true }
            for stem in Self.stems[Int(byte)] where Self.begins(bytes[place...], with: stem.bytes) {
                switch stem.kind {
                case .beginning: hasMarkup = true
                case .markup: holdsMarkup = true
                case .part: hasWord = true
                case .word:
                    let end = place + stem.bytes.count
                    let isWhole =
                        (place == 0 || !Self.isLetter(bytes[place - 1]))
                        && (end == bytes.count || !Self.isLetter(bytes[end]))
                    if isWhole { hasWord = true }
                }
            }
        }
    }

    /// Whether a line may begin as a turn of a conversation: behind marks in front a name's end is near. What is not
    /// told by bytes alone may.
    static func mayHaveSpeaker(_ text: String) -> Bool {
        var begun = false
        // Twenty-four characters are looked at, of which an end of a line may have two bytes.
        var left = 48
        for byte in text.utf8 {
            if byte >= 0x80 { return true }
            if !begun, isMark(byte) { continue }
            begun = true
            switch byte {
            case UInt8(ascii: ":"), UInt8(ascii: ">"), UInt8(ascii: "]"): return true
            default: break
            }
            left -= 1
            if left == 0 { return false }
        }
        return false
    }

    /// `#*>-_[(`, a blank or a tab.
    private static func isMark(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "#"), UInt8(ascii: "*"), UInt8(ascii: ">"), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: "["), UInt8(ascii: "("), UInt8(ascii: " "), UInt8(ascii: "\t"):
            true
        default: false
        }
    }

    private struct Stem {
        enum Kind { case beginning, markup, part, word }

        var bytes: [UInt8]
        var kind: Kind
    }

    private static func begins(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, with stem: [UInt8]) -> Bool {
        bytes.count >= stem.count && bytes.prefix(stem.count).elementsEqual(stem)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte >= 0x80
    }

    /// By their first byte.
    private static let stems: [[Stem]] = {
        let beginnings = ["<", "[inst", "[/inst", "\"role", "### instruction"]
        let parts = [
            // To forget and to pass over.
            "ignor", "disregard", "forget", "overrid", "oubli", "négl", "verg", "missacht", "olvid",
            "dimentic",
            "esque", "negeer",
            // Who is spoken to, and when.
            "question", "chatbot", "crawler", "bots", "llm", "assistant",
        ]
        let kinds: [(Stem.Kind, [String])] = [
            (.beginning, beginnings), (.markup, Steering.markup), (.part, parts), (.word, ["ai", "ais"]),
        ]
        var table = [[Stem]](repeating: [], count: 256)
        for (kind, texts) in kinds {
            for text in texts {
                let bytes = Array(text.utf8)
                table[Int(bytes[0])].append(Stem(bytes: bytes, kind: kind))
            }
        }
        return table
    }()
}
