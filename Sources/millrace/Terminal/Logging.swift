import Concurrency
import Foundation
import JSONValue
import Logging
import Synchronization

/// Log lines on standard error: text for people, JSON for machines.
enum Logging {
    static func logger(_ settings: Settings) -> Logger {
        let asJSON =
            switch settings[\.log.format] {
            case .json: true
            case .text: false
            case .auto: !Terminal.isInteractive(STDERR_FILENO)
            }
        return Logger(label: "millrace") { _ in
            LineLogHandler(logLevel: settings[\.log.level], asJSON: asJSON)
        }
    }
}

/// Writes each entry as one line, in one call, so that lines of several threads never mix.
private struct LineLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    let asJSON: Bool

    init(logLevel: Logger.Level, asJSON: Bool) {
        self.logLevel = logLevel
        self.asJSON = asJSON
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        // As OpenTelemetry names them in logs that are not its own.
        if let (trace, span) = RequestTrace.current?.identity {
            all["trace_id"] = "\(trace)"
            all["span_id"] = "\(span)"
        }
        let time = LogTime.shared.text(of: Date())
        var line: [UInt8]
        if asJSON {
            line = jsonLine(event, all, time)
        } else {
            let parts = all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            let text = ([time, event.level.rawValue.uppercased(), "\(event.message)"] + parts)
            line = Array(text.joined(separator: " ").utf8)
        }
        line.append(UInt8(ascii: "\n"))
        FileHandle.standardError.write(Data(line))
    }

    /// One line a request: what it costs counts.
    private func jsonLine(_ event: LogEvent, _ metadata: Logger.Metadata, _ time: String) -> [UInt8] {
        var members = metadata.mapValues { "\($0)" }
        members["time"] = time
        members["level"] = event.level.rawValue
        members["message"] = "\(event.message)"
        var writer = JSONWriter(capacity: 512)
        writer.object { writer in
            for (name, text) in members.sorted(by: { $0.key < $1.key }) { writer.member(name, text) }
        }
        return writer.bytes
    }
}

/// Times of log lines (RFC 3339, with milliseconds), whose seconds are written once each.
final class LogTime: Sendable {
    static let shared = LogTime()
    private let known = Mutex<(second: Int, text: String)>((.min, ""))

    /// Such as `2026-03-01T09:05:09.007Z`.
    func text(of time: Date) -> String {
        let milliseconds = Int((time.timeIntervalSince1970 * 1_000).rounded(.down))
        let second = Int((Double(milliseconds) / 1_000).rounded(.down))
        let start = known.withLock { known in
            if known.second != second {
                let whole = Date(timeIntervalSince1970: Double(second))
                known = (second, String(whole.formatted(.iso8601).dropLast()))
            }
            return known.text
        }
        let rest = String(milliseconds - second * 1_000)
        return "\(start).\(String(repeating: "0", count: max(0, 3 - rest.count)))\(rest)Z"
    }
}
