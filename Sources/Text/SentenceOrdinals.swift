/// Numbers whose full stop makes an ordinal of them, as German, the Nordic and many other languages write them:
/// “31. März”, “31. March”, “31. 3. 2031”, “im 2. Stock”, “der 3. Versuch”.
enum SentenceOrdinals {
    /// - Parameters:
    ///   - number: of the bytes before the full stop.
    ///   - next: where the next word begins; it does not begin small.
    static func isOne(
        _ number: Range<Int>, sentenceFrom start: Int, next: Int, upTo end: Int, _ bytes: [UInt8]
    ) -> Bool {
        guard number.count <= 3, bytes[number].allSatisfy(isDigit) else { return false }
        var after = next
        while after < end, isDigit(bytes[after]) { after += 1 }
        if after > next { return isDate(number, start, next..<after, end, bytes) }
        while after < end, isWord(bytes[after]) { after += 1 }
        if number.count <= 2, months.contains(lowercased(next..<after, bytes)) { return true }
        return articles.contains(word(before: number.lowerBound, from: start, bytes))
    }

    /// Day and month, or month and year, of “31. 3. 2031”.
    private static func isDate(
        _ number: Range<Int>, _ start: Int, _ next: Range<Int>, _ end: Int, _ bytes: [UInt8]
    ) -> Bool {
        guard number.count <= 2 else { return false }
        let stopFollows = next.upperBound < end && bytes[next.upperBound] == UInt8(ascii: ".")
        if next.count <= 2 { return stopFollows }
        let before = word(before: number.lowerBound, from: start, bytes)
        return next.count == 4 && (2...3).contains(before.utf8.count) && before.last == "."
            && before.dropLast().utf8.allSatisfy(isDigit)
    }

    /// The word that ends before the white space at `offset`, small.
    private static func word(before offset: Int, from start: Int, _ bytes: [UInt8]) -> String {
        var upper = offset
        while upper > start, WhiteSpace.contains(bytes[upper - 1]) { upper -= 1 }
        var lower = upper
        while lower > start, isWord(bytes[lower - 1]) || bytes[lower - 1] == UInt8(ascii: ".") { lower -= 1 }
        return lowercased(lower..<upper, bytes)
    }

    private static func lowercased(_ range: Range<Int>, _ bytes: [UInt8]) -> String {
        String(decoding: bytes[range], as: UTF8.self).lowercased()
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        byte >= 0x80 || isDigit(byte) || (byte | 0x20) &- 0x61 < 26
    }

    /// Of the languages that write them great, and of the Nordic ones for headings; short forms too.
    private static let months = set(
        """
        january february march april may june july august september october november december
        januar jänner februar feber märz mai juni juli oktober dezember marts mars maj augusti desember
        jan feb mar mär mrz apr jun jul aug sep sept oct okt nov dec dez des
        """)

    /// What stands before an ordinal, and hardly before a number that ends a sentence.
    private static let articles = set(
        """
        der die das dem den des am im zum zur vom beim ab bis seit jede jeder jedes jeden jedem ein eine einen
        einem einer unser unsere unserem unserer ihr ihre sein seine det
        """)

    private static func set(_ list: String) -> Set<String> {
        Set(list.split(whereSeparator: \.isWhitespace).map(String.init))
    }
}
