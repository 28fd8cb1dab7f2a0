import Foundation

/// SentencePiece's compiled character map: what becomes of a character before a text is cut into pieces.
///
/// | offset | size | meaning |
/// |---|---|---|
/// | 0 | 4 | *n*: bytes of the trie, little-endian |
/// | 4 | *n* | a double array of 32-bit units, as `darts-clone` writes it |
/// | 4 + *n* | rest | the replacements, each ended by a zero; the trie's values are offsets here |
///
/// As the reference (Hugging Face `tokenizers`) has it, a grapheme cluster below 6 bytes is looked up whole,
/// by its shortest prefix that is in the map, and if it has none, scalar by scalar.
struct PrecompiledCharacters: Sendable {
    private let units: [UInt32]
    private let replacements: [UInt8]

    /// - Returns: `nil` if the lengths do not fit.
    init?(_ blob: Data) {
        let bytes = [UInt8](blob)
        func word(_ at: Int) -> UInt32 {
            (0..<4).reduce(0) { $0 | UInt32(bytes[at + $1]) << UInt32(8 * $1) }
        }
        guard bytes.count >= 4 else { return nil }
        let size = Int(word(0))
        guard size > 0, size % 4 == 0, size <= bytes.count - 4 else { return nil }
        units = stride(from: 4, to: 4 + size, by: 4).map(word)
        replacements = Array(bytes[(4 + size)...])
    }

    func normalize(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for character in text {
            let scalars = character.unicodeScalars
            if character.utf8.count < 6, let replacement = replacement(character.utf8) {
                result.append(contentsOf: replacement.unicodeScalars)
                continue
            }
            for scalar in scalars {
                if let replacement = replacement(String(scalar).utf8) {
                    result.append(contentsOf: replacement.unicodeScalars)
                } else {
                    result.append(scalar)
                }
            }
        }
        return String(result)
    }

    /// What the shortest prefix of `bytes` that is in the map becomes; `nil` if none is.
    private func replacement(_ bytes: some Sequence<UInt8>) -> String? {
        var node = offset(units[0])
        for byte in bytes where byte != 0 {
            node ^= Int(byte)
            guard node < units.count else { return nil }
            let unit = units[node]
            guard unit & 0x8000_00FF == UInt32(byte) else { return nil }
            node ^= offset(unit)
            guard node < units.count else { return nil }
            guard (unit >> 8) & 1 == 1 else { continue }
            let start = Int(units[node] & 0x7FFF_FFFF)
            guard start <= replacements.count else { return nil }
            let end = replacements[start...].firstIndex(of: 0) ?? replacements.endIndex
            return String(validating: replacements[start..<end], as: UTF8.self)
        }
        return nil
    }

    /// How far a unit's children are, to be combined by exclusive or.
    private func offset(_ unit: UInt32) -> Int { Int((unit >> 10) << ((unit & 0x200) >> 6)) }
}
