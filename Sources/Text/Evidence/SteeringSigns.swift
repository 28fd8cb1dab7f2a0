/// What every text that ``Steering`` tells has at least one of, found in one pass over its bytes: of a hundred lines
/// of a wiki a few need a closer look.
enum SteeringSigns {
    /// - Parameter plain: in lower case.
    static func stand(in plain: String) -> Bool {
        var plain = plain
        return plain.withUTF8 { bytes in
            for place in bytes.indices {
                let byte = bytes[place]
                // Han, Kana and Hangul have no words to begin with.
                if (0xE3...0xED).contains(byte) { return true }
                for stem in stems[Int(byte)] where begins(bytes[place...], with: stem.bytes) {
                    guard stem.isWord else { return true }
                    let end = place + stem.bytes.count
                    let isWhole =
                        (place == 0 || !isLetter(bytes[place - 1]))
                        && (end == bytes.count || !isLetter(bytes[end]))
                    if isWhole { return true }
                }
            }
            return false
        }
    }

    private struct Stem {
        var bytes: [UInt8]
        /// Whether no letter may stand beside it.
        var isWord: Bool
    }

    private static func begins(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, with stem: [UInt8]) -> Bool {
        bytes.count >= stem.count && bytes.prefix(stem.count).elementsEqual(stem)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte >= 0x80
    }

    /// By their first byte.
    private static let stems: [[Stem]] = {
        var table = [[Stem]](repeating: [], count: 256)
        for stem in [
            // Markup of prompts.
            "<", "[inst", "[/inst", "\"role", "### instruction",
            // To forget and to pass over.
            "ignor", "disregard", "forget", "overrid", "oubli", "négl", "verg", "missacht", "olvid",
            "dimentic",
            "esque", "negeer",
            // Who is spoken to, and when.
            "question", "chatbot", "crawler", "bots", "llm", "assistant",
        ] {
            let bytes = Array(stem.utf8)
            table[Int(bytes[0])].append(Stem(bytes: bytes, isWord: false))
        }
        for word in ["ai", "ais"] {
            let bytes = Array(word.utf8)
            table[Int(bytes[0])].append(Stem(bytes: bytes, isWord: true))
        }
        return table
    }()
}
