import JSONValue

/// The nodes and edges of a flow with every group replaced by what is in it.
///
/// A group's field or output that stands for one inside says so by `"proxy": {"id", "field" | "name"}`; edges are
/// led on to there, and values that were set at the group go before those inside.
struct OpenedGroups {
    var nodes: [LangflowNode] = []
    var edges: [LangflowEdge] = []
    var remarks: [String] = []
    private let flow: String

    init(nodes: [JSONValue], edges: [JSONValue], flow: String) throws(LangflowError) {
        self.flow = flow
        try add(nodes: nodes, edges: edges, group: nil, isFrozen: false)
        for depth in 0... {
            guard let place = self.nodes.firstIndex(where: { $0.inner != nil }) else { break }
            // Each round opens all groups of one level, so that rounds count how deep they lie.
            guard depth < LangflowExport.groupLimit else {
                throw .groupsTooDeep(
                    flow: flow, node: self.nodes[place].id, limit: LangflowExport.groupLimit)
            }
            for group in self.nodes where group.inner != nil { try open(group) }
        }
        dropDanglingEdges()
    }

    private mutating func add(
        nodes: [JSONValue], edges: [JSONValue], group: String?, isFrozen: Bool
    ) throws(LangflowError) {
        let count = self.nodes.count + nodes.count
        guard count <= LangflowExport.nodeLimit else {
            throw .tooManyNodes(flow: flow, count: count, limit: LangflowExport.nodeLimit)
        }
        guard self.edges.count + edges.count <= LangflowExport.edgeLimit else {
            throw .tooManyEdges(
                flow: flow, count: self.edges.count + edges.count, limit: LangflowExport.edgeLimit)
        }
        var taken = Set(self.nodes.map(\.id))
        var renamed: [String: String] = [:]
        for (offset, json) in nodes.enumerated() {
            var node: LangflowNode
            do {
                node = try LangflowNode(json: json)
            } catch {
                throw .unreadableNode(flow: flow, number: offset + 1, reason: error.reason)
            }
            node.group = group
            node.isFrozen = node.isFrozen || isFrozen
            if !taken.insert(node.id).inserted {
                // Two copies of one group hold the same ids; within one canvas they must differ.
                guard let group, taken.insert("\(node.id)-\(group)").inserted else {
                    throw .duplicateNode(flow: flow, node: node.id)
                }
                renamed[node.id] = "\(node.id)-\(group)"
                node.id = "\(node.id)-\(group)"
            }
            self.nodes.append(node)
        }
        for (offset, json) in edges.enumerated() {
            do {
                var edge = try LangflowEdge(json: json)
                edge.source = renamed[edge.source] ?? edge.source
                edge.target = renamed[edge.target] ?? edge.target
                self.edges.append(edge)
            } catch {
                throw .unreadableEdge(
                    flow: flow, number: offset + 1, source: json["source"]?.string ?? "?",
                    target: json["target"]?.string ?? "?", reason: error.reason)
            }
        }
        self.renamed[group ?? ""] = renamed
    }

    /// New ids of nodes by their group, where they had to change.
    private var renamed: [String: [String: String]] = [:]

    private mutating func open(_ group: LangflowNode) throws(LangflowError) {
        guard let inner = group.inner else { return }
        nodes.removeAll { $0.id == group.id }
        try add(
            nodes: inner["nodes"]?.array ?? [], edges: inner["edges"]?.array ?? [], group: group.id,
            isFrozen: group.isFrozen)
        let names = renamed[group.id] ?? [:]
        let template = group.json["data"]?["node"]?["template"]?.object ?? [:]
        for (_, field) in template.sorted(by: { $0.key < $1.key }) {
            guard let proxy = Proxy(field["proxy"], names), let name = proxy.field,
                let place = nodes.firstIndex(where: { $0.id == proxy.id }),
                let known = nodes[place].fields[name], known.type != "code"
            else { continue }
            nodes[place].fields[name]?.value = field["value"] ?? known.value
            nodes[place].fields[name]?.isGlobal = field["load_from_db"]?.bool ?? known.isGlobal
            if let path = field["file_path"] { nodes[place].fields[name]?.filePath = path }
        }
        let outputs = group.json["data"]?["node"]?["outputs"]?.array ?? []
        for place in edges.indices {
            if edges[place].target == group.id {
                let handle = LangflowHandle("targetHandle", of: edges[place].json, isSource: false)
                let own = Proxy(handle?.members["proxy"], names)
                let known = Proxy(template[edges[place].field]?["proxy"], names)
                // In a group within a group the handle still names the inner group itself.
                guard let proxy = known ?? own, proxy.id != group.id else { continue }
                edges[place].target = proxy.id
                edges[place].field = proxy.field ?? edges[place].field
            }
            if edges[place].source == group.id {
                let output = outputs.first { $0["name"]?.string == edges[place].output }
                guard let proxy = Proxy(output?["proxy"] ?? outputs.first?["proxy"], names) else { continue }
                edges[place].source = proxy.id
                edges[place].output = proxy.name ?? edges[place].output
            }
        }
    }

    private mutating func dropDanglingEdges() {
        let known = Set(nodes.map(\.id))
        edges.removeAll { edge in
            let missing = [edge.source, edge.target].filter { !known.contains($0) }
            guard let first = missing.first else { return false }
            if remarks.count < 100 {
                remarks.append(
                    """
                    An edge from “\(edge.source)” to “\(edge.target)” was left out: there is no “\(first)”.
                    """)
            }
            return true
        }
    }

    /// What a group's field or output stands for.
    private struct Proxy {
        var id: String
        var field: String?
        var name: String?

        init?(_ json: JSONValue?, _ renamed: [String: String]) {
            guard let id = json?["id"]?.string else { return nil }
            self.id = renamed[id] ?? id
            field = json?["field"]?.string
            name = json?["name"]?.string ?? json?["field"]?.string
        }
    }
}
