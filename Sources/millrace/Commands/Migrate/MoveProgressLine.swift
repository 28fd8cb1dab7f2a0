import Foundation
import Moving
import Synchronization

/// A move's progress on standard error: one line that changes on a terminal, a line now and then otherwise.
final class MoveProgressLine: Sendable {
    private struct State {
        var last = ContinuousClock.now - .seconds(60)
        var phase: MoveProgress.Phase?
        /// When this phase began, and with how many rows already there.
        var began = ContinuousClock.now
        var rowsBefore = 0
        var isWritten = false
    }

    private let isInteractive = Terminal.isInteractive(STDERR_FILENO)
    private let state = Mutex(State())
    private let isEnabled: Bool

    init(isEnabled: Bool) {
        self.isEnabled = isEnabled
    }

    @Sendable func show(_ progress: MoveProgress) {
        guard isEnabled else { return }
        state.withLock { state in
            let now = ContinuousClock.now
            if state.phase != progress.phase {
                state.phase = progress.phase
                state.began = now
                state.rowsBefore = progress.allRows
            }
            guard now - state.last >= (isInteractive ? .milliseconds(100) : .seconds(5)) else { return }
            state.last = now
            let seconds = (now - state.began) / .seconds(1)
            let rate = seconds > 0 ? Double(progress.allRows - state.rowsBefore) / seconds : 0
            let text = Self.text(progress, rate: rate)
            if isInteractive {
                write("\r\u{1B}[2K" + text)
                state.isWritten = true
            } else {
                write(text + "\n")
            }
        }
    }

    /// Leaves the line free for what is printed next.
    func finish() {
        state.withLock { state in
            if state.isWritten { write("\r\u{1B}[2K") }
            state.isWritten = false
        }
    }

    /// `copying chunk 12000 of 50000 · 23000 of 90000 rows · 11400 rows/s`
    static func text(_ progress: MoveProgress, rate: Double) -> String {
        [
            "\(progress.phase.rawValue) \(progress.table) \(progress.rows) of \(progress.expectedRows)",
            "\(progress.allRows) of \(progress.allExpectedRows) rows",
            "\(Int(rate.rounded())) rows/s",
        ].joined(separator: " · ")
    }

    private func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}
