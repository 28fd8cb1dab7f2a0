import Foundation
import Ingest
import Synchronization

/// An ingest's progress on standard error: a bar on a terminal, a line now and then otherwise.
final class ProgressLine: Sendable {
    private struct State {
        var last = ContinuousClock.now - .seconds(60)
        var wroteBar = false
    }

    private let isInteractive = Terminal.isInteractive(STDERR_FILENO)
    private let state = Mutex(State())

    /// Silent when nobody wants to read along.
    let isEnabled: Bool

    init(isEnabled: Bool) {
        self.isEnabled = isEnabled
    }

    func show(_ progress: IngestProgress) {
        guard isEnabled else { return }
        state.withLock { state in
            let interval: Duration = isInteractive ? .milliseconds(80) : .seconds(5)
            let now = ContinuousClock.now
            guard now - state.last >= interval || progress.phase == .finished else { return }
            state.last = now
            let text = Self.text(progress, width: isInteractive ? 24 : nil)
            if isInteractive {
                write("\r\u{1B}[2K" + text)
                state.wroteBar = true
            } else {
                write(text + "\n")
            }
        }
    }

    /// Leaves the line free for what is printed next.
    func finish() {
        state.withLock { state in
            if state.wroteBar { write("\r\u{1B}[2K") }
            state.wroteBar = false
        }
    }

    private func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }

    private static func text(_ progress: IngestProgress, width: Int?) -> String {
        let count = progress.pagesExpected.map { "\(progress.pagesDone) of \($0)" } ?? "\(progress.pagesDone)"
        var parts = ["\(progress.phase.rawValue) \(count)", "\(progress.chunks) chunks"]
        if progress.skipped > 0 { parts.append("\(progress.skipped) skipped") }
        if let width, let expected = progress.pagesExpected, expected > 0 {
            let filled = min(width, progress.pagesDone * width / expected)
            let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
            parts.insert(bar, at: 0)
        }
        if width != nil, !progress.currentTitle.isEmpty {
            parts.append(Terminal.safe(String(progress.currentTitle.prefix(40))))
        }
        return parts.joined(separator: " · ")
    }
}
