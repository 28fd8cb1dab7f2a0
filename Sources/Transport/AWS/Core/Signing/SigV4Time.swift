import Foundation

/// A moment as signatures have it, `20261123T114200Z`, always in UTC.
struct SigV4Time: Sendable, Hashable {
    let text: String

    /// The first eight digits.
    var day: Substring { text.prefix(8) }

    /// - Parameter date: one before the year 0 or after 9999 counts as the nearest that has four digits.
    init(_ date: Date) {
        let whole = Int(exactly: date.timeIntervalSince1970.rounded(.down)) ?? 0
        let seconds = min(max(whole, -62_167_219_200), 253_402_300_799)
        let (days, rest) = seconds.flooredDivision(by: 86_400)
        let (year, month, day) = Self.civil(days)
        var digits: [UInt8] = []
        digits.reserveCapacity(16)
        func append(_ value: Int, _ width: Int) {
            var scale = width == 4 ? 1000 : 10
            while scale > 0 {
                digits.append(UInt8(ascii: "0") + UInt8(value / scale % 10))
                scale /= 10
            }
        }
        append(year, 4)
        append(month, 2)
        append(day, 2)
        digits.append(UInt8(ascii: "T"))
        append(rest / 3600, 2)
        append(rest / 60 % 60, 2)
        append(rest % 60, 2)
        digits.append(UInt8(ascii: "Z"))
        text = String(decoding: digits, as: UTF8.self)
    }

    /// The day of the Gregorian calendar that is so many days after 1970-01-01.
    ///
    /// Years are counted from March, so that the leap day is a year's last, in eras of 400 years, which have
    /// 146,097 days each.
    private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let (era, dayOfEra) = (days + 719_468).flooredDivision(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}

extension Int {
    /// Quotient and remainder, the remainder never negative.
    fileprivate func flooredDivision(by divisor: Int) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
