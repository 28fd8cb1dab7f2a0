import Concurrency
import Foundation
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
        let time = Date().formatted(.iso8601.time(includingFractionalSeconds: true))
        let line =
            asJSON
            ? jsonLine(event, all, time)
            : ([time, event.level.rawValue.uppercased(), "\(event.message)"]
                + all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }).joined(separator: " ")
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }

    private func jsonLine(_ event: LogEvent, _ metadata: Logger.Metadata, _ time: String) -> String {
        var object = metadata.mapValues { "\($0)" }
        object["time"] = time
        object["level"] = event.level.rawValue
        object["message"] = "\(event.message)"
        return (try? JSONText.encode(object, pretty: false)) ?? "\(event.message)"
    }
}
