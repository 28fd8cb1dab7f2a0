import Foundation

/// Times as Langflow writes them: `2026-11-29 09:50:02.584147 UTC`.
///
/// Written by hand: a formatter of Foundation's takes as long as a whole run of a small flow.
enum LangflowTime {
    /// - Parameter time: of the years 0 to 9999; what lies before or after is written as the nearest of these.
    static func text(_ time: Date) -> String {
        let seconds = min(max(time.timeIntervalSince1970, -62_167_219_200), 253_402_300_799)
        // NaN is no time; it lets itself be compared with nothing.
        let microseconds = seconds.isNaN ? 0 : Int64((seconds * 1_000_000).rounded())
        let (second, fraction) = microseconds.flooredDivision(by: 1_000_000)
        let (days, ofDay) = second.flooredDivision(by: 86_400)
        let (year, month, day) = date(days)
        var text = ""
        text.reserveCapacity(30)
        text.write(year, digits: 4, then: "-")
        text.write(month, digits: 2, then: "-")
        text.write(day, digits: 2, then: " ")
        text.write(ofDay / 3_600, digits: 2, then: ":")
        text.write(ofDay / 60 % 60, digits: 2, then: ":")
        text.write(ofDay % 60, digits: 2, then: ".")
        text.write(fraction, digits: 6, then: " UTC")
        return text
    }

    /// The date of a day, counted from 1970-01-01, in the proleptic Gregorian calendar: eras of 400 years, years that
    /// begin in March, so that the day which leap years add is the last of its year.
    private static func date(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = (days + 719_468).flooredDivision(by: 146_097)
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let isNextYear = month >= 10
        return (
            era * 400 + yearOfEra + (isNextYear ? 1 : 0), isNextYear ? month - 9 : month + 3,
            dayOfYear - (153 * month + 2) / 5 + 1
        )
    }
}

extension Int64 {
    /// The quotient that is not above the true one, and what is left, which is never negative.
    fileprivate func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

extension String {
    /// - Parameter value: not negative, and of so many digits at most.
    fileprivate mutating func write(_ value: Int64, digits: Int, then end: String) {
        let written = value.description
        for _ in 0..<max(0, digits - written.utf8.count) { append("0") }
        append(written)
        append(end)
    }
}
