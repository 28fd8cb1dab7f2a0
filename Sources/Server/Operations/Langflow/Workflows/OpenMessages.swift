import Components
import Flow
import FlowService

/// The messages that are being written, one for each component that writes.
///
/// An output's message does not say who wrote it, so it is known by its text.
struct OpenMessages: Sendable {
    private struct Entry {
        let component: String
        /// What it wrote since it last began or called a tool: only that is its message.
        var written = WrittenText()
        /// Whether its component is done, so that an output may say it now.
        var hasEnded = false
    }

    /// In the order in which they began.
    private var entries: [Entry] = []

    /// - Returns: whether the message begins with this piece.
    mutating func write(_ text: String, by component: String) -> Bool {
        guard let place = entries.firstIndex(where: { $0.component == component }) else {
            entries.append(Entry(component: component, written: WrittenText(text: text)))
            return true
        }
        if entries[place].hasEnded {
            entries[place].hasEnded = false
            entries[place].written = WrittenText()
        }
        entries[place].written.text += text
        return false
    }

    /// Takes in what else a run tells of the components that write.
    mutating func follow(_ kind: FlowProgress.Kind) {
        switch kind {
        case .stepEnded(let trace):
            guard let place = entries.firstIndex(where: { $0.component == trace.component }) else { return }
            entries[place].hasEnded = true
        case .tool(let component, let emission) where emission.phase == .called:
            guard let place = entries.firstIndex(where: { $0.component == component }) else { return }
            entries[place].written = WrittenText()
        // Nothing of what was written before counts.
        case .restarted: entries = []
        default: return
        }
    }

    /// Closes the message that stands now: the one with the most of its text, or the only one, if that is written
    /// to its end.
    ///
    /// - Returns: the component that wrote it; `nil` when nobody did.
    mutating func close(_ text: String) -> String? {
        let known = entries.indices.filter {
            !entries[$0].written.isEmpty && entries[$0].written.rest(of: text) != nil
        }
        let longest = known.max { entries[$0].written.text.utf8.count < entries[$1].written.text.utf8.count }
        // What became of the text on its way, such as by a parser, may have made it another one.
        let only = entries.count == 1 && entries[0].hasEnded ? 0 : nil
        return (longest ?? only).map { entries.remove(at: $0).component }
    }
}
