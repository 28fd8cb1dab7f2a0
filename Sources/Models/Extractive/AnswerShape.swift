/// What kinds of answers a piece of text holds, by its looks.
struct AnswerShape: Sendable, Hashable {
    var hasNumber = false
    var hasTime = false
    var hasAmount = false
    var hasPerson = false

    init(_ text: String) {
        let words = text.split { !$0.isLetter && !$0.isNumber }
        for (offset, word) in words.enumerated() {
            let lower = word.lowercased()
            let hasDigit = word.contains(where: \.isNumber)
            if hasDigit || Self.numbers.contains(lower) { hasNumber = true }
            if Self.times.contains(lower) { hasTime = true }
            if word.count == 4, let year = Int(word), (1900...2199).contains(year) { hasTime = true }
            if Self.people.contains(lower) { hasPerson = true }
            if offset > 0, word.first?.isUppercase == true, word.dropFirst().contains(where: \.isLowercase) {
                hasPerson = true
            }
        }
        if Self.holdsClock(text) { hasTime = true }
        hasAmount = hasNumber || text.contains { "€$£¥%".contains($0) }
    }

    /// As ``agreement(with:)``, of a text whose looks matter only for some kinds.
    static func agreement(of text: String, with kind: AskedQuestion.Kind) -> Double {
        switch kind {
        case .time, .amount, .person: AnswerShape(text).agreement(with: kind)
        case .place, .yesOrNo, .choice, .procedure, .reason, .open: 0
        }
    }

    /// From −1, the unit holds nothing of the kind, to 1, it does; 0 where looks say nothing.
    func agreement(with kind: AskedQuestion.Kind) -> Double {
        switch kind {
        case .time: hasTime ? 1 : hasNumber ? 0 : -1
        case .amount: hasAmount ? 1 : -1
        case .person: hasPerson ? 1 : -1
        case .place, .yesOrNo, .choice, .procedure, .reason, .open: 0
        }
    }

    /// `09:30`.
    private static func holdsClock(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.indices.contains { offset in
            bytes[offset] == UInt8(ascii: ":") && offset > 0 && offset + 2 < bytes.count
                && isDigit(bytes[offset - 1]) && isDigit(bytes[offset + 1]) && isDigit(bytes[offset + 2])
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static let numbers: Set<String> = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        "twenty",
        "hundred", "thousand", "half", "twice", "once", "none", "no", "zero", "first", "second", "third",
        "both",
        "unlimited", "ein", "eine", "einen", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht",
        "neun", "zehn",
        "zwölf", "kein", "keine",
    ]
    private static let times: Set<String> = [
        "second", "seconds", "minute", "minutes", "hour", "hours", "day", "days", "week", "weeks", "month",
        "months",
        "quarter", "year", "years", "daily", "weekly", "monthly", "yearly", "hourly", "nightly", "monday",
        "tuesday",
        "wednesday", "thursday", "friday", "saturday", "sunday", "mondays", "tuesdays", "wednesdays",
        "thursdays",
        "fridays", "saturdays", "sundays", "january", "february", "march", "april", "may", "june", "july",
        "august",
        "september", "october", "november", "december", "morning", "noon", "midnight", "evening", "today",
        "tomorrow",
        "spring", "summer", "autumn", "winter", "always", "never", "immediately", "once", "twice", "ms",
        "min",
        "sekunden", "minuten", "stunde", "stunden", "tag", "tage", "tagen", "woche", "wochen", "monat",
        "monate",
        "monaten", "jahr", "jahre", "jahren", "uhr", "januar", "februar", "märz", "mai", "juni", "juli",
        "oktober",
        "dezember", "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag",
        "täglich",
        "wöchentlich", "monatlich", "jährlich",
    ]
    private static let people: Set<String> = [
        "lead", "leads", "manager", "owner", "owners", "team", "teams", "everybody", "everyone", "anybody",
        "anyone",
        "nobody", "whoever", "you", "staff", "colleague", "buddy", "engineer", "engineers", "reviewer",
        "reviewers",
        "people", "author", "approver", "administrator", "facilitator", "commander", "support", "security",
        "operator",
        "supervisor", "technician", "leiter", "leiterin", "niemand", "jeder", "alle",
    ]
}
