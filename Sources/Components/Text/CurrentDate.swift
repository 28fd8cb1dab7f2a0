import Flow
import Foundation

/// The date and the time of day at a place.
struct CurrentDate: ImmediateComponent {
    static let type = "CurrentDate"
    static let summary = "Tells the current date and time."
    let given: OptionalInput<String>
    let timezone: Parameter<String>
    let message: Output<ChatMessage>
    let now: @Sendable () -> Date

    init(_ declare: inout Declaration, now: @escaping @Sendable () -> Date) {
        given = declare.optionalInput("timezone", "The time zone by its IANA name, such as Europe/Zurich.")
        timezone = declare.text(
            "timezone", "UTC", maxBytes: 100, "The time zone where the input brings none.")
        message = declare.output("message", "Such as: Current date and time in UTC: 2026-03-01 14:05:09 UTC")
        self.now = now
    }

    func compute(_ step: Step) throws {
        let written = step[given] ?? ""
        let name = written.isEmpty ? step[timezone] : written
        guard let zone = TimeZone(identifier: name) else { throw UnknownTimeZone(name: name) }
        let text = "Current date and time in \(name): \(Self.written(now(), in: zone))"
        step.send(ChatMessage(text, role: .assistant), to: message)
    }

    /// `2026-03-01 14:05:09 UTC+01:00`. The offset, since the letters of a zone mean several.
    static func written(_ date: Date, in zone: TimeZone) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
        func two(_ value: Int?) -> String { String(format: "%02d", value ?? 0) }
        let day = "\(String(format: "%04d", parts.year ?? 0))-\(two(parts.month))-\(two(parts.day))"
        let time = "\(two(parts.hour)):\(two(parts.minute)):\(two(parts.second))"
        let offset = zone.secondsFromGMT(for: date) / 60
        let (hours, minutes) = abs(offset).quotientAndRemainder(dividingBy: 60)
        let sign = offset < 0 ? "-" : "+"
        return "\(day) \(time) UTC\(offset == 0 ? "" : "\(sign)\(two(hours)):\(two(minutes))")"
    }
}

/// A time zone that nobody knows.
struct UnknownTimeZone: Error, Hashable, CustomStringConvertible {
    var name: String

    var description: String {
        "there is no time zone “\(name.prefix(100))”. Give its IANA name, such as UTC or America/New_York."
    }
}
