import Foundation

/// Reads `xl/styles.xml`: which number format each cell style has.
final class SheetStylesReader: OfficeXMLHandler {
    fileprivate var codes: [Int: String] = [:]
    fileprivate var formatOfStyle: [Int] = []
    private var isInCellFormats = false

    func start(_ name: String, _ attributes: OfficeAttributes) {
        switch name {
        case "numFmt":
            if let id = attributes["numFmtId"].flatMap(Int.init), let code = attributes["formatCode"] {
                codes[id] = code
            }
        case "cellXfs": isInCellFormats = true
        case "xf":
            if isInCellFormats { formatOfStyle.append(attributes["numFmtId"].flatMap(Int.init) ?? 0) }
        default: break
        }
    }

    func text(_ text: String) {}

    func end(_ name: String) {
        if name == "cellXfs" { isInCellFormats = false }
    }
}

/// How the numbers of a workbook are shown.
struct SheetFormats {
    enum Kind: Equatable { case number, percent, date, time, dateTime }

    private let kinds: [Kind]
    private let has1904Dates: Bool

    init(_ styles: SheetStylesReader, has1904Dates: Bool) {
        kinds = styles.formatOfStyle.map { id in styles.codes[id].map(Self.kind) ?? Self.builtIn(id) }
        self.has1904Dates = has1904Dates
    }

    func text(of value: String, style: Int) -> String {
        guard let number = Double(value), number.isFinite else { return value }
        switch kinds.indices.contains(style) ? kinds[style] : .number {
        case .number: return Self.plain(number)
        case .percent: return Self.plain(number * 100) + "%"
        case .date: return date(number, hasTime: false) ?? Self.plain(number)
        case .dateTime: return date(number, hasTime: true) ?? Self.plain(number)
        case .time:
            guard number >= 0 else { return Self.plain(number) }
            // A time of more than a day is a span, or a date whose format shows the time alone.
            return number < 1000 ? Self.clock(number) : date(number, hasTime: true) ?? Self.plain(number)
        }
    }

    /// Fifteen digits, as Excel keeps them: 0.30000000000000004 is 0.3.
    static func plain(_ number: Double) -> String {
        if number == number.rounded(), abs(number) < 1e15 { return String(Int64(number)) }
        return String(format: "%.15g", locale: Locale(identifier: "en_US_POSIX"), number)
    }

    private static func builtIn(_ id: Int) -> Kind {
        switch id {
        case 9, 10: .percent
        case 14...17, 27...31, 34...36, 50...58: .date
        case 18...21, 32, 33, 45...47: .time
        case 22: .dateTime
        default: .number
        }
    }

    /// Of a format's own code the letters outside quotes and brackets tell what it shows.
    static func kind(_ code: String) -> Kind {
        var letters = ""
        var isQuoted = false
        var isEscaped = false
        var bracket: String?
        for character in code.prefix(while: { $0 != ";" }).lowercased() {
            if isEscaped {
                isEscaped = false
            } else if isQuoted {
                isQuoted = character != "\""
            } else if var inside = bracket {
                if character == "]" {
                    // [h], [mm], [ss]: a span of time. [red], [$-409]: no part of the value.
                    if !inside.isEmpty, inside.allSatisfy({ "hms".contains($0) }) { letters += inside }
                    bracket = nil
                } else {
                    inside.append(character)
                    bracket = inside
                }
            } else {
                switch character {
                case "\"": isQuoted = true
                case "\\", "_", "*": isEscaped = true
                case "[": bracket = ""
                default: letters.append(character)
                }
            }
        }
        if letters.contains("general") { return .number }
        let isDate = letters.contains { "yd".contains($0) } || letters.contains("mmm")
        let isTime = letters.contains { "hs".contains($0) }
        if isDate { return isTime ? .dateTime : .date }
        if isTime { return .time }
        if letters.contains("m"), !letters.contains(where: { "0#".contains($0) }) { return .date }
        return letters.contains("%") ? .percent : .number
    }

    private static func clock(_ number: Double) -> String {
        let seconds = Int((number * 86_400).rounded())
        let text = String(format: "%02d:%02d", seconds / 3600, seconds / 60 % 60)
        return seconds % 60 == 0 ? text : text + String(format: ":%02d", seconds % 60)
    }

    /// Days since 1899-12-30 (or 1904-01-01) as a date of the proleptic Gregorian calendar.
    ///
    /// Excel takes 1900 for a leap year: day 60 is 29 February 1900, and days before it are one late.
    private func date(_ number: Double, hasTime: Bool) -> String? {
        guard number >= 0, number < 2_958_466 else { return nil }
        let seconds = (number * 86_400).rounded()
        let day = Int((seconds / 86_400).rounded(.down))
        let time = seconds / 86_400 - Double(day)
        if has1904Dates {
            return Self.iso(daysSince1970: day - 24_107, time: hasTime ? time : 0)
        }
        if day == 0 { return hasTime || time > 0 ? Self.clock(time) : nil }
        if day == 60 { return "1900-02-29" }
        return Self.iso(daysSince1970: day - (day < 60 ? 25_568 : 25_569), time: hasTime ? time : 0)
    }

    private static func iso(daysSince1970: Int, time: Double) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let moment = Date(timeIntervalSince1970: Double(daysSince1970) * 86_400)
        let parts = calendar.dateComponents([.year, .month, .day], from: moment)
        let date = String(format: "%04d-%02d-%02d", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
        return time > 0 ? date + " " + clock(time) : date
    }
}
