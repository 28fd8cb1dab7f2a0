/// Personal data by its form: e-mail addresses, telephone numbers, payment cards, bank accounts.
struct PersonalPatterns {
    private let text: [UInt8]
    private(set) var findings: [GuardrailFinding] = []

    /// Bytes of the part of an address before and behind its `@` (RFC 5321).
    private static let localLimit = 64
    private static let domainLimit = 255

    init(_ text: [UInt8]) {
        self.text = text
        var place = 0
        while place < text.count {
            if let finding = finding(at: place) {
                findings.append(finding)
                place = max(finding.range.upperBound, place + 1)
            } else {
                place += 1
            }
        }
    }

    private func finding(at place: Int) -> GuardrailFinding? {
        let byte = text[place]
        if byte == UInt8(ascii: "@"), let range = email(at: place) {
            return GuardrailFinding(kind: .email, range: range)
        }
        guard !text.isWord(at: place - 1) else { return nil }
        if byte.isLetter, let end = iban(at: place) {
            return GuardrailFinding(kind: .iban, range: place..<end)
        }
        if byte.isDigit, let end = card(at: place) {
            return GuardrailFinding(kind: .card, range: place..<end)
        }
        if byte.isDigit || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "("), let end = phone(at: place)
        {
            return GuardrailFinding(kind: .phone, range: place..<end)
        }
        return nil
    }

    private func email(at sign: Int) -> Range<Int>? {
        var start = sign
        while start > 0, sign - start < Self.localLimit, isLocal(text[start - 1]) { start -= 1 }
        while start < sign, text[start] == UInt8(ascii: ".") { start += 1 }
        var end = sign + 1
        var lastDot: Int?
        while end < text.count, end - sign <= Self.domainLimit,
            text[end].isWord || text[end] == UInt8(ascii: ".") || text[end] == UInt8(ascii: "-")
        {
            if text[end] == UInt8(ascii: ".") {
                // A full stop behind the address is none of it.
                guard end + 1 < text.count, text[end + 1].isWord else { break }
                lastDot = end
            }
            end += 1
        }
        guard start < sign, let lastDot, lastDot > sign + 1, end - lastDot > 2 else { return nil }
        return start..<end
    }

    private func isLocal(_ byte: UInt8) -> Bool { byte.isWord || Self.localSigns.contains(byte) }

    private static let localSigns = Set(".%+-'!#$&*/=?^`{|}~".utf8)

    // MARK: Cards and accounts

    /// 13 to 19 digits, with single spaces or hyphens, of a network's range and with the right check digit.
    private func card(at start: Int) -> Int? {
        guard text[start] >= UInt8(ascii: "2"), text[start] <= UInt8(ascii: "6") else { return nil }
        guard let (digits, end) = digits(from: start, separators: [0x20, 0x2D], limit: 20) else { return nil }
        guard (13...19).contains(digits.count), Self.hasCheckDigit(digits) else { return nil }
        return end
    }

    /// Luhn's formula (ISO/IEC 7812-1).
    static func hasCheckDigit(_ digits: [UInt8]) -> Bool {
        var sum = 0
        for (offset, digit) in digits.reversed().enumerated() {
            let value = Int(digit) * (offset.isMultiple(of: 2) ? 1 : 2)
            sum += value > 9 ? value - 9 : value
        }
        return sum.isMultiple(of: 10) && digits.contains { $0 != 0 }
    }

    /// The digits from a place on, with single separators between them.
    ///
    /// - Returns: `nil` when more than `limit` follow each other, or a word goes on behind them.
    private func digits(from start: Int, separators: [UInt8], limit: Int) -> (digits: [UInt8], end: Int)? {
        var digits: [UInt8] = []
        var place = start
        var end = start
        while place < text.count {
            if text[place].isDigit {
                guard digits.count < limit else { return nil }
                digits.append(text[place] - 0x30)
                end = place + 1
            } else if !separators.contains(text[place]) || end != place {
                break
            }
            place += 1
        }
        return text.isWord(at: end) ? nil : (digits, end)
    }

    /// An account number of a country's length, single spaces allowed, whose check digits are right (ISO 13616).
    private func iban(at start: Int) -> Int? {
        guard start + 4 <= text.count, text[start + 1].isLetter, text[start + 2].isDigit,
            text[start + 3].isDigit,
            let length = IBANLengths.length(text[start] & 0xDF, text[start + 1] & 0xDF)
        else { return nil }
        var symbols: [UInt8] = []
        var place = start
        while place < text.count, symbols.count < length {
            if text[place].isLetterOrDigit {
                symbols.append(text[place].isLower ? text[place] & 0xDF : text[place])
            } else if text[place] != 0x20 || text[place - 1] == 0x20 {
                return nil
            }
            place += 1
        }
        guard symbols.count == length, !text.isWord(at: place) else { return nil }
        var rest = 0
        for symbol in symbols[4...] + symbols[..<4] {
            rest = symbol.isDigit ? rest * 10 + Int(symbol - 0x30) : rest * 100 + Int(symbol - 0x41) + 10
            rest %= 97
        }
        return rest == 1 ? place : nil
    }

    // MARK: Telephones

    /// `+` with 8 to 15 digits (E.164), `0` or `(` with 9 to 15, or three groups of 3, 3 and 4.
    private func phone(at start: Int) -> Int? {
        // What goes on from a longer number is none.
        if start > 0, Self.phoneSigns.contains(text[start - 1]), text[start - 1] != 0x20 { return nil }
        if start > 1, text[start - 1] == 0x20, text[start - 2].isDigit { return nil }
        var groups: [Int] = [0]
        var place = start
        var end = start
        var separators = 0
        var digits = 0
        while place < text.count {
            let byte = text[place]
            if byte.isDigit {
                digits += 1
                guard digits <= 15 else { return nil }
                groups[groups.count - 1] += 1
                end = place + 1
                separators = 0
            } else if Self.phoneSigns.contains(byte), byte != UInt8(ascii: "+") || place == start {
                if groups.last != 0 { groups.append(0) }
                separators += 1
                guard separators <= 2 else { break }
            } else {
                break
            }
            place += 1
        }
        groups.removeAll { $0 == 0 }
        guard !text.isWord(at: end), !isDate(groups, start) else { return nil }
        switch text[start] {
        case UInt8(ascii: "+"): return digits >= 8 ? end : nil
        case UInt8(ascii: "0"), UInt8(ascii: "("): return digits >= 9 ? end : nil
        default: return groups == [3, 3, 4] ? end : nil
        }
    }

    private static let phoneSigns = Set(" -./()+".utf8)

    /// `01.02.2024`, and what may follow it.
    private func isDate(_ groups: [Int], _ start: Int) -> Bool {
        text[start].isDigit && groups.count >= 3 && groups[0] <= 2 && groups[1] <= 2 && groups[2] == 4
            && start + groups[0] < text.count && text[start + groups[0]] != 0x20
    }
}

/// Symbols of an account number by country, as the registry of ISO 13616 has them.
private enum IBANLengths {
    static func length(_ first: UInt8, _ second: UInt8) -> Int? {
        lengths[String(decoding: [first, second], as: UTF8.self)]
    }

    private static let lengths = [
        "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27,
        "BR": 29,
        "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28, "EE": 20,
        "EG": 29,
        "ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27,
        "GT": 28,
        "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20,
        "LB": 28,
        "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19,
        "MN": 20,
        "MR": 27, "MT": 31, "MU": 30, "NI": 28, "NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29,
        "PT": 25,
        "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24, "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24,
        "SM": 27,
        "SO": 23, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
    ]
}
