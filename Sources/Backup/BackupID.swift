import Foundation

/// What a backup is called: when it was begun, to the second in UTC, and a random part, as
/// `20260728T101500Z-1a2b3c4d`.
///
/// In the order of text they are in the order of time.
public struct BackupID: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let text: String

    public init(_ date: Date) {
        let random = String(UInt32.random(in: 0...UInt32.max), radix: 16)
        let padded = String(repeating: "0", count: 8 - random.count) + random
        text = "\(Self.stamp(date))-\(padded)"
    }

    /// `nil` unless `text` is such a name.
    public init?(_ text: String) {
        guard text.wholeMatch(of: /\d{8}T\d{6}Z-[0-9a-f]{8}/) != nil else { return nil }
        self.text = text
    }

    public var description: String { text }

    /// A time as names have it: `20260728T101500Z`.
    static func stamp(_ date: Date) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
        func digits(_ value: Int?, _ width: Int) -> String {
            let text = String(value ?? 0)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return digits(parts.year, 4) + digits(parts.month, 2) + digits(parts.day, 2) + "T"
            + digits(parts.hour, 2) + digits(parts.minute, 2) + digits(parts.second, 2) + "Z"
    }

    public static func < (left: BackupID, right: BackupID) -> Bool { left.text < right.text }
}
