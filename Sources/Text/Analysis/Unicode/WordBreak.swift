/// Where words begin and end: the rules of UAX #29, section 4.1, over properties that Swift's library knows.
enum WordBreak {
    /// `Word_Break` of a scalar; ``pictographic`` stands for `Other` that is an extended pictograph.
    enum Property: UInt8 {
        case other, cr, lf, newline, extend, zwj, format, katakana, hebrewLetter, aLetter
        case midLetter, midNum, midNumLet, numeric, extendNumLet, regionalIndicator, wSegSpace
        case singleQuote, doubleQuote, pictographic
    }

    /// For each scalar but the first, whether a word boundary lies before it.
    static func boundaries(_ properties: [Property]) -> [Bool] {
        var result = [Bool](repeating: true, count: properties.count)
        // The last two that are not skipped (rule WB4), and how many regional indicators end there.
        var before: Property?
        var last: Property?
        var indicators = 0
        for index in properties.indices {
            let current = properties[index]
            if index > 0 { result[index] = breaks(at: index, properties, before, last, indicators) }
            if isSkipped(current), let direct = last, !isLineEnd(direct) { continue }
            indicators = current == .regionalIndicator ? indicators + 1 : 0
            (before, last) = (last, current)
        }
        return result
    }

    private static func breaks(
        at index: Int, _ all: [Property], _ before: Property?, _ last: Property?, _ indicators: Int
    ) -> Bool {
        let previous = all[index - 1]
        let current = all[index]
        if previous == .cr && current == .lf { return false }  // WB3
        if isLineEnd(previous) || isLineEnd(current) { return true }  // WB3a, WB3b
        if previous == .zwj && current == .pictographic { return false }  // WB3c
        if previous == .wSegSpace && current == .wSegSpace { return false }  // WB3d
        if isSkipped(current) { return false }  // WB4
        guard let last else { return true }
        switch (last, current) {
        case (.aLetter, .aLetter), (.aLetter, .hebrewLetter), (.hebrewLetter, .aLetter),
            (.hebrewLetter, .hebrewLetter):
            return false  // WB5
        case (.aLetter, .midLetter), (.aLetter, .midNumLet), (.aLetter, .singleQuote),
            (.hebrewLetter, .midLetter), (.hebrewLetter, .midNumLet):
            return !isLetter(next(after: index, all))  // WB6
        case (.hebrewLetter, .singleQuote):
            return false  // WB6, WB7a
        case (.midLetter, .aLetter), (.midLetter, .hebrewLetter), (.midNumLet, .aLetter),
            (.midNumLet, .hebrewLetter), (.singleQuote, .aLetter), (.singleQuote, .hebrewLetter):
            return !isLetter(before)  // WB7
        case (.hebrewLetter, .doubleQuote):
            return next(after: index, all) != .hebrewLetter  // WB7b
        case (.doubleQuote, .hebrewLetter):
            return before != .hebrewLetter  // WB7c
        case (.numeric, .numeric), (.aLetter, .numeric), (.hebrewLetter, .numeric), (.numeric, .aLetter),
            (.numeric, .hebrewLetter):
            return false  // WB8, WB9, WB10
        case (.midNum, .numeric), (.midNumLet, .numeric), (.singleQuote, .numeric):
            return before != .numeric  // WB11
        case (.numeric, .midNum), (.numeric, .midNumLet), (.numeric, .singleQuote):
            return next(after: index, all) != .numeric  // WB12
        case (.katakana, .katakana):
            return false  // WB13
        case (.aLetter, .extendNumLet), (.hebrewLetter, .extendNumLet), (.numeric, .extendNumLet),
            (.katakana, .extendNumLet), (.extendNumLet, .extendNumLet):
            return false  // WB13a
        case (.extendNumLet, .aLetter), (.extendNumLet, .hebrewLetter), (.extendNumLet, .numeric),
            (.extendNumLet, .katakana):
            return false  // WB13b
        case (.regionalIndicator, .regionalIndicator):
            return indicators.isMultiple(of: 2)  // WB15, WB16
        default:
            return true  // WB999
        }
    }

    private static func next(after index: Int, _ all: [Property]) -> Property? {
        all[(index + 1)...].first { !isSkipped($0) }
    }

    private static func isSkipped(_ property: Property) -> Bool {
        property == .extend || property == .format || property == .zwj
    }

    private static func isLineEnd(_ property: Property) -> Bool {
        property == .cr || property == .lf || property == .newline
    }

    private static func isLetter(_ property: Property?) -> Bool {
        property == .aLetter || property == .hebrewLetter
    }
}
