import Flow
import FlowService
import Foundation

/// A run's steps for the terminal, in the order in which they ended.
enum RunTrace {
    /// Columns of the bar that stands for the whole run.
    static let width = 30

    static func drawing(_ response: FlowResponse) -> String {
        let total = max(response.duration / .milliseconds(1), 0.001)
        let name = min(40, response.steps.map(\.component.count).max() ?? 0)
        var lines = response.steps.map { step -> String in
            let milliseconds = step.duration / .milliseconds(1)
            let share = min(1, milliseconds / total)
            let bar = String(repeating: "█", count: max(share > 0 ? 1 : 0, Int(share * Double(width))))
            let notes = step.notes.sorted { $0.key < $1.key }.map { "\($0.key) \(Self.written($0.value))" }
            let id = String(step.component.prefix(name)).padding(toLength: name, withPad: " ", startingAt: 0)
            let time = String(format: "%9.2f ms", milliseconds)
            let outcome = step.outcome == .finished ? "" : " (\(step.outcome.rawValue))"
            return Terminal.safe(
                "\(id) \(time) \(bar.padding(toLength: width, withPad: " ", startingAt: 0)) \(step.type)\(outcome)"
                    + (notes.isEmpty ? "" : "  " + notes.joined(separator: ", ")))
        }
        lines.append(
            String(format: "%@ %9.2f ms", "".padding(toLength: name, withPad: " ", startingAt: 0), total))
        return lines.joined(separator: "\n")
    }

    private static func written(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(format: "%.3g", value)
    }
}
