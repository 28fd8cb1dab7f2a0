/// What the analyzer needs to know of a scalar, in one byte: its `Word_Break` property, and whether it is of a
/// script that is indexed by characters and pairs.
struct ScalarClass: Sendable, Hashable {
    private let value: UInt8

    /// Made once for the Basic Multilingual Plane, as what is asked of the library takes longer than a look.
    init(of scalar: Unicode.Scalar) {
        self = scalar.value < 0x10000 ? Self.plane[Int(scalar.value)] : Self(computedFor: scalar)
    }

    var wordBreak: WordBreak.Property { WordBreak.Property(rawValue: value & 0x3F) ?? .other }
    var isGram: Bool { value & 0x40 != 0 }
    /// Whether of a script that does write words, whose words are kept beside the pairs: katakana and hangul.
    var isGramWord: Bool { value & 0x80 != 0 }

    private init(computedFor scalar: Unicode.Scalar) {
        let isGram = Self.isGram(scalar)
        let property = Self.property(of: scalar, isGram: isGram)
        let isWord = property == .katakana || Self.isHangul(scalar.value)
        value = property.rawValue | (isGram ? 0x40 : 0) | (isGram && isWord ? 0x80 : 0)
    }

    private static let plane: [ScalarClass] = (0..<0x10000).map { value in
        ScalarClass(computedFor: Unicode.Scalar(UInt32(value)) ?? "\u{FFFD}")
    }

    /// After the table of UAX #29, section 4.1.1, from general categories and a few named scalars.
    private static func property(of scalar: Unicode.Scalar, isGram: Bool) -> WordBreak.Property {
        switch scalar.value {
        case 0x0D: return .cr
        case 0x0A: return .lf
        case 0x0B, 0x0C, 0x85, 0x2028, 0x2029: return .newline
        case 0x200D: return .zwj
        case 0x200B: return .other
        case 0x22: return .doubleQuote
        case 0x27: return .singleQuote
        case 0x2E, 0x2018, 0x2019, 0x2024, 0xFE52, 0xFF07, 0xFF0E: return .midNumLet
        case 0x3A, 0xB7, 0x387, 0x55F, 0x5F4, 0x2027, 0xFE13, 0xFE55, 0xFF1A: return .midLetter
        case 0x2C, 0x3B, 0x37E, 0x589, 0x60C, 0x60D, 0x66C, 0x7F8, 0x2044, 0xFE10, 0xFE14, 0xFE50, 0xFE54,
            0xFF0C, 0xFF1B:
            return .midNum
        case 0x202F: return .extendNumLet
        case 0x1F1E6...0x1F1FF: return .regionalIndicator
        case 0x20, 0x1680, 0x2000...0x2006, 0x2008...0x200A, 0x205F, 0x3000: return .wSegSpace
        case 0x3031...0x3035, 0x309B, 0x309C, 0x30A0...0x30FF, 0x31F0...0x31FF, 0x32D0...0x32FE,
            0x3300...0x3357, 0xFF66...0xFF9D, 0x1AFF0...0x1AFFE, 0x1B000, 0x1B120...0x1B122, 0x1B155,
            0x1B164...0x1B167:
            return scalar.value == 0x30FB ? .other : .katakana
        default: return byCategory(scalar, isGram)
        }
    }

    private static func byCategory(_ scalar: Unicode.Scalar, _ isGram: Bool) -> WordBreak.Property {
        let properties = scalar.properties
        let category = properties.generalCategory
        if properties.isGraphemeExtend || category == .spacingMark
            || (0x1F3FB...0x1F3FF).contains(scalar.value)
        {
            return .extend
        }
        switch category {
        case .format: return .format
        case .decimalNumber: return .numeric
        case .connectorPunctuation: return .extendNumLet
        default: break
        }
        if (0x5D0...0x5F2).contains(scalar.value) || (0xFB1D...0xFB4F).contains(scalar.value) {
            return properties.isAlphabetic ? .hebrewLetter : .other
        }
        if isLetter(scalar), !properties.isIdeographic, !isGram || isHangul(scalar.value) { return .aLetter }
        let isDingbat = (0x2600...0x27BF).contains(scalar.value) && category == .otherSymbol
        return isDingbat || properties.isEmoji && scalar.value > 0x7F ? .pictographic : .other
    }

    /// Alphabetic, or one of the modifier letters and marks that the annex counts as letters.
    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x2C2...0x2C5, 0x2D2...0x2D7, 0x2DE, 0x2DF, 0x2E5...0x2EB, 0x2ED, 0x2EF...0x2FF, 0x55A, 0x55B,
            0x55C, 0x55E, 0x58A, 0x5F3, 0x70F, 0xA708...0xA716, 0xA720, 0xA721, 0xA789, 0xA78A, 0xAB5B:
            true
        default: scalar.properties.isAlphabetic
        }
    }

    private static func isGram(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0E00...0x0E7F, 0x0E80...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF, 0x1950...0x19DF,
            0x1A20...0x1AAF, 0xA9E0...0xA9FF, 0xAA60...0xAADF:
            // Thai, Lao, Myanmar, Khmer, Tai Le, New Tai Lue, Tai Tham, Tai Viet: letters, not their digits and marks.
            scalar.properties.generalCategory == .otherLetter
                || scalar.properties.generalCategory == .modifierLetter
        case 0x3005...0x3007, 0x3021...0x3029, 0x3031...0x3035, 0x3041...0x3096, 0x309D...0x309F,
            0x30A1...0x30FA, 0x30FC...0x30FF, 0x3105...0x312F, 0x31A0...0x31BF, 0x31F0...0x31FF,
            0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0xFF66...0xFF9D, 0x16FE0...0x18DFF,
            0x1AFF0...0x1B16F, 0x20000...0x3FFFF:
            true
        default: isHangul(scalar.value)
        }
    }

    private static func isHangul(_ value: UInt32) -> Bool {
        switch value {
        case 0x1100...0x11FF, 0x3131...0x318E, 0xA960...0xA97F, 0xAC00...0xD7FF, 0xFFA0...0xFFDC: true
        default: false
        }
    }
}
