import Flow
import JSONValue

/// A flow on its way from an export.
struct Draft {
    /// A component on its way.
    struct Component {
        var id: String
        var type: String
        /// What the node is called; `nil` for what stands for none.
        var title: String?
        var ports: ComponentPorts
        var parameters: [String: JSONValue] = [:]
        var bodies: [String: FlowBody] = [:]
        /// The node that it stands for, or serves.
        var origin: String
        var isSynthetic = false
        /// What makes it impossible to run.
        var fault: TranslationReport.Obstacle?
        var role: TranslatedNode.Role?
        var hasEffect = false
    }

    struct Edge {
        var from: PortReference
        var to: PortReference
        /// Where in the export's edges it came from; `nil` for a constant's.
        var origin: Int?
        /// Its place among the fields of its target, so that lists are in order.
        var rank = 0
        var isTool: Bool { from.port == FlowGraph.toolPort }
        /// A loop's way back into its item.
        var isLoopBack = false
        /// The number of the circle that it closes: it leads back to where that circle begins. Outer ones have the smaller
        /// numbers.
        var circle: Int?
    }

    var components: [Component] = []
    private(set) var places: [String: Int] = [:]
    var edges: [Edge] = []

    subscript(id: String) -> Component? { places[id].map { components[$0] } }

    mutating func add(_ component: Component) {
        places[component.id] = components.count
        components.append(component)
    }

    mutating func change(_ id: String, _ change: (inout Component) -> Void) {
        if let place = places[id] { change(&components[place]) }
    }

    mutating func remove(_ ids: Set<String>) {
        guard !ids.isEmpty else { return }
        components.removeAll { ids.contains($0.id) }
        places = Dictionary(
            components.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        edges.removeAll { ids.contains($0.from.component) || ids.contains($0.to.component) }
    }

    /// An id that no component has, made of one that a node has.
    func freeID(_ wanted: String) -> String {
        let clean = Self.clean(wanted)
        guard places[clean] != nil else { return clean }
        var number = 2
        while places["\(clean)-\(number)"] != nil { number += 1 }
        return "\(clean)-\(number)"
    }

    /// An id without what graphs do not take.
    static func clean(_ id: String) -> String {
        let clean = String(id.map { "./".contains($0) ? "_" : $0 })
        return clean == FlowGraph.inputNode ? "\(clean)-node" : clean
    }

    /// The payload of an output; `nil` for one that it does not have.
    func payload(_ port: PortReference) -> PortPayload? {
        self[port.component]?.ports.payload(ofOutput: port.port)
    }
}
