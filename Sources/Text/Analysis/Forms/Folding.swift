import Foundation

/// Which spellings are one: NFKC, full case folding, marks.
enum Folding {
    /// NFKC with full case folding, without format characters; digits of any script as ASCII's.
    ///
    /// Folding is to the small form of the great form, which is Unicode's full folding (`ß` to `ss`, `ﬁ` to `fi`,
    /// `ς` to `σ`) but for `ı`, whose great form it shares with `i`: it stays what it is. The dot that a small `İ`
    /// keeps above its `i` is left out.
    static func caseFolded(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.lowercased() }
        var folded = String.UnicodeScalarView()
        for scalar in text.precomposedStringWithCompatibilityMapping.unicodeScalars {
            let properties = scalar.properties
            switch properties.generalCategory {
            case .format: continue
            case .decimalNumber:
                let digit = Int(properties.numericValue ?? 0)
                folded.append(Unicode.Scalar(UInt8(ascii: "0") + UInt8(clamping: digit)))
            default:
                if scalar == "ı" {
                    folded.append(scalar)
                } else if scalar == "İ" {
                    folded.append("i")
                } else {
                    folded.append(contentsOf: lowercased(properties.uppercaseMapping))
                }
            }
        }
        return String(folded).precomposedStringWithCompatibilityMapping
    }

    private static func lowercased(_ upper: String) -> String.UnicodeScalarView {
        var result = String.UnicodeScalarView()
        for scalar in upper.unicodeScalars {
            result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
        }
        return result
    }

    /// Without the marks that readers leave away, where the script has such; with plain letters for those that no
    /// decomposition makes plain (`ø`, `ł`, `ı`). Of Arabic also without what varies in spelling: alef's hamza,
    /// the last yeh's dots, teh marbuta, the stroke that stretches.
    ///
    /// - Parameter text: folded by case.
    static func withoutMarks(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
        var result = String.UnicodeScalarView()
        var isOptional = false
        for scalar in text.decomposedStringWithCompatibilityMapping.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .enclosingMark:
                // Cyrillic й is a letter of its own, not и with a mark; ё is often written е.
                if !isOptional || (scalar == "\u{306}" && result.last.map(isCyrillicI) ?? false) {
                    result.append(scalar)
                }
            default:
                isOptional = WordScript(of: scalar).hasOptionalMarks
                if scalar == "\u{640}" { continue }
                if let plain = plainLetters[scalar] {
                    result.append(contentsOf: plain.unicodeScalars)
                } else {
                    result.append(scalar)
                }
            }
        }
        return String(result).precomposedStringWithCompatibilityMapping
    }

    private static func isCyrillicI(_ scalar: Unicode.Scalar) -> Bool { scalar == "и" || scalar == "у" }

    /// With umlauts and their like as two letters, as they are written where a keyboard lacks them: German and
    /// Scandinavian usage, which agree but for `ø`. `nil` when the word has none.
    ///
    /// - Parameter text: folded by case.
    static func spelledOut(_ text: String) -> String? {
        guard !text.utf8.allSatisfy({ $0 < 0x80 }),
            text.unicodeScalars.contains(where: { twoLetters[$0] != nil })
        else { return nil }
        var result = ""
        for scalar in text.unicodeScalars {
            if let two = twoLetters[scalar] { result += two } else { result.unicodeScalars.append(scalar) }
        }
        return withoutMarks(result)
    }

    private static let twoLetters: [Unicode.Scalar: String] = [
        "ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe",
    ]
    private static let plainLetters: [Unicode.Scalar: String] = [
        "ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d",
        "ə": "e", "ŋ": "n",
        // Arabic, with Persian's and Urdu's forms of two letters.
        "ٱ": "ا", "ى": "ي", "ة": "ه", "ی": "ي", "ک": "ك",
    ]

    /// A character of a script without blanks, as a term: NFKC, small.
    static func gram(_ bytes: ArraySlice<UInt8>) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        // Ideographs, kana and hangul as pages have them are their own NFKC.
        if bytes.count == 3, let scalar = text.unicodeScalars.first, isPlainGram(scalar.value) { return text }
        return cut(caseFolded(text))
    }

    private static func isPlainGram(_ value: UInt32) -> Bool {
        switch value {
        case 0x3041...0x3096, 0x30A1...0x30FA, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xAC00...0xD7A3: true
        default: false
        }
    }

    /// At most as long as a term may be.
    static func cut(_ term: String) -> String {
        guard term.utf8.count > Analyzer.termByteLimit else { return term }
        var result = ""
        var count = 0
        for scalar in term.unicodeScalars {
            count += UTF8.width(scalar)
            if count > Analyzer.termByteLimit { break }
            result.unicodeScalars.append(scalar)
        }
        return result
    }
}
