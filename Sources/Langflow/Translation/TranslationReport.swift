/// What became of each node of an export, and what stands in the way of running it.
public struct TranslationReport: Sendable, Hashable {
    /// How a node stands to what it was.
    public enum Standing: String, Sendable, Hashable, Codable, CaseIterable {
        /// The same, as far as its fields say.
        case exact
        /// Nearly the same; the remarks say what differs.
        case approximated
        /// Taken up by the nodes that it is connected to, such as a model by its agent.
        case merged
        /// Not had here.
        case missing
        /// Had, and left out because nothing needs it or it lacks an input.
        case leftOut = "left out"
        /// No part of the flow: a note.
        case ignored
    }

    public struct Node: Sendable, Hashable {
        public var id: String
        /// Langflow's type.
        public var type: String
        public var displayName: String
        public var standing: Standing
        /// Our type; `nil` for what has none.
        public var component: String?
        /// What differs, and what to do, in plain sentences.
        public var remarks: [String]
        public var code: CodeStanding
        /// Names of global variables that its parameters ask for.
        public var variables: [String]
        /// Names of secrets that its parameters ask for.
        public var secrets: [String]
    }

    /// What its Python code is, which is never run here.
    public enum CodeStanding: String, Sendable, Hashable, Codable {
        /// It has none.
        case none
        /// As some Langflow shipped it.
        case known
        /// Of a type whose code is known, and not as any Langflow that was looked at shipped it: what was changed is
        /// not taken over.
        case changed
        /// Of a type whose code was never looked at.
        case unknown
    }

    /// In the order of the export.
    public var nodes: [Node] = []
    /// About the whole flow.
    public var remarks: [String] = []
    /// Why it cannot run; empty when it can.
    public var obstacles: [Obstacle] = []

    /// Why a flow cannot run here.
    public enum Obstacle: Sendable, Hashable {
        /// - needed: the output or effect that rests on it.
        case missing(node: String, type: String, advice: String, needed: String)
        /// An input that nothing fills and that no text can stand for.
        case openInput(node: String, field: String)
        /// An edge that ends at what is a setting here.
        case settingFromEdge(node: String, field: String, source: String)
        /// An edge that begins at an output that ours does not have.
        case unknownOutput(node: String, output: String)
        /// A field whose value means something that is not had.
        case field(node: String, field: String, reason: String)
        case cycle([String])
        /// A loop whose item never comes back to it.
        case openLoop(node: String)
        /// A node outside of a loop that takes what is made inside, or the other way round.
        case leavesLoop(loop: String, node: String)
        case loopsTooDeep(node: String, limit: Int)
        case nothingToRun
    }

    public var canRun: Bool { obstacles.isEmpty }

    public func node(_ id: String) -> Node? { nodes.first { $0.id == id } }
}

extension TranslationReport.Obstacle {
    /// The node that it is about; empty for the flow itself.
    public var node: String {
        switch self {
        case .missing(let node, _, _, _), .openInput(let node, _), .settingFromEdge(let node, _, _),
            .unknownOutput(let node, _), .field(let node, _, _), .openLoop(let node),
            .leavesLoop(_, let node),
            .loopsTooDeep(let node, _):
            node
        case .cycle(let ids): ids.first ?? ""
        case .nothingToRun: ""
        }
    }
}

extension TranslationReport.Obstacle: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missing(let node, let type, let advice, let needed):
            "“\(node)” is a \(type), which Millrace does not have, and \(needed) rests on it. \(advice)"
        case .openInput(let node, let field):
            "“\(node)” needs a value for its field “\(field)”, and no edge brings one."
        case .settingFromEdge(let node, let field, let source):
            """
            The field “\(field)” of “\(node)” takes its value from “\(source)”; here it is a setting, which a flow \
            or a run gives.
            """
        case .unknownOutput(let node, let output):
            "The output “\(output)” of “\(node)” is not had here. Take another of its outputs."
        case .field(let node, let field, let reason): "The field “\(field)” of “\(node)”: \(reason)."
        case .cycle(let ids):
            """
            \(ids.prefix(40).joined(separator: ", ")) wait for each other in a circle that no If-Else leads out of. Put \
            what repeats into a Loop, or let an If-Else decide whether it goes round again.
            """
        case .openLoop(let node):
            "What the loop “\(node)” gives out as its item never comes back to it. Lead an edge back into “item”."
        case .leavesLoop(let loop, let node):
            "“\(node)” takes what is made inside the loop “\(loop)”; take what the loop gives when it is done."
        case .loopsTooDeep(let node, let limit):
            "The loop “\(node)” lies more than \(limit) loops deep. Make its inside a flow of its own."
        case .nothingToRun: "Nothing is left of it that could run."
        }
    }
}

extension TranslationReport: CustomStringConvertible {
    /// For a terminal: a line a node, with its remarks below.
    public var description: String {
        var lines: [String] = []
        for node in nodes where node.standing != .ignored {
            let component = node.component.map { " → \($0)" } ?? ""
            lines.append("\(node.id) (\(node.type)\(component)): \(node.standing.rawValue)")
            lines += node.remarks.map { "    \($0)" }
        }
        lines += remarks
        lines += obstacles.map { "It cannot run: \($0)" }
        return lines.joined(separator: "\n")
    }
}
