import Foundation

/// Times as HTTP writes them (RFC 9110, section 5.6.7): `Tue, 15 Nov 1994 12:45:26 GMT`.
enum HTTPDate {
    static func text(_ date: Date) -> String { formatter().string(from: date) }

    /// `nil` for what is none, the two obsolete ways of writing one among it.
    static func parse(_ text: String) -> Date? { formatter().date(from: text) }

    private static func formatter() -> DateFormatter {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = .gmt
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter
    }
}
