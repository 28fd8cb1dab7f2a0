import Flow
import Foundation
import JSONValue

extension LangflowExport {
    /// Reads the flows of an export: one flow, a list of flows, or a project's `{"flows": […]}`.
    ///
    /// - Parameter file: names the export in errors.
    /// - Throws: ``LangflowError``; nothing of the file is taken then.
    public static func flows(in data: Data, file: String) throws(LangflowError) -> [LangflowExport] {
        guard data.count <= byteLimit else {
            throw .tooLarge(file: file, bytes: data.count, limit: byteLimit)
        }
        let json: JSONValue
        do {
            json = try JSONValue(parsing: data)
        } catch let error as DecodingError {
            throw .notJSON(file: file, reason: error.place)
        } catch {
            throw .notJSON(file: file, reason: "\(error)")
        }
        guard let list = json["flows"]?.array ?? json.array else {
            return [try LangflowExport(json: json, file: file)]
        }
        guard !list.isEmpty else { throw .noFlows(file: file) }
        guard list.count <= flowLimit else {
            throw .tooManyFlows(file: file, count: list.count, limit: flowLimit)
        }
        var flows: [LangflowExport] = []
        for (offset, flow) in list.enumerated() {
            flows.append(try LangflowExport(json: flow, file: "\(file), flow \(offset + 1)"))
        }
        return flows
    }

    /// Reads one flow.
    ///
    /// - Parameters:
    ///   - json: the export, or its `data` alone.
    ///   - file: names the export in errors, and the flow where it has no name.
    public init(json: JSONValue, file: String) throws(LangflowError) {
        guard json.object != nil else {
            throw .notAnExport(file: file, expected: "an object is expected, this is a \(json.kind)")
        }
        let data = json["data"] ?? json
        guard let nodes = data["nodes"]?.array else {
            throw .notAnExport(file: file, expected: "“data.nodes” is missing")
        }
        let name = json["name"]?.string ?? ""
        self.name = name.isEmpty ? file : name
        id = json["id"]?.string
        description = json["description"]?.string ?? ""
        endpointName = json["endpoint_name"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        version = json["last_tested_version"]?.string
        tags = json["tags"]?.array?.compactMap(\.string) ?? []
        isComponent = json["is_component"]?.bool ?? false
        remarks = []
        self.json = json
        guard !nodes.isEmpty else { throw .noNodes(flow: self.name) }
        let opened = try OpenedGroups(nodes: nodes, edges: data["edges"]?.array ?? [], flow: self.name)
        self.nodes = opened.nodes
        edges = opened.edges
        remarks += opened.remarks
        if let version, Self.isNewer(version) {
            remarks.append(
                """
                It was written by Langflow \(version); up to \(Self.newestKnown) is known here. What is new in it \
                may be missing.
                """)
        }
    }
}

extension LangflowNode {
    /// - Throws: what is wrong with it.
    init(json: JSONValue) throws(UnreadableNode) {
        guard let members = json.object else {
            throw UnreadableNode(reason: "it is a \(json.kind), and an object is expected")
        }
        let data = members["data"]
        guard let id = members["id"]?.string ?? data?["id"]?.string, !id.isEmpty else {
            throw UnreadableNode(reason: "it has no id")
        }
        guard id.utf8.count <= 200 else { throw UnreadableNode(reason: "its id is longer than 200 bytes") }
        let node = data?["node"]
        self.id = id
        self.json = json
        isNote = members["type"]?.string == "noteNode" || data?["type"]?.string == "note"
        type = isNote ? "note" : data?["type"]?.string ?? ""
        if type.isEmpty { throw UnreadableNode(reason: "“\(id)” does not say its type (“data.type”)") }
        let name = node?["display_name"]?.string ?? ""
        displayName = name.isEmpty ? data?["display_name"]?.string ?? type : name
        isFrozen = node?["frozen"]?.bool ?? false
        position = Position(
            x: Self.coordinate(members["position"]?["x"]), y: Self.coordinate(members["position"]?["y"]))
        fields = (node?["template"]?.object ?? [:]).compactMapValues { LangflowField(json: $0) }
        outputs = (node?["outputs"]?.array ?? []).compactMap { output in
            output["name"]?.string.map { name in
                Output(
                    name: name, types: output["types"]?.array?.compactMap(\.string) ?? [],
                    allowsLoop: output["allows_loop"]?.bool ?? false)
            }
        }
        selectedOutput = data?["selected_output"]?.string
        isTool = node?["tool_mode"]?.bool ?? false || outputs.contains { $0.name == Self.toolOutput }
    }

    /// The output of a node in tool mode.
    static let toolOutput = "component_as_tool"

    private static func coordinate(_ value: JSONValue?) -> Double {
        guard let number = value?.double, number.isFinite, abs(number) < 1e9 else { return 0 }
        return number
    }

    /// The flow inside a group: its `data`.
    var inner: JSONValue? {
        let flow = json["data"]?["node"]?["flow"]
        return flow?["data"]?["nodes"]?.array == nil ? nil : flow?["data"]
    }
}

struct UnreadableNode: Error {
    var reason: String
}
