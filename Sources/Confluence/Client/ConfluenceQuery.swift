import Foundation

/// Queries in Confluence's query language (CQL).
enum ConfluenceQuery {
    /// Everything that was changed since `date`, oldest first.
    ///
    /// CQL's dates are minutes on the clock of the *account's* time zone. Without knowing that zone the date
    /// is written as clocks show it where days begin last (UTC−12): no account's clock is behind that one,
    /// so nothing is missed, and what is found beyond that costs an entry of a listing each.
    static func changed(since date: Date, in spaceKeys: [String], zone: TimeZone? = nil) -> String {
        var clauses = ["type in (page, blogpost, comment, attachment)"]
        if !spaceKeys.isEmpty {
            clauses.append("space in (\(spaceKeys.map(quoted).joined(separator: ", ")))")
        }
        clauses.append("lastmodified >= \"\(minute(date, in: zone ?? westernmost))\"")
        return clauses.joined(separator: " and ") + " order by lastmodified asc"
    }

    /// The pages and blog posts of a space among those that a person's query finds.
    static func inSpace(_ spaceKey: String, _ query: String) -> String {
        // An order has no place in parentheses, and none is needed.
        let condition = query.replacing(/\s+order\s+by\s[^"']*$/.ignoresCase(), with: "")
        return "space = \(quoted(spaceKey)) and type in (page, blogpost) and (\(condition))"
    }

    /// A string literal. A backslash and a quotation mark are the two that must be escaped.
    static func quoted(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(escaped)\""
    }

    /// `yyyy/MM/dd HH:mm`, rounded down.
    static func minute(_ date: Date, in zone: TimeZone) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute], from: date)
        func padded(_ value: Int?, _ width: Int) -> String {
            let digits = String(value ?? 0)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(padded(parts.year, 4))/\(padded(parts.month, 2))/\(padded(parts.day, 2)) "
            + "\(padded(parts.hour, 2)):\(padded(parts.minute, 2))"
    }

    private static let westernmost = TimeZone(secondsFromGMT: -12 * 3600) ?? .gmt
}
